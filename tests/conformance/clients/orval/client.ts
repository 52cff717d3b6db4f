// The scenario of tests/conformance/clients, with orval's client for fetch.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createOrganization, listOrganizations, updateOrganization } from './generated.js';
import type { Organization, OrganizationInput, OrganizationView, Problem, ProblemCode } from './generated.js';

const [baseUrl, token, count] = process.argv.slice(2);
assert(baseUrl && token && count);

// It knows no address and no token: they are put in on the way.
const onTheWay = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return onTheWay(new URL(String(input), baseUrl), { ...init, headers });
};

/** The full shape of the two that an organization has. */
function whole(view: OrganizationView): Organization {
  assert(view.view === 'full', 'an organization in full');
  return view;
}

/** The problem that a call ended in. */
function refused(answer: { status: number; data: OrganizationView | Problem }, status: number, code: ProblemCode): Problem {
  assert(answer.status === status && 'code' in answer.data, `${status} expected, ${answer.status} found`);
  assert.deepEqual([answer.data.status, answer.data.code], [status, code]);
  return answer.data;
}

function etagOf(headers: Headers): string {
  const etag = headers.get('ETag');
  assert(etag !== null, 'an entity tag');
  return etag;
}

async function pageToTheEnd(): Promise<void> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listOrganizations({ limit: 50, cursor });
    assert(page.status === 200, 'a page');
    ids.push(...page.data.items.map((item) => item.id));
    cursor = page.data.next;
  } while (cursor !== undefined);
  assert.deepEqual([ids.length, new Set(ids).size], [Number(count), Number(count)]);
}

async function create(): Promise<{ made: Organization; etag: string }> {
  const body: OrganizationInput = { kind: 'operator', name: `Agence d'essai ${randomUUID()}`, aliases: ['Un autre nom'] };
  const answer = await createOrganization(body, { headers: { 'Idempotency-Key': randomUUID() } });
  assert(answer.status === 201, `201 expected, ${answer.status} found`);
  const made = whole(answer.data);
  assert.deepEqual([made.name, made.aliases], [body.name, ['Un autre nom']]);
  return { made, etag: etagOf(answer.headers) };
}

async function createWrongly(): Promise<void> {
  const body: OrganizationInput = { kind: 'operator', name: 'Essai', siren: '123456789', website: 'ftp://exemple.fr' };
  const problem = refused(await createOrganization(body), 422, 'invalid');
  assert.deepEqual(problem.errors?.map((error) => error.pointer).sort(), ['/siren', '/website']);
}

async function change(made: Organization, etag: string): Promise<void> {
  const patch = (short_name: string | null, seen: string) =>
    updateOrganization(made.id, { short_name }, { headers: { 'If-Match': seen } });
  const first = await patch('ACT', etag);
  assert(first.status === 200, `200 expected, ${first.status} found`);
  const changed = whole(first.data);
  assert.equal(changed.short_name, 'ACT');
  const again = await patch(null, `"${changed.version}"`);
  assert(again.status === 200, `200 expected, ${again.status} found`);
  const cleared = whole(again.data);
  assert.deepEqual([cleared.short_name, cleared.version], [undefined, changed.version + 1]);
  refused(await patch('ATC', etag), 412, 'stale');
}

await pageToTheEnd();
const { made, etag } = await create();
await createWrongly();
await change(made, etag);
