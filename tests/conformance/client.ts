// A third party's program in TypeScript: all it knows of the API is the client generated from the contract.
// Usage: node client.js ADDRESS TOKEN

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient } from './typescript_client/client/index.js';
import {
  createOrganization,
  getOrganization,
  listNetworkMemberships,
  listNetworks,
  updateOrganization,
} from './typescript_client/sdk.gen.js';
import type { Organization, OrganizationView } from './typescript_client/types.gen.js';

const [baseUrl, token] = process.argv.slice(2);
assert(baseUrl !== undefined && token !== undefined, 'ADDRESS and TOKEN are missing');
const client = createClient({ baseUrl, auth: token });

type Page<T> = { items: Array<T>; next?: string };

/** Every item of a list, page by page. */
async function walk<T>(pageOf: (cursor?: string) => Promise<Page<T>>, most: number): Promise<Array<T>> {
  const items: Array<T> = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf(cursor);
    assert(page.items.length > 0 && page.items.length <= most, `a page of ${page.items.length} items`);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

/** More than one page of them, and none twice. */
function distinct(items: Array<{ id: string }>): void {
  assert.equal(new Set(items.map((item) => item.id)).size, items.length);
  assert(items.length > 3, `${items.length} items only, too few to page`);
}

/** The whole shape: the type tells it from the other one by `view`. */
function whole(shown: OrganizationView | undefined): Organization {
  assert(shown !== undefined && shown.view === 'full', 'an organization in full');
  return shown;
}

function etagOf(response: Response): string {
  const etag = response.headers.get('ETag');
  assert(etag !== null, 'an entity tag');
  return etag;
}

async function lists(): Promise<void> {
  const networks = await walk(
    async (cursor) => (await listNetworks({ client, query: { limit: 3, cursor }, throwOnError: true })).data, 3);
  distinct(networks);
  assert(networks.some((network) => network.code === 'edito'));
  const atOnce = await listNetworks({ client, query: { limit: 200 }, throwOnError: true });
  assert.deepEqual(networks, atOnce.data.items);
  const path = { code: 'edito' };
  const memberships = await walk(
    async (cursor) =>
      (await listNetworkMemberships({ client, path, query: { limit: 50, cursor }, throwOnError: true })).data, 50);
  distinct(memberships);
  assert(memberships.some((membership) => membership.available_actions.length > 0));
}

async function create(name: string): Promise<{ made: Organization; etag: string }> {
  const body = { kind: 'operator', name, aliases: ['Un autre nom'] } as const;
  const headers = { 'Idempotency-Key': randomUUID() };
  const { data, response } = await createOrganization({ client, body: { ...body, aliases: [...body.aliases] }, headers });
  assert.equal(response?.status, 201);
  const made = whole(data);
  assert.equal(made.name, name);
  assert.deepEqual(made.aliases, ['Un autre nom']);
  return { made, etag: etagOf(response) };
}

async function refused(): Promise<void> {
  const { error, response } = await createOrganization({ client, body: { kind: 'operator', name: '' } });
  assert.equal(response?.status, 422);
  assert.equal(error?.status, 422);
  assert.equal(error.code, 'invalid');
  assert.deepEqual(error.errors?.map(({ pointer, code }) => ({ pointer, code })), [{ pointer: '/name', code: 'invalid' }]);
}

/** Changes it, clears what was said, and cannot do so again with what it saw before. */
async function change(made: Organization, etag: string): Promise<void> {
  const path = { id: made.id };
  const patch = (short_name: string | null, seen: string) =>
    updateOrganization({ client, path, body: { short_name }, headers: { 'If-Match': seen } });
  const renamed = await patch('ACT', etag);
  assert.equal(renamed.response?.status, 200);
  assert.equal(whole(renamed.data).short_name, 'ACT');
  assert.equal(whole(renamed.data).version, made.version + 1);
  const stale = await patch('ATC', etag);
  assert.equal(stale.response?.status, 412);
  assert.equal(stale.error?.code, 'stale');
  const cleared = await patch(null, etagOf(renamed.response));
  assert.equal(cleared.response?.status, 200);
  const read = whole((await getOrganization({ client, path, throwOnError: true })).data);
  assert.equal('short_name' in read, false);
  assert.equal(read.name, made.name);
}

await lists();
const { made, etag } = await create(`Agence d'essai ${randomUUID()}`);
await refused();
await change(made, etag);
