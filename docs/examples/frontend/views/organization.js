// @ts-check
// An organization in three calls: itself with its links, its people in all networks, how it stands.

import { get, getIfAllowed, label } from '../api.js';
import { facts, h, joined, Label, list, organizationLink, paged, personLink, phone, section, table, tallied } from '../dom.js';
import { actionItem, followUp, TRACKING_HEADS, trackingRows } from './network.js';

/** @typedef {import('../api.js').Schemas} Schemas */

/** @param {Schemas['ContactPoint']} it */
const contactPoint = ({ kind, label: name, value }) => [name && `${name} : `,
  kind === 'email' ? h('a', { href: `mailto:${value}` }, value) : kind === 'phone' ? phone(value) : value];

/** @param {Schemas['MembershipPage'] & {members?: Schemas['MemberView'][]}} page */
const rows = ({ items, members = [] }) => items.map((it) => {
  const card = members.find(({ id }) => id === it.member.id);
  return h('tr', {}, h('th', { scope: 'row' }, personLink(it.member)), h('td', {}, it.network_name), h('td', {}, label('NetworkRole', it.role)),
    h('td', {}, card?.view === 'full' && card.email && h('a', { href: `mailto:${card.email}` }, card.email)));
});

/** @param {string} id @param {string} [cursor] */
const membershipsOf = (id, cursor) =>
  getIfAllowed('/api/v1/organizations/{id}/memberships', { path: { id }, query: { include: 'member', count: 'exact', cursor } });

/** @param {string} id */
export async function organization(id) {
  const [it, memberships, tracking] = await Promise.all([
    get('/api/v1/organizations/{id}', { path: { id }, query: { include: ['links', 'children', 'dicoms'] } }),
    membershipsOf(id),
    getIfAllowed('/api/v1/tracking/organizations/{id}', { path: { id }, query: {} }),
  ]);
  if (it.view === 'name') return { title: it.name, content: [h('p', {}, Label('OrganizationKind', it.kind))] };
  const { links, children, dicoms = [] } = it.included ?? {};
  const people = h('tbody');
  const standing = h('tbody');
  return {
    title: it.name,
    content: [
      facts([
        ['Sigle', it.short_name],
        ['Catégorie', label('OrganizationKind', it.kind)],
        ['Rattachée à', it.parent && organizationLink(it.parent)],
        ['Territoire', it.territory?.name],
        ['DICOM', joined(dicoms.filter((one) => one.id !== id).map(organizationLink), ', ')],
        ['Statut', label('OrganizationStatus', it.status)],
        ['Lui succèdent', joined(it.successors.map(organizationLink), ', ')],
        ['Site', it.website && h('a', { href: it.website, rel: 'noreferrer' }, it.website)],
        ['Joindre', it.contact_points.length > 0 && list(it.contact_points.map(contactPoint), '')],
      ]),
      tracking && tallied(tracking.tally),
      h('div', { class: 'columns' },
        section('Liens', list((links?.items ?? []).map((one) => [one.from_id !== id && [organizationLink(one.from), ' '], h('span', { class: 'quiet' }, label('LinkKind', one.kind)), one.to_id !== id && [' ', organizationLink(one.to)]].flat()), 'Aucun lien.')),
        section('Organisations rattachées', list((children?.items ?? []).map(organizationLink), 'Aucune.')),
        tracking && section('Actions', list(tracking.action_items.map(actionItem), 'Aucune action ouverte.')),
        tracking && section('Points de suivi', list(tracking.follow_ups.map(followUp), 'Aucun point de suivi.'))),
      memberships && section('Dans les réseaux', h('p', {}, `Adhésions : ${(memberships.count ?? 0).toLocaleString('fr')}`),
        table('Membres dans les réseaux', ['Nom', 'Réseau', 'Rôle', 'Joindre'], people),
        paged(memberships, async (cursor) => (await membershipsOf(id, cursor)) ?? { items: [] }, people, rows)),
      tracking && section('Suivi', table('Suivi par organisation et par réseau', TRACKING_HEADS, standing),
        paged(tracking, (cursor) => get('/api/v1/tracking/organizations/{id}', { path: { id }, query: { cursor } }), standing, (page) => trackingRows(page.rows, true))),
    ].filter((one) => one instanceof Node),
  };
}
