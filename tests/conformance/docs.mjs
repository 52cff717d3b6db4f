// A reader's browser opens the documentation page, finds every operation on it and one by its words, signs in and tries it out.
// Usage: node docs.mjs CHROMIUM ADDRESS TOKEN CONTRACT SCREENSHOT

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [executablePath, address, token, contract, screenshot] = process.argv.slice(2);
const origin = new URL(address).origin;
const { paths, tags } = JSON.parse(await readFile(contract, 'utf8'));
const expected = Object.values(paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));

// Chromium's own sandbox needs rights that a container does not have; all that is opened here is our own page.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(30_000);
  const wrong = [];
  page.on('console', (said) => said.type() === 'error' && wrong.push(`the console says: ${said.text()}`));
  page.on('pageerror', (error) => wrong.push(`a script failed: ${error}`));
  page.on('requestfailed', (request) => wrong.push(`${request.url()} failed: ${request.failure()?.errorText}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) wrong.push(`the page asks ${url} of another server`);
  });
  await page.exposeFunction('violated', (what) => wrong.push(`the page's policy forbids ${what}`));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (it) => violated(`${it.effectiveDirective} ${it.blockedURI}`)),
  );

  const opened = await page.goto(`${address}/docs/`);
  assert.equal(opened.status(), 200);
  assert.match(opened.headers()['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.match(await page.title(), /Diapason$/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en', 'the contract is in English');

  // Groups in the order of the contract, folded at first; all operations are in them.
  const groups = page.locator('.opblock-tag');
  await groups.nth(tags.length - 1).waitFor();
  const order = await groups.evaluateAll((all) => all.map((it) => it.dataset.tag));
  assert.deepEqual(order, tags.map((tag) => tag.name));
  assert.deepEqual([order[0], await page.locator('.opblock').count()], ['me', 0]);
  for (const group of await groups.all()) await group.locator('.expand-operation').click();
  await page.locator('.opblock').nth(expected.length - 1).waitFor();
  const shown = await page.locator('.opblock:visible').evaluateAll((all) => all.map((it) => it.id.split('-').pop()));
  assert.deepEqual(shown.sort(), [...expected].sort(), 'each operation of the contract stands on the page');
  assert.match(await page.locator('.info .title').innerText(), /^Diapason/);
  assert.match(await page.locator('.info .description').innerText(), /Start\s+Get a token/);

  // By its words, an operation is found in its group alone.
  const found = async (words) => {
    await page.locator('#find').fill(words);
    return page.locator('.opblock').evaluateAll((all) => all.map((it) => it.id.split('-').pop()));
  };
  assert.deepEqual(await found('vcard CONTACT'), ['get_contact_vcard']);
  assert.deepEqual(await found('/tracking/matrix.svg'), ['get_tracking_matrix_svg']);
  assert.deepEqual(await found('no such words'), []);
  assert((await found('get_me')).includes('get_me'));

  // As one who reads, signs in with a token and tries.
  await page.locator('.scheme-container .btn.authorize').click();
  await page.locator('.modal-ux input').fill(token);
  await page.locator('.modal-ux .btn.authorize').click();
  await page.locator('.modal-ux .btn-done').click();
  const me = page.locator('.opblock[id$="-get_me"]');
  await me.locator('.opblock-summary-control').click();
  const shared = me.locator('.shared-errors');
  assert.deepEqual([await shared.getAttribute('open'), await me.locator('.responses-table .response').count()], [null, 1], 'errors are folded');
  await shared.locator('summary').click();
  assert((await shared.locator('tr').count()) >= 3);
  await me.locator('.try-out__btn').click();
  await me.locator('.btn.execute').click();
  const live = me.locator('.live-responses-table tbody tr').first();
  await live.waitFor();
  assert.match(await live.locator('.response-col_status').innerText(), /^200/);
  assert.match(await live.locator('.highlight-code, .microlight').first().innerText(), /"registered":\s*true/);
  await page.screenshot({ path: screenshot });
  assert.deepEqual(wrong, []);
  console.log(`note: ${shown.length} operations shown, ${await browser.version()}`);
} finally {
  await browser.close();
}
