// @ts-check
// A person in one call, and the form that changes the card with the version that was read.

import { label, patchMember, read, Refused } from '../api.js';
import { day, facts, h, joined, Label, list, organizationLink, phone, place, quiet, section, unique } from '../dom.js';

/** @typedef {import('../api.js').Schemas} Schemas */

const languages = new Intl.DisplayNames('fr', { type: 'language' });
const including = /** @type {const} */ (['memberships', 'affiliations', 'expertise']);
/** @param {string} id */
const readPerson = (id) => read('/api/v1/members/{id}', { path: { id }, query: { include: [...including] } });

/** What the form edits: its name in the patch, its label, and both ways between a card and a text. */
const FIELDS = /** @type {const} */ ([
  ['given_name', 'Prénom', 'given-name'],
  ['usual_name', 'Nom d’usage', 'family-name'],
  ['email', 'Adresse électronique', 'email'],
  ['phones', 'Téléphones, séparés par des virgules', 'off'],
]);
/** @typedef {typeof FIELDS[number][0]} Field */

/** @param {Schemas['Member']} card @param {Field} name */
const written = (card, name) => [card[name] ?? ''].flat().join(', ');

/** Only what differs from the card: a merge patch. @param {Schemas['Member']} card @param {(name: Field) => string} typed */
function difference(card, typed) {
  /** @type {Record<string, string | string[] | null>} */
  const patch = {};
  for (const [name] of FIELDS) {
    const value = typed(name).trim();
    if (value === written(card, name)) continue;
    if (name === 'phones') patch[name] = value.split(',').map((one) => one.trim()).filter(Boolean);
    else patch[name] = name === 'email' && !value ? null : value;
  }
  return /** @type {Schemas['MemberPatch']} */ (patch);
}

/** @param {Schemas['Member']} card @param {string} etag @param {() => void} saved */
function editor(card, etag, saved) {
  const message = h('div', { role: 'status' });
  const fields = new Map(FIELDS.map(([name, text, autocomplete]) => {
    const note = h('span', { id: unique(), class: 'note' });
    const input = h('input', { name, autocomplete, value: written(card, name), 'aria-describedby': note.id });
    return [name, { text, note, input, row: h('p', {}, h('label', {}, text, input), note) }];
  }));
  /** @param {string} name @param {string} text @param {boolean} wrong */
  const tell = (name, text, wrong) => {
    const field = fields.get(/** @type {Field} */ (name));
    if (!field) return false;
    field.note.textContent = text;
    field.input.setAttribute('aria-invalid', String(wrong));
    return true;
  };
  const typed = (/** @type {Field} */ name) => fields.get(name)?.input.value ?? '';

  /** Someone else was faster: shows what stands there now, keeps what was typed, and takes the new version. */
  async function compare() {
    const now = await readPerson(card.id);
    if (now.data.view !== 'full') return saved();
    const before = card;
    [card, etag] = [now.data, now.etag];
    for (const [name] of FIELDS) {
      const value = written(card, name);
      if (value === written(before, name)) continue;
      if (typed(name) === written(before, name)) {
        const field = fields.get(name);
        if (field) field.input.value = value;
        tell(name, 'Modifié entre-temps : la nouvelle valeur est reprise ici.', false);
      } else tell(name, `Valeur actuelle : ${value || 'aucune'}`, false);
    }
    message.replaceChildren(h('p', { class: 'problem' },
      'Cette fiche a changé pendant que vous la modifiiez. Votre saisie est conservée : vérifiez-la, puis enregistrez de nouveau.'));
  }

  async function submit(/** @type {Event} */ event) {
    event.preventDefault();
    for (const [name] of FIELDS) tell(name, '', false);
    message.replaceChildren();
    try {
      await patchMember(card.id, etag, difference(card, typed));
      saved();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.problem.code === 'stale') return compare();
      const others = (error.problem.errors ?? []).filter(({ pointer, detail }) => !tell(pointer.split('/')[1] ?? '', detail, true));
      if (!error.problem.errors || others.length > 0) throw error;
      message.replaceChildren(h('p', { class: 'problem' }, error.problem.title, quiet(` Numéro de la demande : ${error.request}`)));
      for (const { input } of fields.values()) if (input.getAttribute('aria-invalid') === 'true') return input.focus();
    }
  }
  return h('details', { class: 'edit' }, h('summary', {}, 'Modifier la fiche'),
    h('form', { onsubmit: submit }, message, ...[...fields.values()].map(({ row }) => row), h('button', {}, 'Enregistrer')));
}

/** @param {Schemas['Affiliation']} it */
function affiliation(it) {
  const since = h('span', {}, 'depuis le ', day(it.valid_from));
  return [organizationLink(it.organization), it.is_primary && ' (principal)', h('br'),
    quiet(joined([it.position, it.service, it.profession && label('Profession', it.profession), since]))];
}

/** @param {Schemas['MemberExpertise']} it */
function skill(it) {
  const endorsed = it.endorsed_by.length > 0 && `recommandée par ${it.endorsed_by.map((one) => one.display_name).join(', ')}`;
  const about = joined([Label('ExpertiseLevel', it.level), it.available_to_help && 'propose son aide', endorsed]);
  return [h('strong', {}, it.term.label), h('br'), quiet(about)];
}

/** @param {string} id */
export async function person(id) {
  const { data: card, etag } = await readPerson(id);
  if (card.view === 'name') {
    const where = list(card.organizations.map(organizationLink), 'Sans organisation.');
    return { title: card.display_name, content: [where, h('p', {}, quiet('Le reste de la fiche est réservé.'))] };
  }
  const { affiliations, memberships, expertise } = card.included ?? {};
  const again = () => window.dispatchEvent(new HashChangeEvent('hashchange'));
  return {
    title: card.display_name,
    content: [
      facts([
        ['Courriel', card.email && h('a', { href: `mailto:${card.email}` }, card.email)],
        ['Téléphone', joined(card.phones.map(phone))],
        ['Langues', card.languages.map((one) => languages.of(one) ?? one).join(', ')],
        ['Statut', label('MemberStatus', card.status)],
        ['Visibilité', label('ProfileVisibility', card.profile_visibility)],
      ]),
      card.available_actions.includes('update_member') && editor(card, etag, again),
      h('div', { class: 'columns' },
        section('Rattachements', list((affiliations?.items ?? []).map(affiliation), 'Aucun rattachement.')),
        section('Réseaux', list((memberships?.items ?? []).map(place), 'Aucun réseau.')),
        section('Compétences', list((expertise?.items ?? []).map(skill), 'Aucune compétence indiquée.'))),
    ],
  };
}
