// Walks through the dashboard of "campanile demo --serve --accounts" in Chromium, as
// the group and as a municipality, and prints one line for everything that is not as
// it should be. Prints "walked ..." at the end and nothing else when all is well.
'use strict';

const b = require('./browser.js');
const { guess, strangers } = require('./guess.js');

const mostPages = 400; // of the walk
const mostAlike = 8; // pages that differ in nothing but what is asked for
const mostPapers = 3; // documents of each kind, of which a PDF starts a browser of its own: one

// kind names a page by what it shows, whoever it is about.
const kind = (address) => new URL(address).pathname.replace(/\/(\d+)(?=\/|$)/g, '/{id}').replace(/^(\/suppliers\/)[^/]+/, '$1{id}');
const asked = (address) => `${kind(address)}?${[...new URL(address).searchParams.keys()].sort().join('&')}`;
const isFile = (address) => /\.(pdf|docx|odt|csv|xlsx|json|txt)$/.test(new URL(address).pathname);

// walk visits every page that can be reached from one, and holds each kind of page
// against WCAG the first time it is seen.
async function walk(page, from, { look }) {
  const seen = new Map([[`${b.origin}${from}`, '']]);
  const posts = new Map();
  const kinds = new Map();
  const alike = new Map();
  const beside = look && await b.beside(page.context()); // it looks closely while the walk goes on
  let looked = Promise.resolve();
  let files = 0;
  let pages = 0;
  for (const address of seen.keys()) { // it grows while it is walked
    const path = kind(address);
    if (isFile(address) || document(path)) {
      const before = kinds.get(path) || 0;
      if (before >= (path.endsWith('.pdf') ? 1 : mostPapers)) continue;
      kinds.set(path, before + 1);
    }
    if (isFile(address)) {
      await file(page, address, seen.get(address));
      files++;
      continue;
    }
    if (address.includes('?')) {
      const n = alike.get(asked(address)) || 0;
      if (n >= mostAlike) continue;
      alike.set(asked(address), n + 1);
    }
    if (++pages > mostPages) throw new Error(`more than ${mostPages} pages, the last one ${address}`);
    await b.visit(page, address);
    for (const link of await b.links(page)) {
      if (!link.startsWith(`${b.origin}/`)) {
        if (!document(path)) b.tell(address, `leads away, to ${link}`);
      } else if (!seen.has(link)) {
        seen.set(link, address);
      }
    }
    for (const form of await b.forms(page)) {
      if (!form.action.startsWith(`${b.origin}/`)) b.tell(address, `a form goes to ${form.action}`);
      if (form.method === 'post') posts.set(form.action, address);
    }
    if (!kinds.has(path)) {
      kinds.set(path, 1);
      if (look) looked = looked.then(() => b.visit(beside, address)).then(() => b.accessible(beside, path));
    }
  }
  await looked;
  if (beside) await beside.close();
  return { pages, seen: [...seen.keys()], posts: [...posts.keys()], kinds: [...kinds.keys()], files };
}

// document says whether a page is a report, which has tests of its own.
const document = (path) => path.endsWith('.html');

async function file(page, address, from) {
  const answer = await page.request.get(address);
  const length = (await answer.body()).length;
  if (answer.status() !== 200 || length < 40) b.tell(address, `status ${answer.status()}, ${length} bytes, from ${from}`);
}

// browse clicks through the menu, as people do.
async function browse(page) {
  await b.visit(page, '/');
  const names = await page.$$eval('header nav a', (list) => list.map((a) => a.textContent));
  if (names.length < 6) b.tell('/', `the menu has ${names.length} entries`);
  for (const name of names) {
    await page.locator('header nav').getByRole('link', { name, exact: true }).click();
    await page.waitForLoadState();
    const here = await page.locator('header nav a[aria-current=page]').textContent();
    if (here !== name) b.tell(page.url(), `the menu says ${here} after a click on ${name}`);
    if (await page.locator('h1').count() !== 1) b.tell(page.url(), 'not one heading of the first level');
  }
}

// tick says that a point of the checklist is done, and looks whether that is kept.
async function tick(page, town, { look } = { look: false }) {
  const by = 'Ufficio di prova';
  await b.visit(page, `${town}/checklist`);
  const entry = page.locator('article.item').first();
  const id = await entry.getAttribute('id');
  const form = page.locator(`[id="${id}"] form`, { has: page.locator('input[name=state][value=done]') });
  await page.locator(`[id="${id}"] .says > details`).first().locator('summary').click();
  await form.locator('input[name=by]').fill('');
  await form.locator('input[name=by]').evaluate((e) => { e.required = false; });
  await Promise.all([page.waitForLoadState(), form.locator('button').click()]);
  await page.locator('#problems').waitFor();
  if (look) await b.accessible(page, 'a form that is not taken');
  await form.locator('input[name=by]').fill(by);
  await Promise.all([page.waitForURL(/saved=/), form.locator('button').click()]);
  if (await page.locator(`[id="${id}"] .notice.good`).count() !== 1) b.tell(page.url(), 'it is not said that the tick was kept');
  if (look) await b.accessible(page, 'a form that was taken', [b.screens[1]]);
  await b.visit(page, `${town}/checklist`);
  if (!(await page.locator(`[id="${id}"] .facts`).textContent()).includes(by)) b.tell(page.url(), 'the tick was not kept');
  return id;
}

// again asks for a look at two towns, of which one is slow, and waits for the result.
async function again(page, slow, quick) {
  for (const town of [slow, quick]) {
    await b.visit(page, town);
    await Promise.all([page.waitForLoadState(), page.locator('#again button').click()]);
    await page.locator('#again .notice').waitFor();
  }
  for (const place of ['/runs', '/']) {
    await b.visit(page, place);
    if (await page.locator('section[aria-labelledby=h-progress] progress').count() === 0) {
      b.tell(place, 'no progress is shown while a town is looked at');
      continue;
    }
    const live = page.locator('section[aria-labelledby=h-progress] a[href*="live=1"]');
    const [answer] = await Promise.all([page.waitForResponse((r) => r.url().includes('live=1')), live.click()]);
    if (answer.headers().refresh !== '10') b.tell(page.url(), 'the page does not come anew by itself');
    await b.kept(page, answer);
    if (place === '/runs') await b.accessible(page, `${place} while a town is looked at`);
  }
  const today = new Date();
  for (const town of [quick, slow]) {
    for (let tries = 0; ; tries++) {
      await b.visit(page, town);
      if (await page.locator('#again .notice[role=status]').count() === 0) break;
      if (tries > 120) throw new Error(`${town} still waits after a minute`);
      await page.waitForTimeout(500);
    }
    const sent = await page.locator('section[aria-labelledby=h-sent] tbody th').first().evaluate((e) => e.textContent);
    if (!sent.includes(String(today.getFullYear())) || await page.locator('#again button').count()) b.tell(town, `after the look the newest is of ${sent}`);
  }
}

// tongues looks at every kind of page in the other languages, on a narrow screen.
async function tongues(page, pages) {
  await page.setViewportSize(b.screens[1]);
  for (const language of ['fr', 'en', 'it']) {
    await b.visit(page, '/');
    await Promise.all([page.waitForLoadState(), page.locator(`.tongues button[value=${language}]`).click()]);
    if (await page.locator('html').getAttribute('lang') !== language) b.tell('/', `the page is not in ${language}`);
    if (language === 'it') break; // the walk has seen them
    for (const address of pages) {
      await b.visit(page, address);
      await b.unfold(page);
      await b.width(page, `${address} ${language}`);
    }
  }
  await page.setViewportSize(b.screens[0]);
}

async function main() {
  const browser = await b.launch();
  const clock = Date.now();
  const step = (name) => { if (process.env.VERBOSE) console.error(`${((Date.now() - clock) / 1000).toFixed(1)} s ${name}`); };
  try {
    const page = await b.enter(browser);
    await b.visit(page, '/login');
    await b.accessible(page, '/login');
    await page.fill('#name', 'gal');
    await page.fill('#password', 'not the password');
    await Promise.all([page.waitForLoadState(), page.click('form[action="/login"] button')]);
    await page.locator('#problem').waitFor();
    await b.accessible(page, '/login refused');
    await b.signIn(page, 'gal', process.env.GROUP_PASSWORD);
    step('signed in');
    await browse(page);
    step('menu');
    const towns = await townsOf(page);
    const path = (domain) => towns.find((t) => t.domain === domain).path;
    await again(page, path('comune.selvastregata.campanile.test'), path('comune.roccafinta.campanile.test'));
    step('looked again');
    await tick(page, path('comune.gemellodisopra.campanile.test'), { look: true });
    step('ticked');
    const group = await walk(page, '/', { look: true });
    step(`walked ${group.pages} pages of ${group.seen.length} addresses, ${group.kinds.length} kinds: ${group.kinds.join(' ')}`);
    await b.visit(page, '/towns/99999', 404);
    await b.accessible(page, 'a page that is not there');
    const one = new Map(group.seen.filter((a) => !isFile(a) && !document(kind(a)) && !a.includes('?')).map((a) => [kind(a), a]));
    await tongues(page, [...one.values()]);
    step('languages');
    await b.signOut(page);
    await strangers(page, group);
    const guesses = await guess(browser, group, towns, (p) => walk(p, '/', { look: false }), tick);
    step('guessed');
    for (const wanted of ['/', '/towns', '/towns/{id}', '/towns/{id}/checklist', '/towns/{id}/dma', '/compare', '/suppliers', '/suppliers/{id}', '/workshops', '/runs', '/sent', '/account']) {
      if (!group.kinds.includes(wanted)) b.tell(wanted, 'no link leads there');
    }
    console.log(b.told() ? `${b.told()} problems` : `walked ${group.pages} pages of ${group.kinds.length} kinds and ${group.files} files, guessed ${guesses} addresses`);
  } finally {
    await browser.close();
  }
}

// townsOf lists the municipalities, from all pages of the list.
async function townsOf(page) {
  const answer = await page.request.get(`${b.origin}/towns.csv`);
  const domains = [...new Set((await answer.text()).match(/[a-z0-9.-]+\.campanile\.test/g))];
  const towns = [];
  for (const domain of domains) {
    await b.visit(page, `/town?domain=${domain}`);
    towns.push({ domain, path: new URL(page.url()).pathname, name: (await page.locator('h1').textContent()).trim() });
  }
  if (towns.length < 25) b.tell('/towns.csv', `${towns.length} municipalities`);
  return towns;
}

main().catch((e) => { console.log(`failed: ${e.stack}`); process.exitCode = 1; });
