// @ts-check
// The client of the API: addresses and answers are typed by the contract; tokens, entity tags, retries and problems are dealt with here.

/** @typedef {import('./types').paths} Paths */
/** @typedef {import('./types').components['schemas']} Schemas */
/**
 * The paths that answer a GET with JSON.
 * @typedef {{[P in keyof Paths]: Paths[P] extends {get: {responses: {200: {content: {'application/json': unknown}}}}}
 *   ? P : never}[keyof Paths]} Readable
 */
/**
 * @template {Readable} P
 * @typedef {Paths[P] extends {get: {responses: {200: {content: {'application/json': infer A}}}}} ? A : never} Answer
 */
/**
 * @template {keyof Paths} P
 * @template {'get' | 'post' | 'patch'} M
 * @typedef {Paths[P] extends {[m in M]: {parameters: infer Q}} ? Pick<Q, keyof Q & ('path' | 'query')> : never} Asked
 */
/** @typedef {{method?: string, body?: unknown, headers?: Record<string, string>, kept?: boolean}} Sending */

const store = window.sessionStorage;
const LONGEST_WAIT = 30;

/** What the page shows of the client: messages while it waits, and how many calls a view made. */
export const watch = { calls: 0, say: /** @param {string} _text */ (_text) => {} };

export const connection = {
  get base() {
    return store.getItem('base') ?? new URLSearchParams(location.search).get('api') ?? 'http://127.0.0.1:8080';
  },
  get token() {
    return store.getItem('token') ?? '';
  },
  /** @param {string} base @param {string} token */
  open(base, token) {
    store.clear();
    store.setItem('base', new URL(base).origin);
    store.setItem('token', token.trim());
  },
};

/** A refusal (RFC 9457), with the identifier by which the operators find the request. */
export class Refused extends Error {
  /** @param {Schemas['Problem']} problem @param {string | null} request */
  constructor(problem, request) {
    super(problem.title);
    this.problem = problem;
    this.request = request ?? problem.instance;
  }
}

/** No answer at all: no network, no server, or an origin that the server does not allow. */
export class Unreachable extends Error {}

/** @param {string} path @param {{path?: unknown, query?: unknown}} asked */
function addressed(path, asked) {
  const values = /** @type {Record<string, string>} */ (asked.path ?? {});
  const url = new URL(path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? '')), connection.base);
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** @param {string} url @param {RequestInit} init */
async function fetched(url, init) {
  watch.calls += 1;
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new Unreachable('no answer', { cause });
  }
}

/** @param {Response} response */
async function refusal(response) {
  const known = response.headers.get('content-type')?.startsWith('application/problem+json');
  /** @type {Schemas['Problem']} */
  const problem = known ? await response.json()
    : { type: 'about:blank', code: 'internal', title: `Réponse inattendue (${response.status}).`, status: response.status, instance: '' };
  return new Refused(problem, response.headers.get('x-request-id'));
}

/** Whether sending the same request again can do no harm. @param {Refused} refused @param {Sending} sending */
function repeatable({ problem }, { method = 'GET', headers = {} }) {
  if (problem.status !== 429 && problem.status !== 503) return false;
  return problem.code !== 'outcome_unknown' || method === 'GET' || 'Idempotency-Key' in headers;
}

/** @param {string} url @param {Sending} sending */
async function send(url, sending) {
  const { method = 'GET', body, headers = {}, kept = false } = sending;
  const copy = kept ? /** @type {{etag: string, text: string} | null} */ (JSON.parse(store.getItem(url) ?? 'null')) : null;
  /** @type {RequestInit} */
  const init = {
    method,
    headers: {
      Authorization: `Bearer ${connection.token}`, 'Accept-Language': 'fr', ...headers,
      ...(copy && { 'If-None-Match': copy.etag }),
      ...(body !== undefined && { 'Content-Type': 'application/merge-patch+json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  let response = await fetched(url, init);
  if (!response.ok && response.status !== 304) {
    const refused = await refusal(response.clone());
    if (!repeatable(refused, sending)) throw refused;
    const seconds = Math.min(Number(response.headers.get('retry-after')) || 1, LONGEST_WAIT);
    watch.say(`Le service est occupé. Nouvel essai dans ${seconds} s.`);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    response = await fetched(url, init);
  }
  const etag = response.headers.get('etag') ?? '';
  if (response.status === 304 && copy) return { data: JSON.parse(copy.text), etag };
  if (!response.ok) throw await refusal(response);
  const text = await response.text();
  if (kept && etag) store.setItem(url, JSON.stringify({ etag, text }));
  return { data: text ? JSON.parse(text) : undefined, etag };
}

/**
 * Reads an object with its entity tag. `kept` keeps the answer in this tab and asks only whether it changed.
 * @template {Readable} P
 * @param {P} path
 * @param {Asked<P, 'get'>} asked
 * @param {{kept?: boolean}} [how]
 * @returns {Promise<{data: Answer<P>, etag: string}>}
 */
export const read = (path, asked, how = {}) => send(addressed(path, asked), how);

/**
 * Reads an object.
 * @template {Readable} P
 * @param {P} path
 * @param {Asked<P, 'get'>} asked
 * @param {{kept?: boolean}} [how]
 * @returns {Promise<Answer<P>>}
 */
export const get = async (path, asked, how) => (await read(path, asked, how)).data;

/**
 * Moves the state of an object, once however often it is sent; `version` is the one that was read, where the move needs it.
 * @template {keyof Paths} P
 * @param {P} path
 * @param {Asked<P, 'post'>} asked
 * @param {number} [version]
 */
export const move = (path, asked, version) =>
  send(addressed(path, asked), {
    method: 'POST',
    headers: { 'Idempotency-Key': crypto.randomUUID(), ...(version !== undefined && { 'If-Match': `"${version}"` }) },
  });

/**
 * Changes the card of a member that was read with this entity tag.
 * @param {string} id
 * @param {string} etag
 * @param {Schemas['MemberPatch']} body
 * @returns {Promise<{data: Answer<'/api/v1/members/{id}'>, etag: string}>}
 */
export const patchMember = (id, etag, body) =>
  send(addressed('/api/v1/members/{id}', { path: { id } }), { method: 'PATCH', body, headers: { 'If-Match': etag } });

/** @type {Map<string, string>} */
const labels = new Map();

/** Reads the French labels of all codes, once per opening of the page. */
export async function readLabels() {
  if (labels.size > 0) return;
  const { items } = await get('/api/v1/enums', {}, { kept: true });
  for (const list of items) for (const { code, fr } of list.values) labels.set(`${list.name}.${code}`, fr);
}

/**
 * The label of a code, or the code itself if it is newer than this page.
 * @template {keyof Schemas} N
 * @param {N} name
 * @param {Schemas[N] & string} code
 */
export const label = (name, code) => labels.get(`${name}.${code}`) ?? code;
