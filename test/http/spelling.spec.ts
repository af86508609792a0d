/** An address spelled otherwise leads where the plain one does, with all that holds there: limit, refusals, headers. */
import { request as rawRequest, type IncomingHttpHeaders } from 'node:http';
import { startApp, type TestApp } from '../support/app.js';
import type { ProblemBody } from '../support/http.js';
import { BEHIND_PROXY } from '../support/sign-in.js';

const LIMIT = 30;
let server: TestApp;
beforeAll(async () => {
  const environment = { REQUESTS_PER_MINUTE: String(LIMIT), ...BEHIND_PROXY };
  server = await startApp({ environment });
  // The beginning of a minute: a test must not fall on two.
  await server.database.setNow('2026-11-22T03:00:01Z');
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: ProblemBody;
}

/** A client of Node's own sends the path as it is given; `fetch` would put it right. */
function send(path: string, from: string, token: string | null, body: object | null): Promise<Answer> {
  const { hostname, port } = new URL(server.http.base);
  const headers = {
    'x-forwarded-for': from,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const options = { hostname, port, path, method: body ? 'POST' : 'GET', headers, agent: false };
  return new Promise((resolve, reject) => {
    const sent = rawRequest(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: JSON.parse(text) as ProblemBody }),
      );
    });
    sent.on('error', reject).end(body ? JSON.stringify(body) : undefined);
  });
}

describe.each([
  ['with an encoded letter', (path: string) => path.replace('/api', '/%61pi'), '192.0.2.1'],
  ['as a whole URL', (path: string) => `http://alur.example${path}`, '192.0.2.2'],
])('an address %s', (_, spelled, from) => {
  it('is limited where nobody is signed in', async () => {
    const ask = () => send(spelled('/api/v1/auth/refresh'), from, null, { refreshToken: 'x' });
    const statuses = (await Promise.all(Array.from({ length: LIMIT + 5 }, ask))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([...Array<number>(LIMIT).fill(401), ...Array<number>(5).fill(429)]);
  });

  it('gives an answer that nobody stores', async () => {
    const { status, headers } = await send(spelled('/api/v1/services'), from, await server.http.token('staf'), null);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  });

  it('takes no query that its route does not list, nor a body', async () => {
    const token = await server.http.token('staf');
    for (const [path, body] of [
      ['/api/v1/services?unlisted=1', null],
      ['/api/v1/auth/sign-out', { unlisted: 1 }],
    ] as const) {
      const reply = await send(spelled(path), from, token, body);
      expect([path, reply.status, reply.body.code]).toEqual([path, 400, 'INVALID_INPUT']);
    }
  });

  it('that leads nowhere is a 404', async () => {
    const reply = await send(spelled('/api/v1/nowhere'), from, null, null);
    expect([reply.status, reply.body.code]).toEqual([404, 'NOT_FOUND']);
  });
});
