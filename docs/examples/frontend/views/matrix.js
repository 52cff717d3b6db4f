// @ts-check
// The matrix in one call, and a cell of it down to its people in three.

import { get, label } from '../api.js';
import { counted, h, joined, link, list, organizationLink, paged, quiet, row, section, table } from '../dom.js';
import { MEMBER_HEADS, memberRows } from './network.js';

/** @typedef {import('../api.js').Schemas} Schemas */

const NO_DICOM = 'Sans DICOM';

/** @param {Schemas['Tally']} tally */
const seats = ({ filled, expected }) => `${filled} / ${expected}`;

/** @param {Schemas['Tally']} tally */
function shade({ filled, expected }) {
  if (expected === 0) return 'none';
  if (filled >= expected) return 'full';
  return filled * 2 >= expected ? 'half' : 'low';
}

/** @param {Schemas['MatrixCell']} it @param {string} to @param {string} name */
function square({ scope, tally }, to, name) {
  if (scope === 'nothing') return h('td', {}, h('abbr', { title: label('CellScope', scope) }, '–'));
  const part = scope === 'part' ? `, ${label('CellScope', scope)}` : '';
  const said = `${name} : ${seats(tally)}${part && ' *'} sièges pourvus, ${counted(tally.gaps, 'manque')}${part}`;
  return h('td', { class: shade(tally) }, h('a', { href: `#${to}`, 'aria-label': said }, seats(tally), part && ' *'));
}

export async function matrix() {
  const { columns, rows, totals } = await get('/api/v1/tracking/matrix', { query: {} });
  const body = h('tbody', {}, rows.map(({ dicom, cells }) => {
    const name = dicom?.short_name ?? dicom?.name ?? NO_DICOM;
    return h('tr', {},
      h('th', { scope: 'row' }, dicom ? link(`/organizations/${dicom.id}`, name) : name),
      cells.map((it, index) => square(it, `/matrix/${it.network_code}/${dicom?.id ?? ''}`, `${name}, ${columns[index]?.name}`)));
  }));
  const total = row(['Ensemble'], ...totals.map(({ tally }) => seats(tally)));
  total.className = 'total';
  body.append(total);
  const partly = rows.some(({ cells }) => cells.some(({ scope }) => scope === 'part'));
  return {
    title: 'Matrice',
    content: [
      h('p', {}, 'Sièges pourvus sur sièges attendus. Chaque case mène à ses organisations et à ses membres.'),
      table('Sièges pourvus par DICOM et par réseau',
        ['DICOM', ...columns.map(({ network_code, name }) => link(`/networks/${network_code}`, name))], body, 'matrix'),
      partly && h('p', {}, quiet('* ', label('CellScope', 'part'))),
    ],
  };
}

/** @param {Schemas['Gap']} it */
const gap = (it) => [organizationLink(it.organization), ' ',
  quiet(`${label('NetworkRole', it.role)}, ${it.gaps.map((one) => label('GapKind', one)).join(', ')} : ${it.filled} sur ${it.min}`)];

/** @param {string} code @param {string} dicom_id empty: the row of the organizations that no DICOM serves */
export async function cell(code, dicom_id) {
  // Memberships and gaps have no filter for the row without a DICOM: it shows its organizations only.
  const dicom = dicom_id ? { dicom_id } : undefined;
  /** @param {string} [cursor] */
  const membersOf = (cursor) =>
    get('/api/v1/networks/{code}/memberships', { path: { code }, query: { ...dicom, include: 'member', count: 'exact', cursor } });
  const [cells, memberships, gaps] = await Promise.all([
    get('/api/v1/tracking/cells', { query: { network_code: code, ...dicom } }),
    dicom && membersOf(),
    dicom && get('/api/v1/networks/{code}/gaps', { path: { code }, query: dicom }),
  ]);
  // A cell does not say which row and column it is of: the DICOM is one of its organizations.
  const at = cells.items.find(({ organization }) => organization.id === dicom_id)?.organization;
  const network = cells.items[0]?.network_name ?? code;
  const people = h('tbody');
  const standing = h('tbody', {}, cells.items.map(({ organization, tally }) =>
    row([organizationLink(organization)], seats(tally), tally.referents, tally.members, tally.gaps)));
  return {
    title: `${at?.short_name ?? at?.name ?? (dicom ? 'DICOM' : NO_DICOM)} × ${network}`,
    content: [
      h('p', {}, joined([link('/matrix', 'Retour à la matrice'), link(`/networks/${code}`, network), at && organizationLink(at)])),
      gaps && section('Manques', list(gaps.items.map(gap), 'Aucun manque.')),
      memberships && section('Membres',
        h('p', {}, counted(memberships.count ?? 0, 'adhésion')),
        table('Membres de la case', MEMBER_HEADS, people),
        paged(memberships, membersOf, people, memberRows)),
      section('Organisations',
        table('Organisations de la case', ['Organisation', 'Sièges pourvus', 'Référents et référentes', 'Membres', 'Manques'], standing)),
    ],
  };
}
