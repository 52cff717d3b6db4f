// @ts-check
// The search in one call; what was found is counted by its facets, and the kind of object narrows it.

import { get, label } from '../api.js';
import { counted, h, joined, Label, link, list, organizationLink, personLink, quiet } from '../dom.js';

/** @typedef {import('../api.js').Schemas} Schemas */
const LIMIT = 50;

/** @param {Schemas['OrganizationView']} it */
function organization(it) {
  const parent = it.view === 'full' && it.parent && organizationLink(it.parent);
  return [organizationLink(it), h('br'), quiet(joined([Label('OrganizationKind', it.kind), it.short_name, parent]))];
}

/** @param {Schemas['MemberView']} it */
function person(it) {
  const places = it.view === 'name' ? it.organizations.map(organizationLink)
    : it.affiliations.map((one) => h('span', {}, one.position && `${one.position}, `, organizationLink(one.organization)));
  return [personLink(it), h('br'), quiet(joined(places))];
}

/** @param {string} parameters */
export async function search(parameters) {
  const asked = new URLSearchParams(parameters);
  const q = asked.get('q')?.trim() ?? '';
  const type = /** @type {Schemas['SearchType'] | null} */ (asked.get('type'));
  const input = h('input', { name: 'q', type: 'search', value: q, required: true, maxlength: 200 });
  const form = h('form', {
    role: 'search',
    class: 'search',
    onsubmit: (event) => {
      event.preventDefault();
      location.hash = `/search?${new URLSearchParams({ q: input.value })}`;
    },
  }, h('label', {}, 'Un nom, un sigle, un département ou une adresse électronique', input), h('button', {}, 'Chercher'));
  if (!q) return { title: 'Recherche', content: [form] };

  const { items, facets = [] } = await get('/api/v1/search', {
    query: { q, types: type ? [type] : undefined, limit: LIMIT, facets: ['type', 'organization_kind'] },
  });
  // The values of a facet are codes of a closed list that its field does not name.
  const types = /** @type {{value: Schemas['SearchType'], count: number}[]} */ (facets.find((it) => it.field === 'type')?.values ?? []);
  const kinds = /** @type {{value: Schemas['OrganizationKind'], count: number}[]} */ (
    facets.find((it) => it.field === 'organization_kind')?.values ?? []);
  /** @param {string} [value] */
  const to = (value) => `/search?${new URLSearchParams({ q, ...(value && { type: value }) })}`;
  const narrowed = types.map(({ value, count }) => link(to(value), `${Label('SearchType', value)} (${count})`));
  return {
    title: `Recherche : ${q}`,
    content: [
      form,
      h('p', {}, joined([type && link(to(), 'Tout'), ...narrowed])),
      h('p', {}, quiet(kinds.map(({ value, count }) => `${label('OrganizationKind', value)} : ${count}`).join(' · '))),
      h('p', { role: 'status' }, items.length < LIMIT ? counted(items.length, 'résultat') : `Les ${LIMIT} meilleurs résultats`),
      list(items.map((it) => (it.organization ? organization(it.organization) : it.member ? person(it.member) : [])),
        'Rien ne correspond. Essayez d’autres mots.'),
    ],
  };
}
