// @ts-check
// The search in one call; what was found is counted by its facets, and the kind of object narrows it.

import { get, label } from '../api.js';
import { counted, h, joined, Label, link, list, organizationLink, personLink } from '../dom.js';

/** @typedef {import('../api.js').Schemas} Schemas */
const LIMIT = 50;

/** @param {Schemas['SearchHit']} hit */
function found({ organization: org, member }) {
  if (org) return [organizationLink(org), h('p', { class: 'quiet' }, joined([Label('OrganizationKind', org.kind), org.short_name, org.view === 'full' && org.parent && organizationLink(org.parent)]))];
  if (!member) return [];
  const places = member.view === 'full' ? member.affiliations.map((it) => h('span', {}, it.position && `${it.position}, `, organizationLink(it.organization))) : member.organizations.map(organizationLink);
  return [personLink(member), h('p', { class: 'quiet' }, joined(places))];
}

/** @param {string} parameters */
export async function search(parameters) {
  const asked = new URLSearchParams(parameters);
  const q = asked.get('q')?.trim() ?? '';
  const type = /** @type {Schemas['SearchType'] | null} */ (asked.get('type'));
  const input = h('input', { name: 'q', type: 'search', value: q, required: true, maxlength: 200 });
  const form = h('form', {
    role: 'search', class: 'search',
    onsubmit: (event) => {
      event.preventDefault();
      location.hash = `/search?${new URLSearchParams({ q: input.value })}`;
    },
  }, h('label', {}, 'Un nom, un sigle, un département ou une adresse électronique', input), h('button', {}, 'Chercher'));
  if (!q) return { title: 'Recherche', content: [form] };

  const { items, facets = [] } = await get('/api/v1/search', { query: { q, types: type ? [type] : undefined, limit: LIMIT, facets: ['type', 'organization_kind'] } });
  const values = (/** @type {string} */ field) => facets.find((it) => it.field === field)?.values ?? [];
  /** @param {string} [value] */
  const to = (value) => `/search?${new URLSearchParams({ q, ...(value && { type: value }) })}`;
  return {
    title: `Recherche : ${q}`,
    content: [
      form,
      h('p', { class: 'filters' }, joined([
        type && link(to(), 'Tout'),
        ...values('type').map(({ value, count }) => link(to(value), `${Label('SearchType', /** @type {Schemas['SearchType']} */ (value))} (${count})`)),
      ])),
      values('organization_kind').length > 0 && h('p', { class: 'quiet' }, values('organization_kind')
        .map(({ value, count }) => `${label('OrganizationKind', /** @type {Schemas['OrganizationKind']} */ (value))} : ${count}`).join(' · ')),
      h('p', { role: 'status' }, items.length < LIMIT ? counted(items.length, 'résultat') : `Les ${LIMIT} meilleurs résultats`),
      list(items.map(found), 'Rien ne correspond. Essayez d’autres mots.'),
    ].filter((one) => one instanceof Node),
  };
}
