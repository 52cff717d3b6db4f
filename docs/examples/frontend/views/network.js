// @ts-check
// The networks, and one of them in three calls: itself with what it brings along, its members, how it stands.

import { get, label, move } from '../api.js';
import { counted, day, facts, h, health, joined, Label, link, list, organizationLink, paged, personLink, phone, quiet } from '../dom.js';
import { row, section, table, tallied, text } from '../dom.js';
import { announcement } from './home.js';

/** @typedef {import('../api.js').Schemas} Schemas */

export async function networks() {
  const { items } = await get('/api/v1/networks', { query: { limit: 200 } }, { kept: true });
  const lines = items.map((it) => [link(`/networks/${it.code}`, it.name),
    it.status !== 'active' && ` (${label('NetworkStatus', it.status)})`, h('br'), quiet(it.purpose)]);
  return { title: 'Réseaux', content: [list(lines, 'Aucun réseau.')] };
}

export const MEMBER_HEADS = ['Nom', 'Rôle', 'Organisation', 'Joindre'];

/** The cards of members, as rows of memberships. @param {{items: Schemas['Membership'][], members?: Schemas['MemberView'][]}} page */
export function memberRows({ items, members = [] }) {
  const cards = new Map(members.map((it) => [it.id, it]));
  return items.map((it) => {
    const card = cards.get(it.member.id);
    const full = card?.view === 'full' ? card : undefined;
    const here = full?.affiliations.find((one) => one.id === it.affiliation_id);
    const email = full?.email && h('a', { href: `mailto:${full.email}` }, full.email);
    return row([personLink(it.member), here?.position && quiet(here.position)],
      label('NetworkRole', it.role), organizationLink(it.organization), joined([email, ...(full?.phones ?? []).map(phone)]));
  });
}

/** An action item, closed by those who may with the version that they read. @param {Schemas['ActionItem']} it */
export function actionItem(it) {
  const state = quiet(label('ActionStatus', it.status));
  const complete = h('button', {
    type: 'button', 'aria-label': `Terminer : ${it.title}`,
    onclick: async () => {
      await move('/api/v1/action-items/{id}/complete', { path: { id: it.id } }, it.version);
      state.textContent = label('ActionStatus', 'done');
      complete.remove();
    },
  }, 'Terminer');
  const owners = [it.owner_member && personLink(it.owner_member), organizationLink(it.owner_organization)];
  const about = quiet(joined([state, ...owners, h('span', {}, 'pour le ', day(it.due_on))]));
  return [h('strong', {}, it.title), h('br'), about, ' ', it.available_actions.includes('complete_action_item') && complete];
}

/** @param {Schemas['FollowUp']} it */
export const followUp = (it) => [...joined([day(it.held_on), health(it.health), it.author && personLink(it.author)]), text(it.summary)];

/** @param {Schemas['TrackingRow'][]} rows @param {boolean} byNetwork whether each row is named by its network too */
export const trackingRows = (rows, byNetwork) => rows.map((it) =>
  row([organizationLink(it.organization), byNetwork && quiet(it.network_name)],
    `${it.tally.filled} / ${it.tally.expected}`,
    it.tally.members,
    joined(it.referents.map(personLink), ', '),
    [it.open_actions, it.overdue_actions > 0 && h('span', { class: 'bad' }, ` dont ${it.overdue_actions} en retard`)],
    health(it.health)));

export const TRACKING_HEADS = ['Organisation', 'Sièges pourvus', 'Membres', 'Référents et référentes', 'Actions ouvertes', 'État'];

/** @param {string} code @param {Schemas['NetworkRole']} [role] @param {string} [cursor] */
const membersOf = (code, role, cursor) =>
  get('/api/v1/networks/{code}/memberships', {
    path: { code },
    query: { include: 'member', count: 'exact', facets: ['role'], role, cursor, limit: cursor ? 200 : 50 },
  });

/** The members, and a button for each role that has some. @param {string} code @param {Schemas['NetworkMembershipPage']} all */
function members(code, all) {
  const place = h('div');
  /** @param {Schemas['NetworkMembershipPage']} first @param {Schemas['NetworkRole']} [role] */
  const draw = (first, role) => {
    const body = h('tbody');
    place.replaceChildren(
      h('p', { role: 'status' }, counted(first.count ?? first.items.length, 'adhésion')),
      table('Membres du réseau', MEMBER_HEADS, body),
      paged(first, (cursor) => membersOf(code, role, cursor), body, memberRows));
  };
  draw(all);
  const roles = /** @type {{value: Schemas['NetworkRole'], count: number}[]} */ (
    all.facets?.find(({ field }) => field === 'role')?.values ?? []);
  const filters = h('p', { class: 'filters' });
  filters.append(...[undefined, ...roles].map((it) =>
    h('button', {
      type: 'button', 'aria-pressed': String(!it),
      onclick: async (event) => {
        draw(it ? await membersOf(code, it.value) : all, it?.value);
        for (const button of filters.children) button.setAttribute('aria-pressed', String(button === event.target));
      },
    }, it ? `${Label('NetworkRole', it.value)} (${it.count.toLocaleString('fr')})` : 'Tous les rôles')));
  return [filters, place];
}

/** @param {Schemas['Membership']} it */
const lead = ({ member, organization }) => h('span', {}, personLink(member), ` (${organization.short_name ?? organization.name})`);

/** @param {string} code */
export async function network(code) {
  /** @param {string} cursor */
  const standingOf = (cursor) => get('/api/v1/tracking/networks/{code}', { path: { code }, query: { cursor } });
  const [it, memberships] = await Promise.all([
    get('/api/v1/networks/{code}', { path: { code }, query: { include: ['leads', 'co_animations', 'announcements', 'tracking'] } }),
    membersOf(code),
  ]);
  const { leads = [], co_animations, announcements, tracking } = it.included ?? {};
  const body = h('tbody');
  return {
    title: it.name,
    content: [
      it.purpose && h('p', {}, it.purpose),
      facts([
        ['État', label('NetworkStatus', it.status)],
        ['Public', it.audience],
        ['Rythme', label('Cadence', it.cadence)],
        ['Pour le rejoindre', label('JoinPolicy', it.join_policy)],
        ['Animation', joined(leads.map(lead), ', ')],
        ['Co-animation', joined((co_animations?.items ?? []).map((one) => organizationLink(one.organization)), ', ')],
      ]),
      tracking && tallied(tracking.tally),
      announcements && announcements.items.length > 0 && section('Annonces', ...announcements.items.map(announcement)),
      tracking && section('Actions', list(tracking.action_items.map(actionItem), 'Aucune action ouverte.')),
      tracking && section('Points de suivi', list(tracking.follow_ups.map(followUp), 'Aucun point de suivi.')),
      section('Membres', ...members(code, memberships)),
      tracking && section('Suivi par organisation',
        table('Suivi du réseau par organisation', TRACKING_HEADS, body),
        paged(tracking, standingOf, body, ({ rows }) => trackingRows(rows, false))),
    ],
  };
}
