// Opens each page given as an argument in Chromium, at two widths, light and
// dark, and prints one line for everything that a reader could stumble over.
// Prints "looked at N pages" at the end and nothing else when all is well.
'use strict';

const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const axe = require('axe-core');
const { chromium } = require('playwright-core');

const screens = [
  { width: 1280, height: 900 },
  { width: 320, height: 640 },
];
const schemes = ['light', 'dark'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

async function main() {
  const files = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
  try {
    let looks = 0;
    for (const file of files) {
      for (const viewport of screens) {
        for (const colorScheme of schemes) {
          const where = `${file} ${viewport.width} ${colorScheme}`;
          for (const problem of await look(browser, file, { viewport, colorScheme })) {
            console.log(`${where}: ${problem}`);
          }
          looks++;
        }
      }
      for (const problem of await print(browser, file)) {
        console.log(`${file} printed: ${problem}`);
      }
    }
    console.log(`looked at ${looks} pages`);
  } finally {
    await browser.close();
  }
}

async function look(browser, file, options) {
  const problems = [];
  const page = await open(browser, file, options, problems);
  problems.push(...await width(page, 'folded'));
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  problems.push(...await width(page, 'unfolded'));
  problems.push(...await keyboard(page));
  problems.push(...await accessibility(page));
  await page.context().close();
  return problems;
}

// open loads the page and reports every request but the one for the file, and
// every message on the console: a style that the policy stops would be one.
async function open(browser, file, options, problems) {
  const address = pathToFileURL(file).href;
  const context = await browser.newContext({ ...options, javaScriptEnabled: true });
  const page = await context.newPage();
  page.on('request', (r) => { if (r.url().split('#')[0] !== address) problems.push(`request to ${r.url()}`); });
  page.on('console', (m) => problems.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => problems.push(`error: ${e.message}`));
  await page.goto(address);
  const styled = await page.evaluate(() => getComputedStyle(document.querySelector('.top')).borderBottomStyle);
  if (styled !== 'double') problems.push('the style sheet is not applied');
  return page;
}

async function width(page, how) {
  const [inner, outer] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
  if (inner <= outer) return [];
  const wide = await page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => `${e.tagName}.${e.className}`));
  return [`scrolls sideways, ${how}: ${inner} > ${outer} (${wide.join(', ')})`];
}

// keyboard walks the page as someone without a mouse does.
async function keyboard(page) {
  const problems = [];
  await page.keyboard.press('Tab');
  const skip = await page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    return { isSkip: e.className === 'skip', seen: box.top >= 0 && getComputedStyle(e).outlineStyle !== 'none' };
  });
  if (!skip.isSkip) problems.push('the first stop of the keyboard is not the skip link');
  if (!skip.seen) problems.push('the skip link does not show when it has the focus');
  const box = page.locator('input[type=checkbox]').first();
  if (await box.count()) {
    await box.focus();
    await page.keyboard.press('Space');
    if (!await box.isChecked()) problems.push('a box cannot be ticked with the keyboard');
    const focused = await box.evaluate((e) => getComputedStyle(e).outlineStyle !== 'none');
    if (!focused) problems.push('a box does not show that it has the focus');
  }
  return problems;
}

async function accessibility(page) {
  await page.evaluate(axe.source);
  const result = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  if (result.passes.length < 10) return [`axe looked at ${result.passes.length} rules only`];
  return result.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')})`);
}

// print makes the PDF, and sees that what is folded on the screen is on paper.
async function print(browser, file) {
  const problems = [];
  const page = await open(browser, file, { viewport: screens[0] }, problems);
  await page.emulateMedia({ media: 'print' });
  const hidden = await page.evaluate(() => [...document.querySelectorAll('details > :not(summary, .hint)')]
    .filter((e) => !e.checkVisibility() || e.getBoundingClientRect().height === 0).length);
  if (hidden > 0) problems.push(`${hidden} folded parts are missing on paper`);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  if (pdf.subarray(0, 5).toString() !== '%PDF-' || pdf.length < 5000) problems.push('no usable PDF');
  if (process.env.PAGES) fs.writeFileSync(`${file}.pdf`, pdf);
  await page.context().close();
  return problems;
}

main().catch((e) => { console.log(`failed: ${e.stack}`); process.exitCode = 1; });
