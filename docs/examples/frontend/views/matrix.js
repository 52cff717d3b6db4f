// @ts-check
// The matrix in one call, and a cell of it down to its people in three.

import { get, label } from '../api.js';
import { counted, h, joined, link, list, organizationLink, paged, section, table } from '../dom.js';
import { memberRows } from './network.js';

/** @typedef {import('../api.js').Schemas} Schemas */

const NOBODY = 'Sans DICOM';

/** @param {Schemas['MatrixCell']} it @param {string} to @param {string} named */
function square({ scope, tally }, to, named) {
  if (scope === 'nothing') return h('td', {}, h('abbr', { title: 'Hors de votre périmètre' }, '–'));
  const share = tally.expected === 0 ? 'none' : tally.filled >= tally.expected ? 'full' : tally.filled * 2 >= tally.expected ? 'half' : 'low';
  const text = `${tally.filled} / ${tally.expected}`;
  const said = `${named} : ${text} sièges pourvus, ${counted(tally.gaps, 'manque')}${scope === 'part' ? `, ${label('CellScope', scope)}` : ''}`;
  return h('td', { class: share }, h('a', { href: `#${to}`, 'aria-label': said }, text, scope === 'part' && ' *'));
}

export async function matrix() {
  const { columns, rows, totals } = await get('/api/v1/tracking/matrix', { query: {} });
  const body = h('tbody', {}, rows.map(({ dicom, cells }) => {
    const name = dicom?.short_name ?? dicom?.name ?? NOBODY;
    return h('tr', {}, h('th', { scope: 'row' }, dicom ? link(`/organizations/${dicom.id}`, name) : name),
      cells.map((it, index) => square(it, `/matrix/${it.network_code}/${dicom?.id ?? ''}`, `${name}, ${columns[index]?.name ?? it.network_code}`)));
  }), h('tr', { class: 'total' }, h('th', { scope: 'row' }, 'Ensemble'), totals.map(({ tally }) => h('td', {}, `${tally.filled} / ${tally.expected}`))));
  return {
    title: 'Matrice',
    content: [
      h('p', {}, 'Sièges pourvus sur sièges attendus, par DICOM et par réseau. Chaque case mène à ses organisations et à ses membres.'),
      table('Sièges pourvus par DICOM et par réseau', ['DICOM', ...columns.map(({ network_code, name }) => link(`/networks/${network_code}`, name))], body, 'matrix'),
      rows.some(({ cells }) => cells.some(({ scope }) => scope === 'part')) && h('p', { class: 'quiet' }, '* ', label('CellScope', 'part')),
    ].filter((one) => one instanceof Node),
  };
}

/** @param {string} code @param {string} dicom_id empty: the row of the organizations that no DICOM serves */
export async function cell(code, dicom_id) {
  const query = { dicom_id: dicom_id || undefined };
  // Memberships and gaps have no filter for the row without a DICOM: it shows its organizations only.
  /** @param {string} [cursor] */
  const membersOf = (cursor) =>
    get('/api/v1/networks/{code}/memberships', { path: { code }, query: { ...query, include: 'member', count: 'exact', cursor } });
  const [cells, memberships, gaps] = await Promise.all([
    get('/api/v1/tracking/cells', { query: { network_code: code, ...query } }),
    dicom_id ? membersOf() : undefined,
    dicom_id ? get('/api/v1/networks/{code}/gaps', { path: { code }, query }) : undefined,
  ]);
  // A cell does not say which row and column it is of: the DICOM is one of its organizations.
  const dicom = cells.items.find(({ organization }) => organization.id === dicom_id)?.organization;
  const network = cells.items[0]?.network_name ?? memberships?.items[0]?.network_name ?? code;
  const people = h('tbody');
  const standing = h('tbody', {}, cells.items.map(({ organization, tally }) =>
    h('tr', {}, h('th', { scope: 'row' }, organizationLink(organization)), h('td', {}, `${tally.filled} / ${tally.expected}`), h('td', {}, tally.referents), h('td', {}, tally.members), h('td', {}, tally.gaps))));
  return {
    title: `${dicom?.short_name ?? dicom?.name ?? (dicom_id ? 'DICOM' : NOBODY)} × ${network}`,
    content: [
      h('p', {}, joined([link('/matrix', 'Retour à la matrice'), link(`/networks/${code}`, network), dicom && organizationLink(dicom)])),
      gaps && section('Manques', list(gaps.items.map((it) => [organizationLink(it.organization),
        h('span', { class: 'quiet' }, ` ${it.gaps.map((one) => label('GapKind', one)).join(', ')} – ${label('NetworkRole', it.role)} : ${it.filled} sur ${it.min}`)]), 'Aucun manque.')),
      memberships && section('Membres', h('p', {}, counted(memberships.count ?? 0, 'adhésion')), table('Membres de la case', ['Nom', 'Rôle', 'Organisation', 'Joindre'], people),
        paged(memberships, membersOf, people, memberRows)),
      section('Organisations', table('Organisations de la case', ['Organisation', 'Sièges pourvus', 'Référents et référentes', 'Membres', 'Manques'], standing)),
    ].filter((one) => one instanceof Node),
  };
}
