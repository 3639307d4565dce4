// What the walk through the dashboard needs of a browser: pages that report what a
// visitor could stumble over, and the questions that are put to each of them.
'use strict';

const { createRequire } = require('node:module');

const need = createRequire(`${process.cwd()}/`); // the modules lie beside the test of the checklist's page
const axe = need('axe-core');
const { chromium } = need('playwright-core');

const origin = process.env.ADDRESS.replace(/\/$/, '');
const screens = [{ width: 1280, height: 900 }, { width: 320, height: 640 }];
const schemes = ['light', 'dark'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

let problems = 0;

// tell prints one line for everything that is wrong.
function tell(where, problem) {
  problems++;
  console.log(`${where.replace(origin, '') || '/'}: ${problem}`);
}

const told = () => problems;

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });

// enter opens a page in a browser profile of its own. Every request to another origin
// is reported, and every warning and error on the console: what the policy of the page
// stops is one.
async function enter(browser) {
  return beside(await browser.newContext({ viewport: screens[0], colorScheme: 'light', locale: 'it-IT' }));
}

// beside opens one more page in a browser profile.
async function beside(context) {
  const page = await context.newPage();
  page.on('request', (r) => { if (!r.url().startsWith(`${origin}/`)) tell(page.url(), `request to ${r.url()}`); });
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text())) tell(page.url(), `console: ${m.text()}`); });
  page.on('pageerror', (e) => tell(page.url(), `error: ${e.message}`));
  page.on('dialog', (d) => { tell(page.url(), `dialog: ${d.message()}`); d.dismiss(); });
  return page;
}

// visit opens an address and holds its answer against what every page keeps to.
async function visit(page, address, status = 200) {
  const answer = await page.goto(new URL(address, origin).href);
  await kept(page, answer, status);
  return answer;
}

async function kept(page, answer, status = 200) {
  const where = page.url();
  if (answer.status() !== status) tell(where, `status ${answer.status()}, want ${status}`);
  const policy = (await answer.allHeaders())['content-security-policy'] || '';
  const sealed = policy.includes('sandbox'); // a report carries its style with it, and may do nothing else
  if (!policy.includes("default-src 'none'") || policy.includes('unsafe') && !sealed || policy.includes('script-src')) tell(where, `policy ${policy}`);
  if (await page.locator('script').count()) tell(where, 'there is a script');
}

// accessible looks at the page that is open, folded and unfolded, wide and narrow,
// light and dark.
async function accessible(page, name, sizes = screens) {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    await width(page, `${name} ${viewport.width}`);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await unfold(page);
      await page.evaluate(axe.source);
      const result = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), tags);
      if (result.passes.length < 10) tell(name, `axe looked at ${result.passes.length} rules only`);
      for (const v of result.violations) {
        tell(`${name} ${viewport.width} ${colorScheme}`, `${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')})`);
      }
    }
    await width(page, `${name} ${viewport.width} unfolded`);
  }
  await page.setViewportSize(screens[0]);
  await page.emulateMedia({ colorScheme: 'light' });
}

const unfold = (page) => page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));

// width says whether the page has to be pushed sideways to be read.
async function width(page, name) {
  const [inner, outer] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
  if (inner <= outer) return;
  const wide = await page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => `${e.tagName}.${e.className}`));
  tell(name, `scrolls sideways: ${inner} > ${outer} (${wide.join(', ')})`);
}

// signIn fills the form in as a person does.
async function signIn(page, name, password) {
  await visit(page, '/login');
  await page.fill('#name', name);
  await page.fill('#password', password);
  await Promise.all([page.waitForURL((u) => !u.pathname.startsWith('/login')), page.click('form[action="/login"] button')]);
}

async function signOut(page) {
  await Promise.all([page.waitForURL(/\/login/), page.click('form[action="/logout"] button')]);
}

// links lists where a page leads, without the part behind the number sign.
const links = (page) => page.$$eval('a[href]', (list) => list.map((a) => new URL(a.getAttribute('href'), location.href).href.split('#')[0])); // those of drawings, too

// forms lists what a page would send, and where to.
const forms = (page) => page.$$eval('form', (list) => list.map((f) => ({ method: f.method, action: f.action.split('#')[0] })));

module.exports = { origin, launch, enter, beside, visit, kept, accessible, width, unfold, signIn, signOut, links, forms, tell, told, screens };
