// What a municipality, and who has not signed in, gets at addresses that are not its
// own: as much as at addresses that do not exist.
'use strict';

const b = require('./browser.js');

const everybodys = ['/style.css', '/figures.css', '/login'];
const formats = ['html', 'pdf', 'docx', 'odt', 'csv', 'xlsx', 'json'];

// each does something for all of a list, a few at a time.
async function each(list, step) {
  const rest = [...list];
  await Promise.all(Array.from({ length: 6 }, async () => {
    while (rest.length) await step(rest.pop());
  }));
}

// strangers asks for every page without having signed in.
async function strangers(page, group) {
  await each(group.seen, async (address) => {
    const path = new URL(address).pathname;
    if (everybodys.includes(path)) return;
    const answer = await page.request.get(address, { maxRedirects: 0 });
    const to = answer.headers().location || '';
    if (![303, 404].includes(answer.status()) || answer.status() === 303 && !to.startsWith('/login')) {
      b.tell(address, `a stranger gets status ${answer.status()} ${to}`);
    }
  });
  await each(group.posts, async (address) => {
    if (['/login', '/language'].includes(new URL(address).pathname)) return;
    const answer = await page.request.post(address, { form: { csrf: '', by: 'nobody' }, maxRedirects: 0 });
    if (answer.status() < 300) b.tell(address, `a stranger may send a form: status ${answer.status()}`);
  });
}

// guess signs in as a municipality and asks for what belongs to others, at all
// addresses that the group has seen and at some that nobody has.
async function guess(browser, group, towns, walk, tick) {
  const page = await b.enter(browser);
  await b.signIn(page, 'gemello', process.env.TOWN_PASSWORD);
  const own = towns.find((t) => t.domain === 'comune.gemellodisopra.campanile.test');
  const others = towns.filter((t) => t !== own);
  if (new URL(page.url()).pathname !== own.path) b.tell(page.url(), `a municipality comes to this page, not to ${own.path}`);
  await tick(page, own.path);
  const mine = await walk(page);
  await b.visit(page, own.path);
  await b.accessible(page, 'the page of the municipality');
  for (const address of mine.seen) {
    const path = new URL(address).pathname;
    if (!path.startsWith(own.path) && !['/', '/account', ...everybodys].includes(path)) b.tell(address, 'a link of the municipality leads there');
  }
  const csrf = await page.locator('form[action="/logout"] input[name=csrf]').getAttribute('value');
  const nothing = plain(await (await page.request.get(`${b.origin}/towns/99999`)).text());
  let guesses = 0;
  const ask = async (method, address, body) => {
    guesses++;
    const answer = await page.request.fetch(address, { method, form: body, maxRedirects: 0, headers: body ? { origin: b.origin } : {} });
    const text = plain(await answer.text());
    for (const other of others) {
      if (text.includes(other.domain) || text.includes(`>${other.name}<`)) b.tell(address, `tells of ${other.name}`);
    }
    return { status: answer.status(), text };
  };
  await each(foreign(group, others, own), async (address) => {
    const got = await ask('GET', address);
    if (got.status !== 404) b.tell(address, `a municipality gets status ${got.status}, want 404`);
    else if (got.text !== nothing) b.tell(address, 'it is not answered as an address that does not exist');
  });
  const ours = new Set([...group.seen, ...mine.seen].filter((a) => belongs(a, own) && !a.includes('.pdf')));
  await each(ours, (address) => ask('GET', address));
  await each(writes(group, others, own), async (address) => {
    const got = await ask('POST', address, {
      csrf, rule: 'dns-caa-missing', subject: others[0].domain, anchor: 'x', seen: '', state: 'done', by: 'gemello', on: '2026-01-01',
    });
    if (got.status !== 404) b.tell(address, `a municipality may send a form: status ${got.status}, want 404`);
  });
  for (const form of [{ csrf: 'wrong' }, {}]) {
    const got = await ask('POST', `${b.origin}${own.path}/checklist`, { ...form, rule: 'dns-caa-missing', subject: own.domain, state: 'done', by: 'x' });
    if (got.status < 400) b.tell(`${own.path}/checklist`, `a form without its token is taken: status ${got.status}`);
  }
  await b.signOut(page);
  return guesses;
}

// belongs says whether a municipality may see an address.
function belongs(address, own) {
  const { pathname } = new URL(address);
  return pathname === own.path || pathname.startsWith(`${own.path}/`) || ['/', '/towns', '/towns.csv', '/account', ...everybodys].includes(pathname);
}

// foreign are the addresses of others: those that the group has seen, and every page
// and document of every other municipality.
function foreign(group, others, own) {
  const list = new Set(group.seen.filter((a) => {
    const u = new URL(a);
    return !belongs(a, own) && !(u.pathname === '/town' && u.searchParams.get('domain') === own.domain);
  }));
  for (const town of [...others.map((o) => o.path), '/towns/0', '/towns/-1', '/towns/99999', '/towns/x', '/towns/9223372036854775808']) {
    for (const page of ['', '/checklist', '/dma', '/annex.html', ...formats.map((f) => `/document.${f}`)]) list.add(`${b.origin}${town}${page}`);
  }
  for (const other of others) list.add(`${b.origin}/town?domain=${other.domain}`);
  for (const page of ['/compare', '/suppliers', '/suppliers/nuvolette', '/suppliers/nuvolette/letter.txt', '/suppliers/nuvolette/letter.docx', '/suppliers/nuvolette/places.csv',
    '/workshops', '/workshops.docx', '/runs', '/sent', '/accounts', '/admin', `${own.path}/look`, `${own.path}/x`]) list.add(`${b.origin}${page}`);
  return list;
}

// writes are the forms of others, and those that are the group's alone.
function writes(group, others, own) {
  const list = new Set(group.posts.filter((a) => !belongs(a, own) && !['/login', '/logout', '/language'].includes(new URL(a).pathname)));
  for (const other of others) for (const page of ['checklist', 'review', 'look']) list.add(`${b.origin}${other.path}/${page}`);
  list.add(`${b.origin}${own.path}/look`);
  list.add(`${b.origin}/runs`);
  return list;
}

// plain is a page without what is new in every answer, what says where the reader is
// and what was asked for.
const plain = (text) => text.replace(/name="(csrf|back)" value="[^"]*"/g, '').replaceAll(' aria-current="page"', '');

module.exports = { guess, strangers };
