/** Stopping while a request is under way: it is answered, and its connection does not keep the stop waiting. */
import { connect, type Socket } from 'node:net';
import { eventually, inTime } from '../support/eventually.js';
import { startApp } from '../support/app.js';

/** Far below the 65 s for which an idle connection is kept. */
const SOON_MS = 20_000;

it('answers it, ends the connection, and is closed soon', async () => {
  const server = await startApp();
  const { hostname, port } = new URL(server.http.base);
  const body = JSON.stringify({ account: 'nobody', password: 'nothing at all' });
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString('utf8')));
  const ended = new Promise<void>((resolve) => socket.once('end', resolve));
  await begin(socket, body);
  const health = await fetch(`${server.http.base}/healthz`);
  await health.text();

  const started = performance.now();
  const closed = server.stop();
  // A request that comes from now on is turned away: the stop has begun.
  await eventually('the stop', () =>
    fetch(`${server.http.base}/healthz`).then(
      ({ ok }) => !ok,
      () => true,
    ),
  );
  socket.write(body.slice(1));
  await Promise.all([ended, closed]);
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
  inTime('the end of the connection', performance.now() - started, SOON_MS);
}, 100_000);

/** Headers and the first byte: the request is under way and cannot be answered yet. */
function begin(socket: Socket, body: string): Promise<void> {
  const head = [
    'POST /api/v1/auth/token HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body.slice(0, 1),
  ].join('\r\n');
  return new Promise((resolve) => socket.write(head, () => resolve()));
}
