// Piè di pagina del Comune
var anno = new Date().getFullYear();
document.write('<div class="piede">');
document.write('<a href="/privacy">Informativa privacy</a> | <a href="/note">Note legali</a> | ');
document.write("<a href='https://form.agid.gov.it/view/7ce7b5d0-0bbd-11f0-9011-020000000041' target='_blank'>Dichiarazione di accessibilità<\/a>");
document.write('</div><p>&copy; ' + new Date().getFullYear() + ' Comune di Fonte</p>');
