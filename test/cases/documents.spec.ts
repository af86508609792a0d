/** Papers: streamed to disk, hashed, judged by content, recorded in history; a refusal leaves nothing behind. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type Person, type ProblemBody, type Reply } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

const LIMIT_BYTES = 64 * 1024;
const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex'),
  Buffer.alloc(64),
  Buffer.from('ffd9', 'hex'),
]);
const WHY = 'Aduan 12 tahun 2026: periksa lampiran';
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { UPLOAD_MAX_BYTES: String(LIMIT_BYTES) } });
});
afterAll(() => server.stop());

type Part = readonly [name: string, value: string | { content: Buffer; filename: string; type?: string }];

function upload(person: Person, id: string, parts: readonly Part[], headers: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else
      form.append(
        name,
        new Blob([new Uint8Array(value.content)], { type: value.type ?? 'application/octet-stream' }),
        value.filename,
      );
  }
  return server.http.send<CaseBody & ProblemBody>(person, 'POST', `/cases/${id}/documents`, form, headers);
}

const scan = (content: Buffer, filename = 'scan.pdf'): Part => ['file', { content, filename }];

interface Item {
  readonly kind: string;
  readonly medium: string;
  readonly documentId: string | null;
  readonly contentType: string | null;
  readonly sizeBytes: number | null;
}

async function papers(id: string): Promise<Item[]> {
  const { body } = await server.http.get<{ items: Item[] }>('staf', `/cases/${id}/documents`);
  return body.items;
}

/** A case with a scan, and the scan's path. */
async function scanned(): Promise<{ id: string; path: string }> {
  const { id } = await server.http.open();
  expect((await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)])).status).toBe(201);
  return { id, path: `/cases/${id}/documents/${sha256(PDF)}` };
}

/** Whose reads of the case's personal data are on record. */
async function readersOf(id: string): Promise<string[]> {
  const text = 'SELECT account_id AS reader FROM personal_reads WHERE case_id = $1 ORDER BY at';
  return (await server.database.owner.query<{ reader: string }>(text, [id])).rows.map(({ reader }) => reader);
}

/** Everything that lies on disk for any case. */
function onDisk(): string[] {
  const folder = join(server.dataDir, 'documents');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

describe('an upload', () => {
  it.each([
    ['application/pdf', PDF],
    ['image/png', PNG],
    ['image/jpeg', JPEG],
  ])('of %s is kept, listed and given back byte for byte', async (contentType, content) => {
    const { id } = await server.http.open();
    expect(await papers(id)).toEqual([]);
    const reply = await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(content)]);
    expect(reply.status).toBe(201);
    const documentId = sha256(content);
    expect(await papers(id)).toMatchObject([
      { kind: 'NEWS_PRINTOUT', medium: 'file', documentId, contentType, sizeBytes: content.length },
    ]);
    const response = await fetch(`${server.http.base}/api/v1/cases/${id}/documents/${documentId}`, {
      headers: { authorization: `Bearer ${await server.http.token('inspektur')}`, reason: WHY },
    });
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="NEWS_PRINTOUT-[0-9a-f]{8}"$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('takes its fields before or after the file, and a note', async () => {
    const { id } = await server.http.open();
    const reply = await upload('staf', id, [scan(PDF), ['kind', 'ASSIGNMENT_LETTER'], ['note', 'Salinan kedua.']]);
    expect(reply.status).toBe(201);
    expect(await papers(id)).toMatchObject([{ kind: 'ASSIGNMENT_LETTER' }]);
  });

  it('counts as kelengkapan of the step', async () => {
    const opened = await server.http.open();
    await upload('staf', opened.id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)]);
    await upload('staf', opened.id, [['kind', 'ASSIGNMENT_LETTER'], scan(PNG)]);
    const reply = await server.http.event('staf', opened.id, 1, 'RECEIVE_APPLICANT', { papers: ['CASE_FILE'] });
    expect([reply.status, reply.body.state]).toEqual([200, 'registration']);
  });

  it('is not doubled by a repeat with the same key', async () => {
    const { id } = await server.http.open();
    const key = { 'idempotency-key': 'scan-1' };
    const first = await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)], key);
    const second = await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)], key);
    expect(second.text).toBe(first.text);
    expect(await papers(id)).toHaveLength(1);
    const other = await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PNG)], key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('has no say in where it lies: names are ignored', async () => {
    const { id } = await server.http.open();
    for (const name of ['../../../evil.pdf', '/etc/passwd', 'a\\b.pdf', '..', 'x.pdf\u0001', 'scan.pdf.exe']) {
      expect((await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF, name)])).status).toBe(201);
    }
    expect(onDisk().every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });
});

describe('a paper without a file', () => {
  it('is recorded as seen', async () => {
    const { id } = await server.http.open();
    const reply = await server.http.post('staf', `/cases/${id}/documents`, { kind: 'WALK_IN' });
    expect(reply.status).toBe(201);
    expect(await papers(id)).toMatchObject([{ kind: 'WALK_IN', medium: 'paper', documentId: null }]);
  });

  it('cannot claim a file it does not have', async () => {
    const { id } = await server.http.open();
    const file = { documentId: sha256(PDF), sha256: sha256(PDF), sizeBytes: 1, contentType: 'application/pdf' };
    const reply = await server.http.post<ProblemBody>('staf', `/cases/${id}/documents`, { kind: 'WALK_IN', file });
    expect([reply.status, reply.body.code]).toEqual([400, 'INVALID_INPUT']);
  });
});

describe('a refused upload', () => {
  const refusals: readonly (readonly [string, number, string, Person, readonly Part[]])[] = [
    [
      'HTML under a PDF name',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'staf',
      [['kind', 'NEWS_PRINTOUT'], scan(Buffer.from('<html><script>1</script></html>'))],
    ],
    ['an empty file', 415, 'UNSUPPORTED_MEDIA_TYPE', 'staf', [['kind', 'NEWS_PRINTOUT'], scan(Buffer.alloc(0))]],
    [
      'a zip',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'staf',
      [['kind', 'NEWS_PRINTOUT'], scan(Buffer.from('504b0304140000000000', 'hex'))],
    ],
    [
      'too many bytes',
      413,
      'TOO_LARGE',
      'staf',
      [['kind', 'NEWS_PRINTOUT'], scan(Buffer.concat([PDF, Buffer.alloc(LIMIT_BYTES)]))],
    ],
    ['an unknown kind', 400, 'INVALID_INPUT', 'staf', [['kind', 'PASSPORT'], scan(PDF)]],
    ['an unlisted field', 400, 'INVALID_INPUT', 'staf', [['kind', 'NEWS_PRINTOUT'], ['office', 'x'], scan(PDF)]],
    [
      'half a character in a field',
      400,
      'INVALID_INPUT',
      'staf',
      [['kind', 'NEWS_PRINTOUT'], ['note', 'abc\0def'], scan(PDF)],
    ],
    ['no file', 400, 'INVALID_INPUT', 'staf', [['kind', 'NEWS_PRINTOUT']]],
    ['two files', 400, 'INVALID_INPUT', 'staf', [['kind', 'NEWS_PRINTOUT'], scan(PDF), scan(PNG)]],
    ['an inspector', 403, 'FORBIDDEN', 'inspektur', [['kind', 'NEWS_PRINTOUT'], scan(PDF)]],
  ];

  it.each(refusals)('of %s gets %i %s and leaves nothing', async (_what, status, code, person, parts) => {
    const { id, receipt } = await server.http.open();
    const before = onDisk();
    const reply = await upload(person, id, parts);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(onDisk()).toEqual(before);
    expect(await papers(id)).toEqual([]);
    expect((await server.http.get<CaseBody>('staf', `/cases/${id}`)).body.receipt).toEqual(receipt);
  });

  it('to a closed case leaves nothing', async () => {
    const { id } = await server.http.open();
    await server.http.event('staf', id, 1, 'WITHDRAW');
    const before = onDisk();
    const reply = await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)]);
    expect([reply.status, reply.body.code]).toEqual([409, 'TRANSITION_REFUSED']);
    expect(onDisk()).toEqual(before);
  });
});

describe('an inspector who reads a scan', () => {
  it('says why and leaves a record, also in the log; an officer does neither', async () => {
    const { id, path } = await scanned();
    for (const reason of [undefined, 'audit', '.'.repeat(40)]) {
      const refused = await server.http.get<ProblemBody>('inspektur', path, { ...(reason && { reason }) });
      expectProblem(refused, 'INVALID_INPUT');
      expect(refused.body.issues).toMatchObject([{ path: 'Reason' }]);
    }
    expect(await readersOf(id)).toEqual([]);
    expect((await server.http.get('kasi', path)).status).toBe(200);
    expect((await server.http.get('inspektur', path, { reason: WHY })).status).toBe(200);
    expect(await readersOf(id)).toEqual([accountId('inspektur')]);
    const { rows } = await server.database.owner.query<{ facts: object; reason: string }>(
      `SELECT r.entry::json -> 'facts' AS facts, p.reason FROM records r, personal_reads p
       WHERE r.kind = 'PERSONAL_DATA_READ' AND r.entry LIKE '%' || $1 || '%' AND p.case_id = $1::uuid`,
      [id],
    );
    expect(rows).toEqual([{ facts: { case: id, document: sha256(PDF) }, reason: WHY }]);
  });

  it('is a person: no client reads for one, at home or in another office that lets them in', async () => {
    const { id, path } = await scanned();
    const headers = { reason: WHY, 'on-behalf-of': 'inspektur' };
    expectProblem(await server.http.get<ProblemBody>('demo-client', path, headers), 'FORBIDDEN');
    for (const person of ['inspektur', 'kasi'] as const) {
      const letter = { accountId: accountId(person, 2), letterNumber: '700/41/ST/2026', until: '2099-01-01T00:00:00Z' };
      expect((await server.http.post('admin', '/admin/inspection-mandates', letter)).status).toBe(201);
      const other = server.http.inOffice(2);
      const there = { reason: WHY, 'inspect-office': 'contoh' };
      await eventually('the letter', async () => (await other.get(person, `/cases/${id}`, there)).status === 200);
      const asked = { ...there, 'on-behalf-of': `${person}.kilat` };
      expectProblem(await other.get<ProblemBody>('demo-client', path, asked), 'FORBIDDEN');
      expect((await other.get(person, path, there)).status).toBe(200);
    }
    expect(await readersOf(id)).toEqual([accountId('inspektur', 2), accountId('kasi', 2)]);
  });
});

describe('a client that reads a scan for an officer', () => {
  it('leaves a record under its own name', async () => {
    const { id, path } = await scanned();
    expect((await server.http.get('demo-client', path, { 'on-behalf-of': 'kasi' })).status).toBe(200);
    expect(await readersOf(id)).toEqual([accountId('demo-client')]);
  });
});

describe('another office', () => {
  it('neither lists, adds nor downloads', async () => {
    const { id } = await server.http.open();
    await upload('staf', id, [['kind', 'NEWS_PRINTOUT'], scan(PDF)]);
    const stranger = server.http.inOffice(2);
    const replies: Reply[] = [
      await stranger.get('staf', `/cases/${id}/documents`),
      await stranger.get('staf', `/cases/${id}/documents/${sha256(PDF)}`),
      await stranger.post('staf', `/cases/${id}/documents`, { kind: 'WALK_IN' }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it.each(['x', '0'.repeat(64), '..%2f..%2fetc%2fpasswd', '%2e%2e'])('there is no document %s', async (name) => {
    const { id } = await server.http.open();
    expect((await server.http.get('staf', `/cases/${id}/documents/${name}`)).status).toBe(404);
  });
});
