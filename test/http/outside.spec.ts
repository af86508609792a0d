/** What never reaches a route: the documentation's files, headers too large, bytes that are no request, hidden names. */
import { connect } from 'node:net';
import { startApp, type TestApp } from '../support/app.js';
import type { ProblemBody } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

/** Sends bytes as they are and gives all that comes back. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.http.base);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the documentation page', () => {
  it.each(['/api/docs/%2e%2e/%2e%2e/package.json', '/api/docs/swagger-ui-init.js%00', '/api/docs/....//package.json'])(
    'gives nothing but itself: %s',
    async (path) => {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /);
      expect(answer).toContain('application/problem+json');
    },
  );
});

describe('bytes that are no request', () => {
  it.each([
    [
      'headers too large',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['no HTTP', 'hello\r\n\r\n', 400, 'INVALID_INPUT'],
  ])('%s get a problem and the end of the connection', async (_what, bytes, status, code) => {
    const answer = await raw(bytes);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as ProblemBody;
    expect(problem.code).toBe(code);
  });
});

describe('names every object has', () => {
  it.each(['constructor', 'prototype', '__proto__'])('are unknown fields like any other: %s', async (name) => {
    const body = `{"service":"kim-member-service","applicant":{"${name}":1}}`;
    const reply = await server.http.send<ProblemBody>('staf', 'POST', '/cases', body, {
      'content-type': 'application/json',
    });
    // Fastify's JSON reader has its own word for `__proto__`.
    expect([reply.status, reply.body.code]).toEqual([400, name === '__proto__' ? 'MALFORMED_JSON' : 'INVALID_INPUT']);
    expect((await server.http.get(`staf`, `/cases?${name}=1`)).status).toBe(400);
  });
});

describe('guesses at one password, side by side', () => {
  it('meet the brake as if they came one by one', async () => {
    const guess = () =>
      fetch(`${server.http.base}/api/v1/auth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account: 'admin', password: 'wrong' }),
      });
    const statuses = (await Promise.all(Array.from({ length: 30 }, guess))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(6);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });
});
