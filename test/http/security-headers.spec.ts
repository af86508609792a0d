/** Headers that every answer has, by every operation of the OpenAPI document and by what answers beside them. */
import { connect } from 'node:net';
import { startApp, type TestApp } from '../support/app.js';
import { upload } from '../support/foreign.js';
import { documentedRoutes, fill } from '../support/routes.js';

const NOT_FRAMED = "frame-ancestors 'none'";

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** What is wrong with the headers of an answer. */
function flawsIn({ headers }: Answer): string[] {
  const policy = headers.get('content-security-policy') ?? 'none';
  return [
    ...(headers.get('x-content-type-options') === 'nosniff' ? [] : ['no nosniff']),
    ...(headers.get('referrer-policy') === 'no-referrer' ? [] : ['no Referrer-Policy']),
    ...(policy.includes(NOT_FRAMED) ? [] : [`may be framed: ${policy}`]),
    ...(headers.has('x-powered-by') || headers.has('server') ? ['says what it is made of'] : []),
  ];
}
/** Below /api/v1 also that it is not stored, and no page at all. */
const flawsOfApi = (answer: Answer) => [
  ...flawsIn(answer),
  ...(answer.headers.get('cache-control')?.includes('no-store') ? [] : ['may be stored']),
  ...(answer.headers.get('content-security-policy')?.includes("default-src 'none'") ? [] : ['might be a page']),
];

async function get(path: string, init: RequestInit = {}): Promise<Answer> {
  const stop = new AbortController();
  const { status, headers } = await fetch(server.http.base + path, { ...init, signal: stop.signal });
  stop.abort();
  return { status, headers };
}

it('every operation, for somebody and for nobody', async () => {
  const { id } = await server.http.open();
  const document = await upload(server.http, id);
  const routes = await documentedRoutes(server.http);
  const flaws: string[] = [];
  const seen = new Set<number>();
  for (const { method, path, person, body } of routes) {
    // The others' sign-in is needed still.
    const token = path.endsWith('sign-out') ? 'none' : await server.http.token(person);
    const filled = `/api/v1${fill(path, { id, document, service: 'kim-member-service', secret: id, year: '2027' })}`;
    for (const authorization of [`Bearer ${token}`, 'none']) {
      const headers = { authorization, 'content-type': 'application/json' };
      const answer = await get(filled, { method, headers, ...(method !== 'GET' && { body: JSON.stringify(body) }) });
      seen.add(answer.status);
      flaws.push(...flawsOfApi(answer).map((flaw) => `${method} ${path} ${answer.status}: ${flaw}`));
    }
  }
  expect(flaws).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining([200, 201, 400, 401]));
});

it.each([
  '/api/docs',
  '/api/docs/swagger-ui-init.js',
  '/api/docs/swagger-ui.css',
  '/api/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/',
  '/nowhere',
  '/api/v1/nowhere',
  '/api/v1/%zz',
])('%s', async (path) => expect(flawsIn(await get(path))).toEqual([]));

it('a method that is not taken', async () =>
  expect(flawsOfApi(await get('/api/v1/cases', { method: 'DELETE' }))).toEqual([]));

it('the page of the documentation works under its policy: its scripts are not forbidden', async () => {
  const { headers } = await get('/api/docs');
  expect(headers.get('content-security-policy')).toBe(NOT_FRAMED);
});

it('what is no HTTP at all', async () => {
  const { hostname, port } = new URL(server.http.base);
  const text = await new Promise<string>((resolve, reject) => {
    let said = '';
    const socket = connect(Number(port), hostname, () => socket.write('nonsense\r\n\r\n'));
    socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    socket.on('close', () => resolve(said)).on('error', reject);
  });
  const lines = text.split('\r\n').slice(1, text.split('\r\n').indexOf(''));
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  expect(flawsIn({ status: 400, headers })).toEqual([]);
});
