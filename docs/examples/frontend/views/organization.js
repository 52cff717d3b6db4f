// @ts-check
// An organization in three calls: itself with its links, its people in all networks, how it stands.

import { get, label } from '../api.js';
import { counted, facts, h, joined, Label, list, organizationLink, paged, personLink, phone, quiet, row, section, table, tallied } from '../dom.js';
import { actionItem, followUp, TRACKING_HEADS, trackingRows } from './network.js';

/** @typedef {import('../api.js').Schemas} Schemas */

/** @param {Schemas['ContactPoint']} it */
function contactPoint({ kind, label: name, value }) {
  const shown = kind === 'email' ? h('a', { href: `mailto:${value}` }, value) : kind === 'phone' ? phone(value) : value;
  return [name && `${name} : `, shown];
}

/** @param {Schemas['NetworkMembershipPage']} page */
const memberships = ({ items, members = [] }) => items.map((it) => {
  const card = members.find(({ id }) => id === it.member.id);
  const email = card?.view === 'full' && card.email && h('a', { href: `mailto:${card.email}` }, card.email);
  return row([personLink(it.member)], it.network_name, label('NetworkRole', it.role), email);
});

/** A link, read from one of its two sides. @param {string} id */
const linked = (id) => (/** @type {Schemas['OrganizationLink']} */ { from, to, kind }) =>
  joined([from.id !== id && organizationLink(from), quiet(label('LinkKind', kind)), to.id !== id && organizationLink(to)], ' ');

/** @param {string} id */
export async function organization(id) {
  /** @param {string} [cursor] */
  const membersOf = (cursor) =>
    get('/api/v1/organizations/{id}/memberships', { path: { id }, query: { include: 'member', count: 'exact', cursor } });
  /** @param {string} cursor */
  const standingOf = (cursor) => get('/api/v1/tracking/organizations/{id}', { path: { id }, query: { cursor } });
  const [it, members] = await Promise.all([
    get('/api/v1/organizations/{id}', { path: { id }, query: { include: ['links', 'children', 'dicoms', 'tracking'] } }),
    membersOf(),
  ]);
  if (it.view === 'name') return { title: it.name, content: [h('p', {}, Label('OrganizationKind', it.kind))] };
  const { links, children, dicoms = [], tracking } = it.included ?? {};
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
        section('Liens', list((links?.items ?? []).map(linked(id)), 'Aucun lien.')),
        section('Organisations rattachées', list((children?.items ?? []).map(organizationLink), 'Aucune.')),
        tracking && section('Actions', list(tracking.action_items.map(actionItem), 'Aucune action ouverte.')),
        tracking && section('Points de suivi', list(tracking.follow_ups.map(followUp), 'Aucun point de suivi.'))),
      section('Dans les réseaux',
        h('p', {}, counted(members.count ?? 0, 'adhésion')),
        table('Membres dans les réseaux', ['Nom', 'Réseau', 'Rôle', 'Joindre'], people),
        paged(members, membersOf, people, memberships)),
      tracking && section('Suivi',
        table('Suivi par organisation et par réseau', TRACKING_HEADS, standing),
        paged(tracking, standingOf, standing, ({ rows }) => trackingRows(rows, true))),
    ],
  };
}
