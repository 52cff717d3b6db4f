// The scenario of tests/conformance/clients, with openapi-generator's client for TypeScript and fetch.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  Configuration,
  OrganizationsApi,
  ProblemFromJSON,
  ResponseError,
  type Organization,
  type OrganizationView,
  type Problem,
} from './generated/index.js';

const [basePath, accessToken, count] = process.argv.slice(2);
assert(basePath && accessToken && count);
const api = new OrganizationsApi(new Configuration({ basePath, accessToken }));

/** The full shape of the two that an organization has. */
function whole(view: OrganizationView): Organization {
  assert.equal(view.view, 'full');
  return view as Organization;
}

function etagOf(response: Response): string {
  const etag = response.headers.get('ETag');
  assert(etag !== null, 'an entity tag');
  return etag;
}

/** The problem that a call ends in. */
async function refused(call: Promise<unknown>, status: number, code: string): Promise<Problem> {
  const refusal = await call.then(() => undefined, (error: unknown) => error);
  assert(refusal instanceof ResponseError, `${status} expected, ${String(refusal)} found`);
  const problem = ProblemFromJSON(await refusal.response.json());
  assert.deepEqual([refusal.response.status, problem.status, problem.code], [status, status, code]);
  return problem;
}

async function pageToTheEnd(): Promise<void> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.listOrganizations({ limit: 50, cursor });
    ids.push(...page.items.map((item) => item.id));
    cursor = page.next;
  } while (cursor !== undefined);
  assert.deepEqual([ids.length, new Set(ids).size], [Number(count), Number(count)]);
}

async function create(): Promise<{ made: Organization; etag: string }> {
  const organizationInput = { kind: 'operator', name: `Agence d'essai ${randomUUID()}`, aliases: ['Un autre nom'] } as const;
  const answer = await api.createOrganizationRaw({
    idempotencyKey: randomUUID(),
    organizationInput: { ...organizationInput, aliases: [...organizationInput.aliases] },
  });
  assert.equal(answer.raw.status, 201);
  const made = whole(await answer.value());
  assert.deepEqual([made.name, made.aliases], [organizationInput.name, ['Un autre nom']]);
  return { made, etag: etagOf(answer.raw) };
}

async function createWrongly(): Promise<void> {
  const organizationInput = { kind: 'operator', name: 'Essai', siren: '123456789', website: 'ftp://exemple.fr' } as const;
  const problem = await refused(api.createOrganization({ organizationInput }), 422, 'invalid');
  assert.deepEqual(problem.errors?.map((error) => error.pointer).sort(), ['/siren', '/website']);
}

async function change(made: Organization, etag: string): Promise<void> {
  const patch = (shortName: string | null, ifMatch: string) =>
    api.updateOrganizationRaw({ id: made.id, ifMatch, organizationPatch: { shortName } });
  const first = await patch('ACT', etag);
  const changed = whole(await first.value());
  assert.deepEqual([first.raw.status, changed.shortName], [200, 'ACT']);
  const cleared = whole(await (await patch(null, `"${changed.version}"`)).value());
  assert.deepEqual([cleared.shortName, cleared.version], [undefined, changed.version + 1]);
  await refused(patch('ATC', etag), 412, 'stale');
}

await pageToTheEnd();
const { made, etag } = await create();
await createWrongly();
await change(made, etag);
