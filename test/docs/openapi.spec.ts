/** The OpenAPI document against the running application: what it says works, and what works is in it. */
import { ROLES, type Role } from '../../machines/contract.js';
import { ERRORS, type ErrorCode } from '../../src/errors.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Person, ProblemBody } from '../support/http.js';
import { flawsOf, operationsOf, type OpenApi, type Placed } from '../support/openapi.js';

const PEOPLE: Readonly<Record<Role, Person>> = {
  staff: 'staf',
  kadin: 'kadin',
  sekdin: 'sekdin',
  kabid: 'kabid',
  kasi: 'kasi',
  inspector: 'inspektur',
  client: 'demo-client',
  admin: 'admin',
};
const NOBODYS_CASE = '00000000-0000-4000-8000-000000000000';

let server: TestApp;
let document: OpenApi;
let operations: Placed[];
beforeAll(async () => {
  server = await startApp();
  const reply = await fetch(`${server.http.base}/api/openapi.json`);
  document = (await reply.json()) as OpenApi;
  operations = operationsOf(document);
});
afterAll(() => server.stop());

/** Status and problem code of a request to the operation as it stands, about a case that is not there. */
async function ask({ method, path }: Placed, person: Person, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(server.http.base + path.replace(/\{\w+\}/g, NOBODYS_CASE), {
    method,
    headers: { authorization: `Bearer ${await server.http.token(person)}`, ...headers },
    signal: stop.signal,
  });
  const problem = (response.headers.get('content-type') ?? '').includes('problem+json');
  const code = problem ? ((await response.json()) as ProblemBody).code : null;
  stop.abort();
  return { status: response.status, code };
}

/** Roles an operation's description names: `any`, none at all, or a list; null where the machine decides. */
function rolesIn({ at, description = '' }: Placed): readonly string[] | null {
  const [, line] = /^Roles: (.+)\.$/m.exec(description) ?? [];
  if (line === undefined) throw new Error(`${at} names no roles`);
  if (line.startsWith('as the machine says')) return null;
  return line === 'any' || line.startsWith('none needed') ? ROLES : line.split(', ');
}

describe('the OpenAPI document', () => {
  it('is a sound OpenAPI 3.1 document', () => {
    expect(flawsOf(document)).toEqual([]);
    expect(operations.length).toBeGreaterThan(40);
  });

  it('is served as JSON alone', async () => {
    for (const path of ['/api/openapi.yaml', '/api/docs-yaml', '/api/docs-json']) {
      expect([path, (await fetch(server.http.base + path)).status]).toEqual([path, 404]);
    }
  });

  it('is made into text once, however often it is asked for', async () => {
    const { stringify } = JSON;
    let made = 0;
    JSON.stringify = new Proxy(stringify, {
      apply(target, self, given: unknown[]) {
        const [value] = given;
        if (typeof value === 'object' && value !== null && 'openapi' in value) made += 1;
        return Reflect.apply(target, self, given) as string;
      },
    });
    try {
      for (let asked = 0; asked < 5; asked++) {
        const reply = await fetch(`${server.http.base}/api/openapi.json`);
        expect(reply.headers.get('content-type')).toBe('application/json');
        expect(await reply.json()).toEqual(document);
      }
    } finally {
      JSON.stringify = stringify;
    }
    expect(made).toBe(0);
  });

  it('has every route under /api/v1, and nothing else', () => {
    const fastify = server.app.getHttpAdapter().getInstance();
    const documented = operations.map(({ at }) => at.replaceAll('{', ':').replaceAll('}', ''));
    expect(routesOf(fastify.printRoutes({ commonPrefix: false })).sort()).toEqual(documented.sort());
  });

  it('is shown as a page to browse', async () => {
    const page = await fetch(`${server.http.base}/api/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Alur API');
  });

  it('says that a paper may come with a file', () => {
    const upload = operations.find(({ at }) => at === 'POST /api/v1/cases/{id}/documents');
    const form = upload?.requestBody?.content?.['multipart/form-data']?.schema;
    expect(form?.properties).toMatchObject({ kind: {}, note: {}, file: { type: 'string', format: 'binary' } });
  });

  it('names only roles there are', () => {
    for (const operation of operations) {
      const unknown = (rolesIn(operation) ?? []).filter((role) => !(ROLES as readonly string[]).includes(role));
      expect([operation.at, unknown]).toEqual([operation.at, []]);
    }
  });

  it('names exactly the roles that are let in', async () => {
    const wrong: string[] = [];
    for (const operation of operations) {
      const named = rolesIn(operation);
      // Signing out ends the sign-in the other questions are asked by; it has a suite of its own.
      if (named === null || operation.path.endsWith('/sign-out')) continue;
      for (const role of ROLES) {
        const { code } = await ask(operation, PEOPLE[role]);
        if ((code === 'FORBIDDEN') === named.includes(role)) wrong.push(`${operation.at} as ${role}: ${String(code)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lists problem codes with their statuses, and an answer for each', () => {
    for (const { at, responses, ...operation } of operations) {
      const codes = (operation['x-problem-codes'] ?? []) as readonly ErrorCode[];
      expect([at, codes.filter((code) => !(code in ERRORS))]).toEqual([at, []]);
      const statuses = [...new Set(codes.map((code) => String(ERRORS[code].status)))].sort();
      const problems = Object.keys(responses).filter((status) => status >= '400');
      expect([at, problems.sort()]).toEqual([at, statuses]);
      expect(codes).toEqual(expect.arrayContaining(['INTERNAL', 'UNAVAILABLE']));
    }
  });

  it.each([
    ['without a token', 'staf', { authorization: '' }],
    ['about a case that is not there', 'staf', {}],
    ['on behalf of an officer nobody knows', 'demo-client', { 'on-behalf-of': 'nobody' }],
    ['on behalf of somebody else, by an officer', 'inspektur', { 'on-behalf-of': 'staf' }],
    ['with a body that is no JSON', 'staf', { 'content-type': 'application/json', 'if-match': '"1"' }],
  ] as const)('lists the problem a request gets %s', async (_what, person, headers) => {
    const unlisted: string[] = [];
    for (const operation of operations.filter(({ path }) => !path.endsWith('/sign-out'))) {
      const { code } = await ask(operation, person, headers);
      const listed = operation['x-problem-codes'] ?? [];
      if (code !== null && !listed.includes(code)) unlisted.push(`${operation.at}: ${code}`);
    }
    expect(unlisted).toEqual([]);
  });
});

/** `GET /api/v1/…` lines of Fastify's route tree, without the HEAD it adds to each GET. */
function routesOf(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', segment = '', methods = ''] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    above.length = depth - 1 > 0 ? depth - 1 : 0;
    const path = above.join('') + segment;
    above.push(segment);
    if (!path.startsWith('/api/v1/')) return [];
    return methods
      .split(', ')
      .filter((method) => method !== '' && method !== 'HEAD')
      .map((method) => `${method} ${path}`);
  });
}
