// @ts-check
// The page: which view the address names, the connection, and what is said while it loads and when it fails.

import { connection, readLabels, Refused, Unreachable, watch } from './api.js';
import { h } from './dom.js';
import { home } from './views/home.js';
import { cell, matrix } from './views/matrix.js';
import { network, networks } from './views/network.js';
import { organization } from './views/organization.js';
import { person } from './views/person.js';
import { search } from './views/search.js';

/** @typedef {{title: string, content: import('./dom.js').Child[]}} View */

/** @template {Element} E @param {string} selector @param {new () => E} kind @returns {E} */
function one(selector, kind) {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(selector);
  return found;
}
const view = one('#view', HTMLElement);
const status = one('#status', HTMLElement);
const calls = one('#calls', HTMLElement);
const panel = one('#connection', HTMLDetailsElement);
const form = one('#connection form', HTMLFormElement);
const base = one('[name=base]', HTMLInputElement);
const token = one('[name=token]', HTMLTextAreaElement);

const NEW_TOKEN = 'Ce jeton n’est pas valable, ou ne l’est plus. Il en faut un nouveau.';

/** @type {[RegExp, (...parts: string[]) => Promise<View>][]} */
const routes = [
  [/^\/$/, home],
  [/^\/networks$/, networks],
  [/^\/networks\/([^/]+)$/, network],
  [/^\/people\/([^/]+)$/, person],
  [/^\/organizations\/([^/]+)$/, organization],
  [/^\/matrix$/, matrix],
  [/^\/matrix\/([^/]+)\/([^/]*)$/, cell],
  [/^\/search(?:\?(.*))?$/, search],
];

/** @param {string} text */
const say = (text) => (status.textContent = text);
watch.say = say;

/** Opens the connection, and says why. @param {string} why */
function askForToken(why) {
  panel.open = true;
  base.value = connection.base;
  say(why);
  token.focus();
}

/** What is shown instead of a view, or above it. @param {unknown} error @param {'h1' | 'h2'} [heading] @returns {HTMLElement} */
function explained(error, heading = 'h1') {
  if (error instanceof Unreachable) {
    return h('div', { role: 'alert', class: 'problem' }, h(heading, {}, 'Le service ne répond pas'),
      h('p', {}, `Aucune réponse de ${connection.base}. Vérifiez votre connexion et l’adresse de l’API.`),
      h('button', { type: 'button', onclick: show }, 'Réessayer'));
  }
  if (error instanceof Refused) {
    const { code, title, detail, errors = [], allowed = [] } = error.problem;
    const moved = code === 'stale' || code === 'invalid_transition';
    return h('div', { role: 'alert', class: 'problem' }, h(heading, {}, title), detail && h('p', {}, detail),
      errors.length > 0 && h('ul', {}, errors.map((it) => h('li', {}, h('code', {}, it.pointer), ' : ', it.detail))),
      allowed.length > 0 && h('p', {}, `Possible : ${allowed.join(', ')}.`),
      moved && h('button', { type: 'button', onclick: show }, 'Afficher l’état actuel'),
      h('p', { class: 'quiet' }, 'Numéro de la demande : ', h('code', {}, error.request)));
  }
  throw error;
}

/** What a button or a form could not do is said above the view, which stays. @param {unknown} error */
function failed(error) {
  view.querySelector(':scope > .problem')?.remove();
  const problem = explained(error, 'h2');
  view.prepend(problem);
  problem.scrollIntoView({ block: 'nearest' });
  if (error instanceof Refused && error.problem.status === 401) askForToken(NEW_TOKEN);
}

let shown = 0;
async function show() {
  const mine = (shown += 1);
  const path = location.hash.slice(1) || '/';
  for (const link of document.querySelectorAll('nav a')) {
    const target = link.getAttribute('href')?.slice(1) ?? '';
    if (target === '/' ? path === '/' : path.startsWith(target)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!connection.token) {
    view.replaceChildren(h('h1', {}, 'Bienvenue'), h('p', {}, 'Connectez-vous avec un jeton d’accès pour voir vos réseaux.'));
    return askForToken('');
  }
  say('Chargement…');
  view.setAttribute('aria-busy', 'true');
  watch.calls = 0;
  try {
    await readLabels();
    const [pattern, draw] = routes.find(([it]) => it.test(path)) ?? [/./, home];
    const { title, content } = await draw(...(pattern.exec(path)?.slice(1).map((it) => it ?? '') ?? []));
    if (mine !== shown) return;
    const heading = h('h1', { tabindex: -1 }, title);
    view.replaceChildren(heading, ...content.filter((it) => it instanceof Node));
    document.title = `${title} – Diapason`;
    say('');
    heading.focus();
  } catch (error) {
    if (mine !== shown) return;
    view.replaceChildren(explained(error));
    say('');
    if (error instanceof Refused && error.problem.status === 401) askForToken(NEW_TOKEN);
  } finally {
    if (mine === shown) {
      view.removeAttribute('aria-busy');
      calls.textContent = `Appels de l’API pour cette vue : ${watch.calls}`;
    }
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  connection.open(base.value, token.value);
  token.value = '';
  panel.open = false;
  show();
});
// The fragment is the address of a view, so this link moves the focus itself.
one('.skip', HTMLAnchorElement).addEventListener('click', (event) => {
  event.preventDefault();
  view.focus();
});
window.addEventListener('hashchange', show);
window.addEventListener('unhandledrejection', (event) => {
  if (!(event.reason instanceof Refused || event.reason instanceof Unreachable)) return;
  event.preventDefault();
  failed(event.reason);
});
base.value = connection.base;
show();
