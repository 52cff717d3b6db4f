// The scenario of tests/conformance/clients, with openapi-fetch over the types of openapi-typescript.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated.js';

type Schemas = components['schemas'];

const [baseUrl, token, count] = process.argv.slice(2);
assert(baseUrl && token && count);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

/** The full shape of the two that an organization has. */
function whole(view: Schemas['OrganizationView'] | undefined): Schemas['Organization'] {
  assert(view !== undefined && view.view === 'full', 'an organization in full');
  return view;
}

/** The problem that a call ended in. */
function refused(answer: { response: Response; error?: Schemas['Problem'] }, status: number, code: Schemas['ProblemCode']) {
  assert(answer.error !== undefined, `${status} expected, ${answer.response.status} found`);
  assert.deepEqual([answer.response.status, answer.error.status, answer.error.code], [status, status, code]);
  return answer.error;
}

function etagOf(response: Response): string {
  const etag = response.headers.get('ETag');
  assert(etag !== null, 'an entity tag');
  return etag;
}

async function pageToTheEnd(): Promise<void> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await client.GET('/api/v1/organizations', { params: { query: { limit: 50, cursor } } });
    assert(data !== undefined, 'a page');
    ids.push(...data.items.map((item) => item.id));
    cursor = data.next;
  } while (cursor !== undefined);
  assert.deepEqual([ids.length, new Set(ids).size], [Number(count), Number(count)]);
}

async function create(): Promise<{ made: Schemas['Organization']; etag: string }> {
  const name = `Agence d'essai ${randomUUID()}`;
  const params = { header: { 'Idempotency-Key': randomUUID() } };
  const body: Schemas['OrganizationInput'] = { kind: 'operator', name, aliases: ['Un autre nom'] };
  const { data, response } = await client.POST('/api/v1/organizations', { params, body });
  assert.equal(response.status, 201);
  const made = whole(data);
  assert.deepEqual([made.name, made.aliases], [name, ['Un autre nom']]);
  return { made, etag: etagOf(response) };
}

async function createWrongly(): Promise<void> {
  const body: Schemas['OrganizationInput'] = { kind: 'operator', name: 'Essai', siren: '123456789', website: 'ftp://exemple.fr' };
  const problem = refused(await client.POST('/api/v1/organizations', { body }), 422, 'invalid');
  assert.deepEqual(problem.errors?.map((error) => error.pointer).sort(), ['/siren', '/website']);
}

async function change(made: Schemas['Organization'], etag: string): Promise<void> {
  const patch = (short_name: string | null, seen: string) =>
    client.PATCH('/api/v1/organizations/{id}', {
      params: { path: { id: made.id }, header: { 'If-Match': seen } },
      body: { short_name },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
  const first = await patch('ACT', etag);
  const changed = whole(first.data);
  assert.deepEqual([first.response.status, changed.short_name], [200, 'ACT']);
  const cleared = whole((await patch(null, `"${changed.version}"`)).data);
  assert.deepEqual([cleared.short_name, cleared.version], [undefined, changed.version + 1]);
  refused(await patch('ATC', etag), 412, 'stale');
}

await pageToTheEnd();
const { made, etag } = await create();
await createWrongly();
await change(made, etag);
