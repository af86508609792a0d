/**
 * Personal data, free text, passwords and tokens stay where they belong: a whole case with unique marks in every such
 * field, by the program as people start it, at its most talkative; then a search for the marks everywhere else.
 */
import { randomBytes } from 'node:crypto';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { exampleOf, PATH, type CaseBody, type Person } from '../support/http.js';
import { startLogged, type LoggedServer } from '../support/logged-server.js';

const mark = (what: string) => `${what}${randomBytes(6).toString('hex')}`;
const digits = () =>
  BigInt(`0x${randomBytes(6).toString('hex')}`)
    .toString()
    .padStart(15, '0')
    .slice(0, 15);

const PASSWORD = mark('sandi');
const APPLICANT = {
  name: mark('Nama'),
  kim: mark('KIM'),
  village: mark('Desa'),
  phone: `+${digits()}`,
  purpose: mark('keperluan'),
};
const FREE = {
  sender: mark('pengirim'),
  subject: mark('perihal'),
  instruction: mark('instruksi'),
  note: mark('catatan'),
  reason: mark('alasan'),
};
/** What somebody typed in the wrong place, or searched for. */
const TYPED = {
  wrongPassword: mark('salah'),
  passwordAsLogin: mark('tertukar'),
  search: mark('cari'),
  brokenBody: mark('rusak'),
  refusedNote: mark('tolak'),
  path: mark('alamat'),
};
/** Free text each event takes, beside its example. */
const TEXTS: Readonly<Record<string, object>> = {
  RECEIVE_APPLICANT: { note: FREE.note },
  REGISTER_LETTER: { sender: FREE.sender, subject: FREE.subject, note: FREE.note },
  ISSUE_DISPOSITION: { instruction: FREE.instruction },
};

/** What an answer shows once: secrets of clients and endpoints, first passwords, refresh tokens. */
const shown: string[] = [];

let database: TestDatabase;
let server: LoggedServer;
const tokens = new Map<Person, string>();
const refusals: string[] = [];

async function request(person: Person | null, method: string, path: string, body?: string, headers = {}) {
  const token = person && tokens.get(person);
  const response = await fetch(`${server.base}/api/v1${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (response.status >= 400) refusals.push(text);
  return { status: response.status, text };
}
const signIn = (account: string, password: string) =>
  request(null, 'POST', '/auth/token', JSON.stringify({ account, password }));
const open = (applicant: object) =>
  request('staf', 'POST', '/cases', JSON.stringify({ service: 'kim-member-service', applicant }));

async function send(person: Person, now: CaseBody, type: string, payload: object): Promise<CaseBody> {
  const headers = { 'if-match': `"${now.stepSeq}"` };
  const reply = await request(person, 'POST', `/cases/${now.id}/events`, JSON.stringify({ type, payload }), headers);
  if (reply.status !== 200) throw new Error(`${type} gave ${reply.status}: ${reply.text}`);
  return JSON.parse(reply.text) as CaseBody;
}

/** The office whose minute lasts a second: its steps are late soon. */
async function wholeCase(): Promise<void> {
  let now = JSON.parse((await open(APPLICANT)).text) as CaseBody;
  now = await send('staf', now, 'HOLD', { cause: 'WAITING_FOR_APPLICANT', reason: FREE.reason });
  now = await send('staf', now, 'RESUME', { reason: FREE.reason });
  for (const [person, , event] of PATH) {
    now = await send(person, now, event, { ...exampleOf(event), ...TEXTS[event] });
  }
  expect(now.state).toBe('archived');
  for (const path of ['', '/history']) await request('staf', 'GET', `/cases/${now.id}${path}`);
  for (const path of ['history', 'verify']) await request('inspektur', 'GET', `/inspection/cases/${now.id}/${path}`);
  await request('demo-client', 'GET', `/cases/${now.id}`);
}

async function mistakes(): Promise<void> {
  await signIn('staf.kilat', TYPED.wrongPassword);
  await signIn(TYPED.passwordAsLogin, PASSWORD);
  await request('staf', 'GET', `/cases?text=${TYPED.search}`);
  await request('staf', 'GET', `/cases?text=${TYPED.search}&limit=many`);
  await request('staf', 'GET', `/${TYPED.path}?name=${TYPED.path}`);
  await request('staf', 'POST', '/cases', `{"name": "${TYPED.brokenBody}"`);
  await open({ ...APPLICANT, name: TYPED.refusedNote.repeat(20) });
  await request('kasi', 'GET', '/notices', undefined, { authorization: `Bearer ${tokens.get('kasi') ?? ''}x` });
}

/** Everything secret that an answer holds, and what comes of it: signed in with it, refused with it, changed. */
async function secretsShown(): Promise<void> {
  const post = async (path: string, body: object) => {
    const { status, text } = await request('admin', 'POST', path, JSON.stringify(body));
    expect([path, status < 300]).toEqual([path, true]);
    return JSON.parse(text) as Record<string, string>;
  };
  const keep = (...secrets: (string | undefined)[]) => shown.push(...secrets.map((one) => one ?? 'none was shown'));
  const { id: client = '' } = await post('/admin/clients', { login: 'uji-log', name: 'Uji', scopes: ['read'] });
  const { secret = '' } = await post(`/admin/clients/${client}/secrets`, { days: 1 });
  const signedIn = JSON.parse((await signIn('uji-log', secret)).text) as Record<string, string>;
  const renewed = await request(null, 'POST', '/auth/refresh', JSON.stringify({ refreshToken: signedIn.refreshToken }));
  keep(secret, signedIn.accessToken, signedIn.refreshToken);
  keep((JSON.parse(renewed.text) as Record<string, string>).refreshToken);
  // Spent: it comes a second time.
  await request(null, 'POST', '/auth/refresh', JSON.stringify({ refreshToken: signedIn.refreshToken }));
  const account = await post('/admin/accounts', { login: 'uji-orang', name: 'Orang' });
  const reset = await post(`/admin/accounts/${account.id ?? ''}/reset-password`, {});
  await signIn('uji-orang', reset.firstPassword ?? '');
  keep(account.firstPassword, reset.firstPassword);
  const hook = await post('/admin/webhooks', { label: 'Uji', url: 'https://hooks.example.go.id/uji' });
  const rotated = await post(`/admin/webhooks/${hook.id ?? ''}/rotate-secret`, { overlapHours: 1 });
  keep(hook.secret, rotated.secret);
}

/** A defect of ours: a statement that fails with the row in its hands. */
async function defect(): Promise<void> {
  await database.owner.query('ALTER TABLE case_applicants ADD CONSTRAINT broken CHECK (false) NOT VALID');
  expect((await open(APPLICANT)).status).toBe(500);
  await database.owner.query('ALTER TABLE case_applicants DROP CONSTRAINT broken');
}

const isJson = (line: string) => line.startsWith('{');
const hits = (lines: readonly string[], marks: readonly string[]) =>
  marks.filter((one) => lines.some((line) => line.toLowerCase().includes(one.toLowerCase())));
const secrets = () => [...Object.values({ ...APPLICANT, ...FREE, ...TYPED }), ...tokens.values(), ...shown];

beforeAll(async () => {
  database = await createDatabase();
  server = await startLogged({
    DATABASE_URL: database.appUrl,
    DEMO: 'on',
    DEMO_PASSWORD: PASSWORD,
    LOG_LEVEL: 'debug',
    SWEEP_SECONDS: '2',
  });
  for (const person of ['staf', 'kadin', 'kabid', 'kasi', 'inspektur', 'admin', 'demo-client'] as const) {
    const { text } = await signIn(`${person}.kilat`, PASSWORD);
    tokens.set(person, (JSON.parse(text) as { accessToken: string }).accessToken);
  }
  const late = JSON.parse((await open(APPLICANT)).text) as CaseBody;
  await wholeCase();
  await mistakes();
  await secretsShown();
  await defect();
  await eventually(
    'a notice of the late case',
    async () => {
      const { rowCount } = await database.owner.query('SELECT 1 FROM notices WHERE case_id = $1 AND level = 100', [
        late.id,
      ]);
      return rowCount !== 0;
    },
    60_000,
  );
}, 240_000);
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await database.drop();
}, 60_000);

it('the log has a line for each request, denial and defect, and none of the marks', () => {
  const log = server.lines().filter(isJson);
  expect(log.filter((line) => line.includes('"msg":"request"')).length).toBeGreaterThan(25);
  expect(hits(log, ['denied: WRONG_CREDENTIALS', 'violates check constraint'])).toHaveLength(2);
  expect(hits(log, [...secrets(), PASSWORD])).toEqual([]);
});

it('nor one of the secrets that an answer shows once', () => {
  expect(shown).toHaveLength(8);
  expect(shown.filter((one) => one.length < 12 || one === 'none was shown')).toEqual([]);
  expect(hits(server.lines(), shown)).toEqual([]);
});

it('the plain lines have none either; only the demo password is shown, to the person who starts it', () => {
  const plain = server.lines().filter((line) => !isJson(line));
  expect(hits(plain, secrets())).toEqual([]);
  expect(plain.filter((line) => line.includes(PASSWORD)).length).toBe(2);
});

it('a refusal does not repeat what it refused', () => {
  expect(refusals.length).toBeGreaterThan(6);
  expect(hits(refusals, [...secrets(), PASSWORD])).toEqual([]);
});

it('metrics have none', async () => {
  const text = await (await fetch(`${server.base}/metrics`)).text();
  expect(hits([text], [...secrets(), PASSWORD])).toEqual([]);
});

it('no table has them but the three that are made for them', async () => {
  const { rows: tables } = await database.owner.query<{ name: string }>(
    `SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname IN ('public', 'bullmq') ORDER BY 1`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await database.owner.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    const marks = hits(
      rows.map(({ text }) => text),
      [...secrets(), PASSWORD],
    );
    if (marks.length > 0) found[name] = marks.sort();
  }
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['public.history', 'public.notices']));
  expect(tables.filter(({ name }) => name.startsWith('bullmq')).length).toBeGreaterThan(0);
  expect(found).toEqual({
    // The agenda book: what a letter says of itself, as on paper; shown to the office only.
    'public.agenda_entries': [FREE.sender, FREE.subject].sort(),
    'public.case_applicants': Object.values(APPLICANT).sort(),
    'public.case_payloads': Object.values(FREE).sort(),
  });
});
