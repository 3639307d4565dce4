(function () {
  "use strict";
  /* <a href="/vecchia">Dichiarazione di accessibilità</a> stava qui */
  const piede = document.querySelector("#footer");
  const pulito = piede.textContent.replace(/['"`]/g, "");
  piede.innerHTML = `
    <nav><a href="\/privacy">Privacy</a>
    <a href="\/note">Note legali</a>
    <a data-element="accessibility-link" href="https://form.agid.gov.it/c_x123/fonte/dichiarazione">Dichiarazione di accessibilit\u00e0</a></nav>`;
})();
