/** Requests pipelined on a connection that is closed before they are heard: what their answers held is let go. */
import { EventEmitter } from 'node:events';
import { fstatSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Signer } from '../../src/evidence/signer.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';
import { countOf, sealed } from '../support/log.js';

/** More than a stream reads ahead, so that who waits keeps the file open. */
const PDF = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(400_000, 'x'), Buffer.from('\n%%EOF\n')]);
/** More than the listeners of which Node warns. */
const MANY = 12;
const MOST_EXPORTS = 4;
const DESCRIPTORS = 1024;
const BUNDLE = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui-bundle.js');

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
});
afterAll(() => server.stop());

/** The first answer never ends, so that those of all `paths` wait behind it. */
async function pipelined(paths: readonly string[]): Promise<Socket> {
  const { hostname, port } = new URL(server.http.base);
  const socket = connect(Number(port), hostname);
  const authorization = `Authorization: Bearer ${await server.http.token('inspektur')}`;
  const requests = ['/api/v1/notices/stream', ...paths].map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\nReason: Aduan 12 tahun 2026\r\n\r\n`,
  );
  await new Promise<void>((resolve) => socket.write(requests.join(''), () => resolve()));
  return socket;
}

/** How often this process holds a file open, on any system. */
function openOf(path: string): number {
  const { dev, ino } = statSync(path);
  const isIt = (descriptor: number) => {
    try {
      const held = fstatSync(descriptor);
      return held.ino === ino && held.dev === dev;
    } catch {
      return false;
    }
  };
  return Array.from({ length: DESCRIPTORS }, (_, descriptor) => descriptor).filter(isIt).length;
}

/** Where to download a paper, and where it lies. */
async function paper(): Promise<{ path: string; file: string }> {
  const { id } = await server.http.open();
  const form = new FormData();
  form.append('kind', 'NEWS_PRINTOUT');
  form.append('file', new Blob([PDF]), 'scan.pdf');
  const sent = await server.http.send<CaseBody>('staf', 'POST', `/cases/${id}/documents`, form);
  expect(sent.status).toBe(201);
  const { body } = await server.http.get<{ items: { documentId: string }[] }>('staf', `/cases/${id}/documents`);
  const { documentId } = body.items[0]!;
  const folder = join(server.dataDir, 'documents');
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((one) => one.endsWith(documentId));
  return { path: `/api/v1/cases/${id}/documents/${documentId}`, file: join(folder, name!) };
}

it.each([
  ['a paper', paper],
  ['a file of the documentation', () => Promise.resolve({ path: '/api/docs/swagger-ui-bundle.js', file: BUNDLE })],
])('%s is closed that was opened for an answer nobody hears', async (_what, prepare) => {
  const { path, file } = await prepare();
  const connections: Socket[] = [];
  const http = server.app.getHttpServer();
  http.once('connection', (connection) => connections.push(connection));
  const socket = await pipelined(Array<string>(MANY).fill(path));
  await eventually('all are opened', () => openOf(file) === MANY);
  expect(
    connections.map((connection) => connection.listenerCount('close') <= EventEmitter.defaultMaxListeners),
  ).toEqual([true]);
  socket.destroy();
  await eventually('all are closed', () => openOf(file) === 0);
});

it('exports give up their places', async () => {
  for (let n = 0; n < 3; n++) await server.http.driveTo('archived');
  await sealed(server.database);
  await eventually('a checkpoint', () => server.app.get(Signer, { strict: false }).signIfDue(true));
  const status = async () => (await server.http.get('inspektur', '/inspection/export')).status;
  const exports = "records WHERE kind = 'EXPORT_MADE'";
  expect(await status()).toBe(200);
  const socket = await pipelined(Array<string>(MOST_EXPORTS).fill('/api/v1/inspection/export'));
  // Asking for one more meanwhile would take a place of theirs.
  await eventually('all are begun', async () => (await countOf(server.database, exports)) === MOST_EXPORTS + 1);
  expect(await status()).toBe(429);
  socket.destroy();
  await eventually('room', async () => (await status()) === 200);
});
