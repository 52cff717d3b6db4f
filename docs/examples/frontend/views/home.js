// @ts-check
// Home, in one call: who I am, my networks, what waits for me, what is new.

import { get, label, move } from '../api.js';
import { counted, day, h, joined, Label, link, list, networkLink, organizationLink, personLink, section, text } from '../dom.js';

/** @typedef {import('../api.js').Schemas} Schemas */

/** @param {Schemas['Notification']} it */
function notification(it) {
  const done = h('span', { role: 'status', class: 'quiet' });
  const mark = h('button', {
    type: 'button', 'aria-label': `Marquer comme lue : ${it.title ?? label('NotificationKind', it.kind)}`,
    onclick: async () => {
      await move('/api/v1/notifications/{id}/read', { path: { id: it.id } });
      mark.remove();
      done.textContent = 'Lue';
    },
  }, 'Marquer comme lue');
  return [h('strong', {}, it.title ?? Label('NotificationKind', it.kind)), h('br'),
    h('span', { class: 'quiet' }, joined([label('NotificationKind', it.kind), networkLink(it), day(it.created_at)])), ' ', done, mark];
}

/** @param {Schemas['MyTask']} it */
const task = (it) => [h('strong', {}, it.title), h('br'),
  h('span', { class: 'quiet' }, joined([label('MyTaskKind', it.kind), networkLink(it), it.due_on && h('span', {}, 'pour le ', day(it.due_on))]))];

/** @param {Schemas['Announcement']} it */
export const announcement = (it) =>
  h('article', {}, h('h3', {}, it.title),
    h('p', { class: 'quiet' }, joined([networkLink(it), it.author && personLink(it.author), it.published_at && day(it.published_at)])),
    text(it.body));

export async function home() {
  const { display_name, registered, suspended, standings, id, kind, included = {} } = await get('/api/v1/me', {
    query: { include: ['memberships', 'tasks', 'notifications', 'announcements'] },
  });
  if (!registered || suspended) {
    const why = suspended ? 'Votre compte est suspendu.' : 'Votre identité est reconnue, mais vous n’êtes pas encore membre. Demandez une invitation à votre organisation.';
    return { title: 'Bienvenue', content: [h('p', {}, why)] };
  }
  const { memberships, tasks, notifications, announcements } = included;
  const unread = notifications?.count ?? 0;
  return {
    title: `Bonjour ${display_name ?? ''}`,
    content: [
      h('p', {}, joined([
        ...standings.map(({ organization, roles }) => organization && h('span', {}, joined([organizationLink(organization), ...roles.map(({ role }) => label('Role', role))], ', '))),
        kind === 'member' && id && link(`/people/${id}`, 'Ma fiche'),
      ])),
      h('div', { class: 'columns' },
        section('Mes réseaux', list((memberships?.items ?? []).map((it) => [networkLink(it), ` – ${label('NetworkRole', it.role)}`]), 'Vous n’êtes membre d’aucun réseau.')),
        section('À faire', list((tasks?.items ?? []).map(task), 'Rien ne vous attend.')),
        section('Notifications', h('p', { class: 'quiet' }, counted(unread, 'non lue', 'non lues')), list((notifications?.items ?? []).map(notification), 'Tout est lu.')),
        section('Annonces', ...(announcements?.items.length ? announcements.items.map(announcement) : [h('p', { class: 'quiet' }, 'Aucune annonce.')]))),
    ],
  };
}
