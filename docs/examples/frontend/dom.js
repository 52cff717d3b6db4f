// @ts-check
// Elements are made here, and all texts become text nodes. What several views show alike is here too.

import { label } from './api.js';

/** @typedef {import('./api.js').Schemas} Schemas */
/** @typedef {Node | string | number | undefined | null | false} Child */
/** @typedef {Schemas['OrganizationReference']} Organization */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | undefined | ((event: Event) => unknown)>} [attributes] `on…` are listeners
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children.flat()) {
    if (child instanceof Node) element.append(child);
    else if (child !== undefined && child !== null && child !== false) element.append(String(child));
  }
  return element;
}

let ids = 0;
/** An identifier for this page alone. */
export const unique = () => `e${(ids += 1)}`;

/** @param {string} text */
const capital = (text) => text.charAt(0).toLocaleUpperCase('fr') + text.slice(1);

/**
 * A label with a capital, as it begins a line.
 * @type {typeof label}
 */
export const Label = (name, code) => capital(label(name, code));

const days = new Intl.DateTimeFormat('fr', { dateStyle: 'long', timeZone: 'Europe/Paris' });
/** @param {string} value a day or an instant */
export const day = (value) =>
  h('time', { datetime: value }, days.format(new Date(value.length === 10 ? `${value}T12:00:00Z` : value)).replace(/^1 /, '1er '));

/** A text written in Markdown, of which only strong words are marked: all else is shown as it was written. @param {string} value */
export const text = (value) =>
  h('p', { class: 'text' }, value.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? h('strong', {}, part) : part)));

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString('fr')} ${count < 2 ? one : many}`;

/** @param {string} to @param {...Child} children */
export const link = (to, ...children) => h('a', { href: `#${to}` }, ...children);
/** @param {{id: string, display_name: string}} person */
export const personLink = (person) => link(`/people/${person.id}`, person.display_name);
/** @param {Organization} organization */
export const organizationLink = ({ id, name }) => link(`/organizations/${id}`, name);
/** @param {{network_code?: string, network_name?: string}} it */
export const networkLink = ({ network_code, network_name }) => network_code && link(`/networks/${network_code}`, network_name);

/** Children with a sign between them. @param {Child[]} parts @param {string} [sign] */
export const joined = (parts, sign = ' · ') => parts.filter(Boolean).flatMap((part, index) => (index ? [sign, part] : [part]));

/** @param {string} title @param {...(Child | Child[])} children */
export function section(title, ...children) {
  const id = unique();
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}

/** A remark beside something. @param {...(Child | Child[])} children */
export const quiet = (...children) => h('span', { class: 'quiet' }, ...children);

/** The row of a table. @param {Child[]} head @param {...(Child | Child[])} cells */
export const row = (head, ...cells) => h('tr', {}, h('th', { scope: 'row' }, head), cells.map((it) => h('td', {}, it)));

/** A network with the role in it. @param {Schemas['Membership']} it */
export const place = (it) => [networkLink(it), ` – ${label('NetworkRole', it.role)}`];

/** A list, or what to say when it is empty. @param {(Child | Child[])[]} items @param {string} none */
export const list = (items, none) =>
  items.length ? h('ul', {}, items.map((it) => h('li', {}, it))) : h('p', { class: 'quiet' }, none);

/** Pairs of a term and its value; those without a value are left out. @param {[string, Child | Child[]][]} pairs */
export const facts = (pairs) =>
  h('dl', {}, pairs.filter(([, it]) => (Array.isArray(it) ? it.length > 0 : it)).flatMap(([term, it]) => [h('dt', {}, term), h('dd', {}, it)]));

/** A table that scrolls on a narrow screen. @param {string} caption @param {Child[]} heads @param {HTMLElement} body @param {string} [kind] */
export const table = (caption, heads, body, kind) =>
  h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': caption },
    h('table', { class: kind },
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, heads.map((it) => h('th', { scope: 'col' }, it)))),
      body));

/** @param {Schemas['Tally']} tally */
export const tallied = ({ expected, filled, referents, members, gaps }) =>
  h('ul', { class: 'tally' },
    h('li', {}, h('strong', {}, `${filled} / ${expected}`), ' sièges pourvus'),
    h('li', {}, h('strong', {}, referents.toLocaleString('fr')), ' référents et référentes'),
    h('li', {}, h('strong', {}, members.toLocaleString('fr')), ' membres'),
    h('li', { class: gaps ? 'bad' : '' }, h('strong', {}, gaps), gaps < 2 ? ' manque' : ' manques'));

/** @param {Schemas['Health'] | undefined} health */
export const health = (health) => health && h('span', { class: `health ${health}` }, label('Health', health));

/** @param {string} value as RFC 3966 writes it */
export function phone(value) {
  const [number = '', extension] = value.split(';ext=');
  const shown = number.replace(/^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '0$1 $2 $3 $4 $5');
  return h('a', { href: `tel:${value}` }, shown, extension && ` poste ${extension}`);
}

/**
 * A list in pages: shows the first, and leads to the others one by one or all at once, by `next`.
 * @template {{next?: string}} P
 * @param {P} first
 * @param {(cursor: string) => Promise<P>} more
 * @param {HTMLElement} into
 * @param {(page: P) => Child[]} drawn
 */
export function paged(first, more, into, drawn) {
  let next = first.next;
  /** @param {P} page */
  const add = (page) => into.append(...drawn(page).filter((it) => it instanceof Node));
  add(first);
  const buttons = h('p', { class: 'more', hidden: !next });
  /** @param {boolean} all */
  const go = async (all) => {
    for (const button of buttons.querySelectorAll('button')) button.disabled = true;
    try {
      do {
        if (!next || !into.isConnected) break;
        const page = await more(next);
        next = page.next;
        add(page);
      } while (all);
    } finally {
      for (const button of buttons.querySelectorAll('button')) button.disabled = false;
      buttons.hidden = !next;
    }
  };
  buttons.append(h('button', { type: 'button', onclick: () => go(false) }, 'Afficher la suite'), ' ',
    h('button', { type: 'button', onclick: () => go(true) }, 'Tout afficher'));
  return buttons;
}
