// @ts-check
// Home, in one call: who I am, my networks, what waits for me, what is new.

import { get, label, move } from '../api.js';
import { counted, day, h, joined, Label, link, list, networkLink, organizationLink, personLink, place, quiet, section, text } from '../dom.js';

/** @typedef {import('../api.js').Schemas} Schemas */

/** @param {Schemas['Notification']} it */
function notification(it) {
  const title = it.title ?? Label('NotificationKind', it.kind);
  const done = h('span', { role: 'status', class: 'quiet' });
  const mark = h('button', {
    type: 'button',
    'aria-label': `Marquer comme lue : ${title}`,
    onclick: async () => {
      await move('/api/v1/notifications/{id}/read', { path: { id: it.id } });
      mark.remove();
      done.textContent = 'Lue';
    },
  }, 'Marquer comme lue');
  const about = joined([label('NotificationKind', it.kind), networkLink(it), day(it.created_at)]);
  return [h('strong', {}, title), h('br'), quiet(about), ' ', done, mark];
}

/** @param {Schemas['MyTask']} it */
function task(it) {
  const due = it.due_on && h('span', {}, 'pour le ', day(it.due_on));
  return [h('strong', {}, it.title), h('br'), quiet(joined([label('MyTaskKind', it.kind), networkLink(it), due]))];
}

/** @param {Schemas['Announcement']} it */
export const announcement = (it) =>
  h('article', {},
    h('h3', {}, it.title),
    quiet(joined([networkLink(it), it.author && personLink(it.author), it.published_at && day(it.published_at)])),
    text(it.body));

/** @param {Schemas['MyStanding']} standing */
const standing = ({ organization, roles }) =>
  organization && h('span', {}, joined([organizationLink(organization), ...roles.map(({ role }) => label('Role', role))], ', '));

export async function home() {
  const { display_name, registered, suspended, standings, id, kind, included = {} } = await get('/api/v1/me', {
    query: { include: ['memberships', 'tasks', 'notifications', 'announcements'] },
  });
  if (suspended) return { title: 'Bienvenue', content: [h('p', {}, 'Votre compte est suspendu.')] };
  if (!registered) {
    const why = 'Votre identité est reconnue, mais vous n’êtes pas encore membre. Demandez une invitation à votre organisation.';
    return { title: 'Bienvenue', content: [h('p', {}, why)] };
  }
  const { memberships, tasks, notifications, announcements } = included;
  const news = announcements?.items ?? [];
  return {
    title: `Bonjour ${display_name ?? ''}`,
    content: [
      h('p', {}, joined([...standings.map(standing), kind === 'member' && id && link(`/people/${id}`, 'Ma fiche')])),
      h('div', { class: 'columns' },
        section('Mes réseaux', list((memberships?.items ?? []).map(place), 'Vous n’êtes membre d’aucun réseau.')),
        section('À faire', list((tasks?.items ?? []).map(task), 'Rien ne vous attend.')),
        section('Notifications',
          h('p', {}, quiet(counted(notifications?.count ?? 0, 'non lue', 'non lues'))),
          list((notifications?.items ?? []).map(notification), 'Tout est lu.')),
        section('Annonces', news.length ? news.map(announcement) : h('p', {}, quiet('Aucune annonce.')))),
    ],
  };
}
