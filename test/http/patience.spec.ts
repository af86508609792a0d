/** How long a request may take to arrive, and what it is told that takes longer. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerClientError } from '../../src/http/client-error.js';
import { HEADERS_MS, requestMs } from '../../src/http/patience.js';
import { startApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { ProblemBody } from '../support/http.js';

const MIB = 1024 ** 2;

it('an upload of the largest size may come over a line of 1 Mbit/s, and a small one has half a minute', () => {
  const bytesPerSecond = 1e6 / 8;
  for (const size of [10 * MIB, 1024 * MIB]) expect(requestMs(size)).toBeGreaterThan((size / bytesPerSecond) * 1000);
  expect([requestMs(1024), requestMs(10 * MIB)]).toEqual([30_000, 327_680]);
});

it('the program goes by it', async () => {
  const server = await startApp({ environment: { UPLOAD_MAX_BYTES: String(20 * MIB) } });
  const { headersTimeout, requestTimeout } = server.app.getHttpServer();
  await server.stop();
  expect([headersTimeout, requestTimeout]).toEqual([HEADERS_MS, requestMs(20 * MIB)]);
});

describe('with limits as short as a test wants them,', () => {
  let server: Server;
  let aborted = false;
  beforeAll(async () => {
    const limits = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 };
    server = createServer(limits, (request) => {
      request.resume().on('error', () => (aborted = true));
    });
    server.on('clientError', answerClientError);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  const open = () =>
    new Promise<number>((resolve) => server.getConnections((_error, connections) => resolve(connections)));

  it.each([
    ['whose headers do not end', 'GET /healthz HTTP/1.1\r\nHost: x\r\n'],
    ['whose body does not end', 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun'],
  ])('a request %s gets 408 with a problem, and is cut off', async (_what, begun) => {
    // A client that would go on for ever: it never closes its own side.
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(begun);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('\r\nConnection: close\r\n');
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as ProblemBody;
    expect(problem.code).toBe('REQUEST_TIMEOUT');
    await eventually('cut off', async () => (await open()) === 0);
    socket.destroy();
  });

  it('what was to take the body is told', () => expect(aborted).toBe(true));
});
