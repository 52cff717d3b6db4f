// The scenario of tests/conformance/clients, with openapi-ts's client for fetch.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient } from './generated/client/index.js';
import { createOrganization, listOrganizations, updateOrganization } from './generated/sdk.gen.js';
import type { Organization, OrganizationInput, OrganizationView, Problem, ProblemCode } from './generated/types.gen.js';

const [baseUrl, token, count] = process.argv.slice(2);
assert(baseUrl && token && count);
const client = createClient({ baseUrl, auth: token });

/** The full shape of the two that an organization has: the type tells it from the other one by `view`. */
function whole(view: OrganizationView | undefined): Organization {
  assert(view !== undefined && view.view === 'full', 'an organization in full');
  return view;
}

/** The problem that a call ended in. */
function refused(answer: { response?: Response; error?: Problem }, status: number, code: ProblemCode): Problem {
  assert(answer.error !== undefined, `${status} expected, ${answer.response?.status} found`);
  assert.deepEqual([answer.response?.status, answer.error.status, answer.error.code], [status, status, code]);
  return answer.error;
}

function etagOf(response: Response | undefined): string {
  const etag = response?.headers.get('ETag') ?? null;
  assert(etag !== null, 'an entity tag');
  return etag;
}

async function pageToTheEnd(): Promise<void> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await listOrganizations({ client, query: { limit: 50, cursor }, throwOnError: true });
    ids.push(...data.items.map((item) => item.id));
    cursor = data.next;
  } while (cursor !== undefined);
  assert.deepEqual([ids.length, new Set(ids).size], [Number(count), Number(count)]);
}

async function create(): Promise<{ made: Organization; etag: string }> {
  const body: OrganizationInput = { kind: 'operator', name: `Agence d'essai ${randomUUID()}`, aliases: ['Un autre nom'] };
  const headers = { 'Idempotency-Key': randomUUID() };
  const { data, response } = await createOrganization({ client, body, headers });
  assert.equal(response?.status, 201);
  const made = whole(data);
  assert.deepEqual([made.name, made.aliases], [body.name, ['Un autre nom']]);
  return { made, etag: etagOf(response) };
}

async function createWrongly(): Promise<void> {
  const body: OrganizationInput = { kind: 'operator', name: 'Essai', siren: '123456789', website: 'ftp://exemple.fr' };
  const problem = refused(await createOrganization({ client, body }), 422, 'invalid');
  assert.deepEqual(problem.errors?.map((error) => error.pointer).sort(), ['/siren', '/website']);
}

async function change(made: Organization, etag: string): Promise<void> {
  const patch = (short_name: string | null, seen: string) =>
    updateOrganization({ client, path: { id: made.id }, body: { short_name }, headers: { 'If-Match': seen } });
  const first = await patch('ACT', etag);
  const changed = whole(first.data);
  assert.deepEqual([first.response?.status, changed.short_name], [200, 'ACT']);
  const cleared = whole((await patch(null, `"${changed.version}"`)).data);
  assert.deepEqual([cleared.short_name, cleared.version], [undefined, changed.version + 1]);
  refused(await patch('ATC', etag), 412, 'stale');
}

await pageToTheEnd();
const { made, etag } = await create();
await createWrongly();
await change(made, etag);
