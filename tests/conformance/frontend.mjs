// A browser opens the page of docs/examples/frontend from another origin and goes through every view as two people: what is
// shown has names, takes few calls, passes axe in the light and in the dark, and fails in words.
// Usage: node frontend.mjs CHROMIUM FOLDER PORT ADDRESS TOKEN_OF_SIG_ADMIN TOKEN_OF_LEAD_EDITO PICTURES

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [executablePath, folder, port, address, admin, lead, pictures] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const IDENTIFIER = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/;

/** The API as the test itself uses it: what others do meanwhile. */
async function api(token, method, path, body, headers = {}) {
  const response = await fetch(`${address}/api/v1${path}`, {
    method, body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
  });
  assert(response.ok, `${method} ${path}: ${response.status} ${response.ok || (await response.clone().text())}`);
  return response.json();
}

const site = createServer(async ({ url }, answer) => {
  try {
    const path = new URL(url, 'http://site').pathname.replace(/^\/$/, '/index.html');
    const text = await readFile(`${folder}${path}`);
    answer.writeHead(200, { 'Content-Type': TYPES[path.split('.').pop()] }).end(text);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((listening) => site.listen(Number(port), '127.0.0.1', listening));
const origin = `http://127.0.0.1:${port}`;

// What the lead of the network edito finds: an action item given to them, and an announcement.
const mine = await api(lead, 'GET', '/me');
const place = mine.standings[0].organization;
await api(admin, 'POST', '/action-items', {
  title: 'Relire la charte éditoriale', network_code: 'edito', owner_organization_id: place.id, owner_member_id: mine.id, due_on: '2030-01-15',
});
const news = await api(admin, 'POST', '/announcements', { title: 'Réunion du réseau', network_code: 'edito', body: 'L’ordre du jour suit.' });
await api(admin, 'POST', `/announcements/${news.id}/publish`, undefined, { 'If-Match': `"${news.version}"`, 'Idempotency-Key': randomUUID() });

// Chromium's own sandbox needs rights that a container does not have; all that is opened here is our own page.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const counts = [];
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', locale: 'fr' });
  page.setDefaultTimeout(15_000);
  const wrong = [];
  let calls = [];
  let awaited = null;
  page.on('pageerror', (error) => wrong.push(`a script failed: ${error}`));
  page.on('console', (said) => said.type() === 'error' && !awaited?.test(said.text()) && wrong.push(`the console says: ${said.text()}`));
  page.on('request', (it) => it.url().startsWith(address) && it.method() !== 'OPTIONS' && calls.push(`${it.method()} ${it.url().slice(address.length)}`));
  await page.exposeFunction('violated', (what) => wrong.push(`the page's policy forbids ${what}`));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (it) => violated(`${it.effectiveDirective} ${it.blockedURI} ${it.sample}`)),
  );
  // Lets the browser itself report a refused or lost call while `act` provokes one; anything else stays an error.
  const provoking = async (message, act) => {
    awaited = message;
    await act();
    awaited = null;
  };
  const main = page.locator('main');
  const idle = async (title) => {
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.locator('main:not([aria-busy])').waitFor();
  };
  const connect = async (token) => {
    if (!(await page.locator('#connection').getAttribute('open').then((it) => it !== null))) await page.locator('#connection summary').click();
    await page.locator('[name=token]').fill(token);
    await page.getByRole('button', { name: 'Se connecter' }).click();
  };
  // axe, and nothing wider than the screen, on a wide one in the light and on a telephone in the dark.
  const judge = async (name) => {
    for (const [width, height, colorScheme] of [[1440, 900, 'light'], [400, 800, 'dark']]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) wrong.push(`${name}: ${wide} pixels wide on a screen of ${width}`);
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
      assert(passes.some(({ id }) => id === 'document-title'), 'axe looked');
      wrong.push(...violations.map(({ id, nodes }) => `${name}, ${width}, ${colorScheme}: ${id} ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')}`));
      await page.screenshot({ path: `${pictures}/frontend-${name.replace(/\W+/g, '-')}-${width}-${colorScheme}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  // Opens a view, and counts what it takes.
  const view = async (name, hash, title, most, contains) => {
    calls = [];
    await page.evaluate((to) => (location.hash = to), hash);
    await idle(title);
    counts.push([name, calls.length]);
    assert(calls.length > 0 && calls.length <= most, `${name} takes ${calls.length} calls: ${calls.join(', ')}`);
    const text = await main.innerText();
    for (const part of contains) assert(text.includes(part), `${name} shows ${part}, not ${text.slice(0, 600)}`);
    assert.doesNotMatch(text, IDENTIFIER, `${name} shows names and no identifiers`);
    assert.match(await page.title(), /Diapason/);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', `${name}: the focus is on its title`);
    // What both see alike is judged once; the whole matrix is wider than the one of a lead.
    if (name.startsWith('lead') || name.endsWith('matrix')) await judge(name);
  };

  // Without a token, with a bad one, with a good one.
  await page.goto(`${origin}/?api=${address}`);
  await idle('Bienvenue');
  assert.equal(await page.locator('[name=base]').inputValue(), address);
  await judge('connection');
  await provoking(/401/, async () => {
    await connect('not-a-token');
    await page.getByRole('alert').waitFor();
  });
  assert.match(await page.getByRole('status').first().innerText(), /Il en faut un nouveau/);
  assert.match(await main.innerText(), IDENTIFIER, 'the problem says which request it was');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'token');
  await judge('401');
  calls = [];
  await connect(lead);
  await idle(`Bonjour ${mine.display_name}`);
  assert.deepEqual(calls.map((it) => it.split('?')[0]).sort(), ['GET /api/v1/enums', 'GET /api/v1/me'], 'the first view reads the labels too');
  counts.push(['labels, once per opening', 1]);

  const walk = async (who, token, action) => {
    const { display_name } = await api(token, 'GET', '/me');
    await view(`${who}: networks`, '/networks', 'Réseaux', 1, ['Réseau édito']);
    await view(`${who}: home`, '/', `Bonjour ${display_name}`, 1, ['Mes réseaux', 'À faire', 'Notifications', 'Réunion du réseau']);
    await view(`${who}: network`, '/networks/edito', 'Réseau édito', 3, ['sièges pourvus', 'Damien Fleurac', action, 'Tous les rôles', '@agents.example']);
    await view(`${who}: person`, `/people/${mine.id}`, 'Damien Fleurac', 3, ['Responsable éditorial', 'Réseau édito', 'Stratégie éditoriale', place.name]);
    await view(`${who}: organization`, `/organizations/${place.id}`, place.name, 3, ['direction de la communication', 'Ministère de la Transition écologique', 'Dans les réseaux']);
    await view(`${who}: matrix`, '/matrix', 'Matrice', 1, ['DICOM Écologie', 'Réseau édito', 'Ensemble']);
    await view(`${who}: cell`, `/matrix/edito/${place.id}`, 'DICOM Écologie × Réseau édito', 3, ['adhésions', 'référent', 'Agence de']);
    await view(`${who}: search`, '/search?q=prefecture herault', 'Recherche : prefecture herault', 1, ['Préfecture de l\'Hérault', 'Ministère de l\'Intérieur', '(1)']);
  };
  await walk('lead-edito', lead, 'Relire la charte éditoriale');
  await page.evaluate(() => (location.hash = '/'));
  await idle(/Bonjour/);

  // A notification is marked as read, and an action item completed.
  const unread = page.getByRole('button', { name: 'Marquer comme lue : Réunion du réseau' });
  calls = [];
  await unread.first().click();
  await page.getByText('Lue', { exact: true }).waitFor();
  assert.match(calls.join(), /^POST \/api\/v1\/notifications\/[^,]*\/read$/);
  await page.evaluate(() => (location.hash = '/networks/edito'));
  await idle('Réseau édito');
  await page.getByRole('button', { name: 'Terminer : Relire la charte éditoriale' }).first().click();
  await page.getByText('faite', { exact: true }).waitFor();

  // Someone else was faster there: the version read is not the present one any more, and the page says so.
  const prepare = `Préparer la réunion ${randomUUID().slice(0, 4)}`;
  const stale = await api(admin, 'POST', '/action-items', { title: prepare, network_code: 'edito', owner_organization_id: place.id, due_on: '2030-01-15' });
  await page.evaluate(() => (location.hash = '/'));
  await idle(/Bonjour/);
  await page.evaluate(() => (location.hash = '/networks/edito'));
  await idle('Réseau édito');
  await api(admin, 'PATCH', `/action-items/${stale.id}`, { detail: 'Salle réservée.' }, { 'If-Match': '"1"' });
  await provoking(/412/, async () => {
    await page.getByRole('button', { name: `Terminer : ${prepare}` }).click();
    await page.getByRole('alert').waitFor();
  });
  assert.match(await page.getByRole('alert').innerText(), /Numéro de la demande/);
  await page.getByRole('button', { name: 'Afficher l’état actuel' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Terminer : ${prepare}` }).waitFor();

  // A role is chosen, then the list of an organization is read to its end.
  await page.getByRole('button', { name: /^Animateur ou animatrice/ }).click();
  await page.getByText('1 adhésion', { exact: true }).waitFor();
  await page.evaluate((id) => (location.hash = `/organizations/${id}`), place.id);
  await idle(place.name);
  const people = page.getByRole('region', { name: 'Membres dans les réseaux' }).locator('tbody tr');
  const { count } = await api(lead, 'GET', `/organizations/${place.id}/memberships?count=exact&limit=1`);
  assert(count > 50 && (await people.count()) === 50, `one page of ${count}`);
  await page.locator('section', { has: page.getByRole('region', { name: 'Membres dans les réseaux' }) }).getByRole('button', { name: 'Tout afficher' }).click();
  await people.nth(count - 1).waitFor();
  assert.equal(await people.count(), count);

  // What has not changed is not sent again; a busy service is asked once more; a lost one is said to be lost.
  const again = page.waitForResponse((it) => it.url().endsWith('/enums'));
  await page.reload();
  assert.equal((await again).status(), 304);
  await idle(place.name);
  let busy = 0;
  await page.route('**/api/v1/networks?*', (route) => {
    busy += 1;
    if (busy > 1) return route.continue();
    const problem = { type: '/problems/busy', title: 'Le service est occupé.', status: 503, code: 'busy', instance: 'urn:uuid:0' };
    return route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem),
      headers: { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After', 'Retry-After': '1' } });
  });
  await provoking(/503/, async () => {
    await page.evaluate(() => (location.hash = '/networks'));
    await page.getByText('Nouvel essai dans 1 s').waitFor();
    await idle('Réseaux');
  });
  assert.equal(busy, 2);
  await provoking(/ERR_INTERNET_DISCONNECTED/, async () => {
    await page.context().setOffline(true);
    await page.evaluate(() => (location.hash = '/matrix'));
    await idle('Le service ne répond pas');
    await judge('offline');
  });
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Réessayer' }).click();
  await idle('Matrice');

  // The SIG sees the same views, and changes a card that somebody else changes meanwhile.
  await connect(admin);
  await idle('Matrice');
  await walk('sig-admin', admin, prepare);
  const card = await api(admin, 'GET', `/members/${mine.id}`);
  await page.evaluate((id) => (location.hash = `/people/${id}`), mine.id);
  await idle('Damien Fleurac');
  await page.getByText('Modifier la fiche').click();
  await page.getByLabel('Téléphones').fill('01 40 00 00 04, 12');
  await provoking(/422/, async () => {
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.locator('[aria-invalid=true]').waitFor();
  });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'phones');
  await judge('422');
  await api(admin, 'PATCH', `/members/${mine.id}`, { given_name: 'Damien-Paul', phones: ['+33140000099'] }, { 'If-Match': `"${card.version}"` });
  await page.getByLabel('Téléphones').fill('01 40 00 00 04');
  await provoking(/412/, async () => {
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Cette fiche a changé pendant que vous la modifiiez').waitFor();
  });
  assert.equal(await page.getByLabel('Prénom').inputValue(), 'Damien-Paul');
  assert.equal(await page.getByLabel('Téléphones').inputValue(), '01 40 00 00 04');
  assert.match(await main.innerText(), /Valeur actuelle\s: \+33140000099/);
  await judge('412');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await idle('Damien-Paul Fleurac');
  await page.getByText('01 40 00 00 04').waitFor();
  const changed = await api(admin, 'GET', `/members/${mine.id}`);
  assert.deepEqual([changed.given_name, changed.phones], ['Damien-Paul', ['+33140000004']]);
  await api(admin, 'PATCH', `/members/${mine.id}`, { given_name: card.given_name, phones: card.phones }, { 'If-Match': `"${changed.version}"` });

  assert.deepEqual(wrong, []);
} finally {
  for (const [name, calls] of counts) console.log(`${name.padEnd(28)} | ${calls}`);
  await browser.close();
  site.close();
}
console.log(`note: ${counts.length - 1} views, at most ${Math.max(...counts.map(([, calls]) => calls))} calls`);
