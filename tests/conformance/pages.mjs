// Opens every page and picture that the server serves, on a wide screen and on a telephone, in the light and in the dark, and
// has axe look for what bars people from it. Nothing may overflow the screen, and no policy may be broken.
// Usage: node pages.mjs CHROMIUM ADDRESS TOKEN

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [executablePath, address, token] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Every page for people, with the languages in which it is served. What is under /api asks for a token.
const pages = [
  ['/', 'fr', 'en'],
  ['/docs/', 'en'],
  ['/conventions', 'en'],
  ['/glossary', 'en'],
  ['/problems', 'fr', 'en'],
  ['/problems/invalid', 'fr', 'en'],
  ['/problems/superseded', 'fr', 'en'],
  ['/api/v1/tracking/matrix.svg', 'fr', 'en'],
  ['/api/v1/tracking/indicators.svg?metric=time_to_join&key=crise', 'fr', 'en'],
  ['/api/v1/tracking/trends', 'fr', 'en'],
];
const screens = [[1440, 900], [400, 800]];

// Things on a page that are only there after a reader did something.
const open = {
  '/docs/': async (page, judge) => {
    await page.locator('.scheme-container .btn.authorize').click();
    await page.locator('.modal-ux input').fill(token);
    await page.locator('.modal-ux .btn.authorize').click();
    await judge('while a token is given');
    await page.locator('.modal-ux .btn-done').click();
    await page.locator('#find').fill('get_me');
    const me = page.locator('.opblock[id$="-get_me"]');
    await me.locator('.opblock-summary-control').click();
    await me.locator('.shared-errors summary').click();
    await me.locator('.try-out__btn').click();
    await me.locator('.btn.execute').click();
    await me.locator('.live-responses-table').waitFor();
  },
};

const wrong = [];
let looks = 0;

// What axe says of the page as it stands, and which of its rules found something to look at.
function asked(page) {
  return page.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document, { resultTypes: ['violations'] });
    const told = ({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`;
    return {
      violations: violations.map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.slice(0, 3).map(told)].join('\n    ')),
      passes: passes.map((rule) => rule.id),
    };
  });
}

async function look(browser, path, lang, sights) {
  const at = `${path} (${lang})`;
  const headers = path.startsWith('/api/') ? { authorization: `Bearer ${token}` } : {};
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: lang, extraHTTPHeaders: headers });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (said) => said.type() === 'error' && wrong.push(`${at}: the console says ${said.text()}`));
    const opened = await page.goto(address + path);
    assert.equal(opened.status(), 200, at);
    const policy = opened.headers()['content-security-policy'];
    assert.match(policy, /default-src 'none'/, at);
    assert.doesNotMatch(policy, /unsafe/, at);
    assert.equal(await page.evaluate(() => document.documentElement.getAttribute('lang')), lang, `${at}: its language`);
    await page.evaluate(axe);
    // What a picture is made of is looked at too.
    const rule = path.includes('matrix') ? 'aria-required-children' : path.includes('.svg') ? 'svg-img-alt' : 'document-title';
    const judge = async (when) => {
      const { violations, passes } = await asked(page);
      assert(passes.includes(rule), `${at}: axe did not ask for ${rule}, but for ${passes}`);
      wrong.push(...violations.map((violation) => `${at}, ${when}: ${violation}`));
      looks += 1;
    };
    await open[path]?.(page, judge);
    for (const [[width, height], colorScheme] of sights) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
      if (scroll > width) wrong.push(`${at}: ${scroll} pixels wide on a screen of ${width}`);
      await judge(`${width} pixels, ${colorScheme}`);
    }
  } finally {
    await context.close();
  }
}

// Chromium's own sandbox needs rights that a container does not have; all that is opened here is our own pages.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const sights = screens.flatMap((screen) => [[screen, 'light'], [screen, 'dark']]);
  // Other words in the same place: one look tells.
  const all = pages.flatMap(([path, first, ...others]) => [
    [path, first, sights], ...others.map((lang) => [path, lang, [[screens[1], 'light']]]),
  ]);
  const reader = async () => {
    for (let next = all.shift(); next; next = all.shift()) await look(browser, ...next);
  };
  await Promise.all([reader(), reader()]);
} finally {
  await browser.close();
}
for (const one of wrong) console.log(one);
assert.equal(wrong.length, 0);
console.log(`note: ${pages.length} pages, ${looks} looks`);
