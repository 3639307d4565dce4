var base = location.pathname.split('/')[1];
var voci = '<ul class="piede">' +
  '<li><a href="/privacy">Informativa privacy</a></li>' +
  '<li><a href="/note">Note legali</a></li>' +
  '<li><a href="/mappa">Mappa del sito</a></li>' +
  '<li><a href="/' + base + '/accessibilita">Dichiarazione di accessibilità</a></li></ul>';
document.getElementById('piede').innerHTML = voci;
