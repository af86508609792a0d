/** Forms that are none, bodies refused before they were read, and what a killed process leaves behind. */
import { Agent, request } from 'node:http';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearLeftovers } from '../../src/cases/documents.leftovers.js';
import { startApp, type TestApp } from '../support/app.js';
import type { ProblemBody } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

const part = (name: string, content: string, type = '') =>
  `--XX\r\ncontent-disposition: form-data; name="${name}"${type}\r\n\r\n${content}\r\n`;

describe('a form that cannot be read', () => {
  it.each([
    ['no boundary', 'multipart/form-data', '{}'],
    ['an empty boundary', 'multipart/form-data; boundary=', '{}'],
    ['a boundary longer than any', `multipart/form-data; boundary=${'x'.repeat(300)}`, '{}'],
    ['no part at all', 'multipart/form-data; boundary=XX', 'hello'],
    ['no end', 'multipart/form-data; boundary=XX', part('kind', 'NEWS_PRINTOUT').slice(0, -4)],
    ['a file cut off', 'multipart/form-data; boundary=XX', part('file', '%PDF-1.4', '; filename="a.pdf"').slice(0, -6)],
    [
      'JSON in a field',
      'multipart/form-data; boundary=XX',
      `${part('kind', '{bad', '\r\ncontent-type: application/json')}--XX--\r\n`,
    ],
    ['a field twice', 'multipart/form-data; boundary=XX', `${part('kind', 'A')}${part('kind', 'B')}--XX--\r\n`],
  ])('with %s is a 400', async (_what, type, body) => {
    const { id } = await server.http.open();
    const reply = await server.http.send<ProblemBody>('staf', 'POST', `/cases/${id}/documents`, body, {
      'content-type': type,
    });
    expect([reply.status, reply.body.code]).toEqual([400, 'INVALID_INPUT']);
  });
});

describe('a body refused before it was read', () => {
  it('leaves the connection to whoever comes next', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const token = await server.http.token('staf');
    const unknown = '/api/v1/cases/00000000-0000-4000-8000-000000000000/documents';
    const form = Buffer.concat([
      Buffer.from('--XX\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4\n'),
      Buffer.alloc(3_000_000, 'x'),
      Buffer.from('\r\n--XX--\r\n'),
    ]);
    const send = (method: string, path: string, headers: Record<string, string>, body?: Buffer) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(`${server.http.base}${path}`, { agent, method, headers }, (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
        });
        sent.on('error', reject);
        sent.end(body);
      });
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'multipart/form-data; boundary=XX',
      'content-length': String(form.length),
    };
    expect(await send('POST', unknown, headers, form)).toBe(404);
    expect(await send('GET', '/healthz', {})).toBe(200);
    agent.destroy();
  });
});

describe('papers put on one case all at once', () => {
  it('all get in, none is told to come back', async () => {
    const { id } = await server.http.open();
    const add = () => server.http.post('staf', `/cases/${id}/documents`, { kind: 'NEWS_PRINTOUT' });
    const replies = await Promise.all(Array.from({ length: 100 }, add));
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 201));
    expect((await server.http.get<{ items: [] }>('staf', `/cases/${id}/documents`)).body.items).toHaveLength(100);
  });
});

describe('what a killed process left', () => {
  const sha = 'a'.repeat(64);
  const names = {
    part: 'x.part',
    known: `${sha}.${'1'.repeat(36)}.pending`,
    unknown: `${'b'.repeat(64)}.${'1'.repeat(36)}.pending`,
  };

  it('is cleared after an hour: halves go, a whole one that history knows gets its name', async () => {
    const folder = join(server.dataDir, 'leftovers');
    const inCase = join(folder, 'office', 'case');
    mkdirSync(inCase, { recursive: true });
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of Object.values(names)) {
      writeFileSync(join(inCase, name), 'x');
      utimesSync(join(inCase, name), old, old);
    }
    writeFileSync(join(inCase, 'coming-in.part'), 'x');
    const asked: string[] = [];
    const isRecorded = (...place: string[]) => {
      asked.push(place.join('/'));
      return Promise.resolve(place[2] === sha);
    };
    expect(await clearLeftovers(folder, isRecorded)).toBe(3);
    expect(asked.sort()).toEqual([`office/case/${sha}`, `office/case/${'b'.repeat(64)}`]);
    expect(Object.values(names).filter((name) => existsSync(join(inCase, name)))).toEqual([]);
    expect([sha, 'coming-in.part'].map((name) => existsSync(join(inCase, name)))).toEqual([true, true]);
  });
});
