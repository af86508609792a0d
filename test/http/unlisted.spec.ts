/** S3, by every operation of the OpenAPI document: what a route does not list is refused, and nothing changes. */
import { request as rawRequest } from 'node:http';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { wholeFootprint } from '../support/footprint.js';
import { readHandTable } from '../support/hand-table.js';
import { accountId, HOLDERS, PATH_STATES, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { countOf } from '../support/log.js';
import { operationsOf, type OpenApi, type Placed } from '../support/openapi.js';
import { caseAt } from '../support/places.js';
import { fill } from '../support/routes.js';

const API = '/api/v1';
const NAME = 'unlisted';

let server: TestApp;
let operations: Placed[];
const cases = new Map<string, CaseBody>();
beforeAll(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
  const document = (await (await fetch(`${server.http.base}/api/openapi.json`)).json()) as OpenApi;
  operations = operationsOf(document);
  for (const place of [...PATH_STATES, 'held(intake)', 'held(headDisposition)', 'held(followUp)', 'returned'])
    cases.set(place, await caseAt(server.http, place));
  // What is told is marked by the relay afterwards, while rows would be compared.
  await eventually('all relayed', async () => (await countOf(server.database, 'notices WHERE NOT relayed')) === 0);
});
afterAll(() => server.stop());

const MATRIX = readHandTable('engine/matrix.csv').rows;
/** Who comes through a role's doors, and their column in the matrix. */
const COLUMN: Readonly<Record<string, string>> = { 'sekdin-kabid': 'kabid' };

interface Ready {
  readonly person: Person;
  readonly path: string;
  readonly stepSeq: number;
}

/** Whom the operation is for, and its path about things that are there: a case in a state that takes the door's event. */
function readyFor({ path, description = '' }: Placed): Ready {
  const [, door = '', name = ''] = /^\/api\/v1\/([a-z-]+)\/cases\/\{id\}\/([a-z-]+)$/.exec(path) ?? [];
  const event = name.toUpperCase().replaceAll('-', '_');
  const role = COLUMN[door] ?? door;
  const place = MATRIX.find((row) => row.event === event && row[role] === 'ok')?.state;
  const now = cases.get(place ?? 'intake')!;
  const [, first = ''] = /^Roles: (\w+)/m.exec(description) ?? [];
  const person = (HOLDERS as Readonly<Record<string, Person>>)[place === undefined ? first : role] ?? 'staf';
  const id = path.startsWith(`${API}/admin/accounts/`) ? accountId('kasi') : now.id;
  const values = { id, year: '2027', secret: id, document: '0'.repeat(64), name: 'x' };
  return { person, path: fill(path, values).slice(API.length), stepSeq: now.stepSeq };
}

/** The value with a field nobody listed: at its top, and in each object within. */
function withUnlisted(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.flatMap((one, index) => withUnlisted(one).map((odd) => list.with(index, odd)));
  }
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    withUnlisted(one).map((odd) => ({ ...value, [key]: odd })),
  );
  return [{ ...value, [NAME]: 1 }, ...inner];
}

/** Null where the answer is the refusal of what is unlisted. */
function flawIn({ status, body, text }: { status: number; body: ProblemBody; text: string }): string | null {
  const named = (body.issues ?? []).some(({ path, message }) => path.includes(NAME) || message.includes(NAME));
  return status === 400 && body.code === 'INVALID_INPUT' && named ? null : `${status} ${text.slice(0, 300)}`;
}

it('a field in a body, at its top and in each object within', async () => {
  const before = await wholeFootprint(server.database);
  const flaws: string[] = [];
  let asked = 0;
  for (const operation of operations) {
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    if (!schema) continue;
    const { person, path, stepSeq } = readyFor(operation);
    const odd = withUnlisted(schema.example);
    expect([operation.at, odd.length]).not.toEqual([operation.at, 0]);
    for (const body of odd) {
      const headers = { 'content-type': 'application/json', 'if-match': `"${stepSeq}"` };
      const reply = await server.http.send<ProblemBody>(person, operation.method, path, JSON.stringify(body), headers);
      const flaw = flawIn(reply);
      if (flaw !== null) flaws.push(`${operation.at} ${JSON.stringify(body).slice(0, 200)}: ${flaw}`);
      asked += 1;
    }
  }
  process.stdout.write(`unlisted fields: ${asked} bodies\n`);
  expect(flaws).toEqual([]);
  expect(asked).toBeGreaterThan(60);
  expect(await wholeFootprint(server.database)).toEqual(before);
});

it('a field in a form', async () => {
  const { id } = cases.get('intake')!;
  const before = await wholeFootprint(server.database);
  const form = new FormData();
  form.set('kind', 'NEWS_PRINTOUT');
  form.set(NAME, '1');
  form.set('file', new Blob(['%PDF-1.7\n%%EOF\n']), 'scan.pdf');
  const reply = await server.http.send<ProblemBody>('staf', 'POST', `/cases/${id}/documents`, form);
  expect(flawIn(reply)).toBeNull();
  expect(await wholeFootprint(server.database)).toEqual(before);
});

/** A request as no browser would send it: a body with any method. */
async function withBody(person: Person, method: string, path: string, body: string, type = 'application/json') {
  const token = await server.http.token(person);
  return new Promise<{ status: number; text: string; body: ProblemBody }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'content-length': body.length };
    const sent = rawRequest(`${server.http.base}${API}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text, body: JSON.parse(text || '{}') as ProblemBody }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

it('a body, where the route takes none', async () => {
  const before = await wholeFootprint(server.database);
  const flaws: string[] = [];
  const without = operations.filter(({ requestBody }) => !requestBody);
  for (const operation of without) {
    const { person, path } = readyFor(operation);
    for (const body of [`{"${NAME}":1}`, '[]', '"x"', '7']) {
      const reply = await withBody(person, operation.method, path, body);
      const said = JSON.stringify(reply.body.issues);
      if (reply.status !== 400 || said !== '[{"path":"body","message":"this route takes none"}]')
        flaws.push(`${operation.at} ${body}: ${reply.status} ${reply.text.slice(0, 200)}`);
    }
  }
  process.stdout.write(`bodies nobody takes: ${without.length} operations\n`);
  expect(flaws).toEqual([]);
  expect(without.length).toBeGreaterThan(40);
  expect(await wholeFootprint(server.database)).toEqual(before);
});

it('a form, where the route takes none', async () => {
  const before = await wholeFootprint(server.database);
  const form = `--x\r\ncontent-disposition: form-data; name="${NAME}"\r\n\r\n1\r\n--x--\r\n`;
  for (const path of ['/auth/sign-out', '/notices/00000000-0000-4000-8000-000000000000/acknowledge']) {
    const reply = await withBody('staf', 'POST', path, form, 'multipart/form-data; boundary=x');
    expect([path, reply.status, reply.body.code]).toEqual([path, 400, 'INVALID_INPUT']);
  }
  expect(await wholeFootprint(server.database)).toEqual(before);
});

it('a query parameter', async () => {
  const before = await wholeFootprint(server.database);
  const flaws: string[] = [];
  for (const operation of operations) {
    const { person, path, stepSeq } = readyFor(operation);
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    const body = schema ? JSON.stringify(schema.example) : null;
    const headers = { 'if-match': `"${stepSeq}"`, ...(body !== null && { 'content-type': 'application/json' }) };
    const at = `${path}?${NAME}=1`;
    const reply = await server.http.send<ProblemBody>(person, operation.method, at, body, headers);
    const flaw = flawIn(reply);
    if (flaw !== null) flaws.push(`${operation.at}: ${flaw}`);
  }
  process.stdout.write(`unlisted query parameters: ${operations.length} operations\n`);
  expect(flaws).toEqual([]);
  expect(await wholeFootprint(server.database)).toEqual(before);
});

it('an empty body where the route takes none is no body', async () => {
  const { status } = await server.http.post('staf', '/notices/00000000-0000-4000-8000-000000000000/acknowledge', {});
  expect(status).toBe(404);
});
