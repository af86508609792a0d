/** Bodies that do not fit. Each is refused with the code that says what to mend, and writes nothing. */
import type { ErrorCode } from '../../src/errors.js';
import { BODY_LIMIT_BYTES } from '../../src/http/http-app.js';
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectRefused } from '../support/refused.js';

/** A Sunday: no clock runs, so no alarm writes rows of its own while footprints are compared. */
const SUNDAY = '2026-11-22T03:00:00Z';

let server: TestApp;
let open: CaseBody;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow(SUNDAY);
  open = await server.http.open();
});
afterAll(() => server.stop());

const applicant = { name: 'Nama Pemohon', kim: 'KIM Contoh', village: 'Desa Contoh', purpose: 'Publikasi' };
const service = 'kim-member-service';
const nested = (depth: number): unknown => (depth === 0 ? 'x' : { a: nested(depth - 1) });
const deepList = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Sends a raw text to the three doors that take a body; each must refuse it alike. */
const DOORS = {
  open: () => '/cases',
  event: () => `/cases/${open.id}/events`,
  role: () => `/staff/cases/${open.id}/receive-applicant`,
};
type DoorName = keyof typeof DOORS;

function sendRaw(door: DoorName, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  return server.http.send<ProblemBody>('staf', 'POST', DOORS[door](), body, {
    'content-type': 'application/json',
    'if-match': `"${open.stepSeq}"`,
    ...headers,
  });
}

const send = (door: DoorName, body: unknown) => sendRaw(door, JSON.stringify(body));

describe.each(Object.keys(DOORS) as DoorName[])('a body at the door "%s"', (door) => {
  it.each<[string, string, ErrorCode]>([
    ['that is not JSON', '{"papers": [', 'MALFORMED_JSON'],
    ['that is empty', '', 'MALFORMED_JSON'],
    ['with text after the JSON', '{} {}', 'MALFORMED_JSON'],
    ['with a key that would become a prototype', '{"__proto__": {"role": "kadin"}}', 'MALFORMED_JSON'],
    ['with a hidden constructor', '{"constructor": {"prototype": {"role": "kadin"}}}', 'MALFORMED_JSON'],
    ['that is a list', '[]', 'INVALID_INPUT'],
    ['that is a number', '42', 'INVALID_INPUT'],
    ['with an unknown field', '{"role": "kadin"}', 'INVALID_INPUT'],
    ['nested 21 deep', JSON.stringify(nested(21)), 'INVALID_INPUT'],
    ['of a list nested 50,000 deep', deepList(50_000), 'INVALID_INPUT'],
    ['with a NUL byte in a key', '{"a\\u0000b": 1}', 'INVALID_INPUT'],
    ['with half a character in a key', '{"\\ud800": 1}', 'INVALID_INPUT'],
  ])('%s is refused', (_, body, code) => expectRefused(server, code, () => sendRaw(door, body)));

  it('larger than the limit is refused', async () => {
    const body = JSON.stringify({ note: 'x'.repeat(BODY_LIMIT_BYTES) });
    const problem = await expectRefused(server, 'TOO_LARGE', () => sendRaw(door, body));
    expect(problem.params).toMatchObject({ limitBytes: BODY_LIMIT_BYTES });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/json5'])(
    'of type %s is refused',
    (type) =>
      expectRefused(server, 'UNSUPPORTED_MEDIA_TYPE', () => sendRaw(door, '{"papers":[]}', { 'content-type': type })),
  );

  it('that is no UTF-8 is refused', () =>
    expectRefused(server, 'INVALID_INPUT', () =>
      sendRaw(door, new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    ));
});

describe('fields of an event', () => {
  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, ''],
    ['a NUL byte', { note: 'baik\0sekali' }, 'note'],
    ['a lone surrogate', { note: 'baik \ud83d sekali' }, 'note'],
    ['a note of 50 KB', { note: 'x'.repeat(50_000) }, 'note'],
    ['a paper nobody knows', { papers: ['NEWS_PRINTOUT', 'TICKET'] }, 'papers.1'],
    ["another step's output", { papers: ['ARCHIVE'] }, 'papers.0'],
    ['a paper that is an object', { papers: [{ kind: 'CASE_FILE' }] }, 'papers.0'],
    ['21 papers', { papers: Array(21).fill('CASE_FILE') }, 'papers'],
    ['a number for a list', { papers: 1 }, 'papers'],
    ['an actor of their own', { by: 'somebody' }, ''],
    ['a role of their own', { role: 'kadin' }, ''],
    ['a type of their own', { type: 'CONFIRM_ARCHIVE' }, ''],
  ])('%s is refused at its path', async (_, payload, path) => {
    const generic = await expectRefused(server, 'INVALID_INPUT', () => {
      return send('event', { type: 'RECEIVE_APPLICANT', payload });
    });
    const role = await expectRefused(server, 'INVALID_INPUT', () => send('role', payload));
    const paths = ({ issues = [] }: ProblemBody) => issues.map((issue) => issue.path.replace(/^payload\.?/, ''));
    expect(paths(generic)).toContain(path);
    expect(paths(role)).toContain(path);
  });

  it.each([
    ['REGISTER_LETTER', { letter: { kind: 'LETTER', date: '2026-13-45' } }, 'letter.date'],
    ['REGISTER_LETTER', { letter: { kind: 'LETTER', date: '2026-11-24', officeId: 'x' } }, 'letter'],
    ['REGISTER_LETTER', { letter: { kind: 'FAX', date: '2026-11-24' } }, 'letter.kind'],
    ['REGISTER_LETTER', { letter: { kind: 'LETTER', date: '2026-11-24', number: '<b>1</b>' } }, 'letter.number'],
  ])('%s with %j is refused at its path', async (type, payload, path) => {
    const now = await server.http.driveTo('registration');
    const problem = await expectRefused(server, 'INVALID_INPUT', () =>
      server.http.event('staf', now.id, now.stepSeq, type, { ...exampleOf(type), ...payload }),
    );
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });

  it('an exception without a reason is refused', async () => {
    const problem = await expectRefused(server, 'INVALID_INPUT', () =>
      server.http.event('staf', open.id, open.stepSeq, 'WITHDRAW', {}),
    );
    expect(problem.issues).toEqual([{ path: 'reason', message: expect.any(String) as string }]);
  });

  it.each(['NO_SUCH_EVENT', '__proto__', 'constructor', 'toString', 'OPENED', 'SLA_BREACHED', 'xstate.init', '*'])(
    'the event %s is unknown',
    (type) => expectRefused(server, 'UNKNOWN_EVENT', () => send('event', { type, payload: {} })),
  );

  it('an event name of 50 KB is refused', () =>
    expectRefused(server, 'INVALID_INPUT', () => send('event', { type: 'X'.repeat(50_000), payload: {} })));
});

describe('fields of a new case', () => {
  it.each<[string, object, string]>([
    ['no applicant', { service }, 'applicant'],
    ['an applicant without a name', { service, applicant: { ...applicant, name: undefined } }, 'applicant.name'],
    ['a name of spaces', { service, applicant: { ...applicant, name: '     ' } }, 'applicant.name'],
    ['a name of 50 KB', { service, applicant: { ...applicant, name: 'x'.repeat(50_000) } }, 'applicant.name'],
    ['a NUL byte', { service, applicant: { ...applicant, village: 'Desa\0' } }, 'applicant.village'],
    ['a lone surrogate', { service, applicant: { ...applicant, kim: '\udc00 KIM' } }, 'applicant.kim'],
    ['a telephone number with letters', { service, applicant: { ...applicant, phone: 'telepon' } }, 'applicant.phone'],
    ['a NIK, which is never asked for', { service, applicant: { ...applicant, nik: '1' } }, 'applicant'],
    ['a state of its own', { service, applicant, state: 'archived' }, ''],
    ['an office of its own', { service, applicant, officeId: 'other' }, ''],
    ['an applicant that is a list', { service, applicant: [] }, 'applicant'],
  ])('%s is refused at its path', async (_, body, path) => {
    const problem = await expectRefused(server, 'INVALID_INPUT', () => send('open', body));
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });

  it.each(['no-such-service', '__proto__', 'constructor', 'kim-member-service@1'])(
    'the service %s is unknown',
    (name) => expectRefused(server, 'UNKNOWN_SERVICE', () => send('open', { service: name, applicant })),
  );
});

it('takes what is odd but sound', async () => {
  const name = 'Nama "Pemohon" \u{1F600} O’Neil; DROP TABLE cases;--\\u0000\n';
  const reply = await server.http.post<CaseBody>('staf', '/cases', { service, applicant: { ...applicant, name } });
  expect(reply.status).toBe(201);
  const { body } = await server.http.get<{ applicant: object }>('staf', `/cases/${reply.body.id}`);
  expect(body.applicant).toMatchObject({ name: name.trim() });
});
