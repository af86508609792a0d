/** What a process remembers of somebody's rights is dropped when they change, in whichever process or by whatever hand. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId } from '../support/http.js';
import { signInAs, statusWith } from '../support/sign-in.js';

let one: TestApp;
let two: TestApp;
const now = performance.now.bind(performance);
beforeAll(async () => {
  one = await startApp();
  two = await startApp({ beside: one });
  await listening(2);
  // Nothing that is remembered grows old: what ends here, ends because it was called.
  const frozen = performance.now();
  performance.now = () => frozen;
});
afterAll(async () => {
  performance.now = now;
  await two.stop();
  await one.stop();
});

const sql = <Row extends object>(text: string, ...values: unknown[]) => one.database.owner.query<Row>(text, values);
const LISTENERS = `
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'alur-access' AND query LIKE 'LISTEN%' AND state = 'idle'`;
const listening = (count: number) =>
  eventually(`${count} processes that listen`, async () => (await sql(LISTENERS)).rowCount === count);

/** What both processes answer, once they have the answer that is meant. */
async function both(path: string, token: string, status: number): Promise<void> {
  await eventually(`${status} at ${path} in both processes`, async () => {
    const replies = await Promise.all(
      [one, two].map(({ http }) => fetch(http.base + path, { headers: { authorization: `Bearer ${token}` } })),
    );
    return replies.every((reply) => reply.status === status);
  });
}

async function tokenOf(login: string): Promise<string> {
  const { body } = await signInAs(one.http.base, login);
  expect(await statusWith(two.http.base, body.accessToken)).toBe(200);
  return body.accessToken;
}

it('a role is held, and held no longer', async () => {
  const token = await tokenOf('staf');
  await both('/api/v1/kasi/board', token, 403);
  await sql(
    `INSERT INTO role_grants (office_id, id, account_id, role)
     SELECT office_id, gen_random_uuid(), id, 'kasi' FROM accounts WHERE id = $1`,
    accountId('staf'),
  );
  await both('/api/v1/kasi/board', token, 200);
  await sql(
    "UPDATE role_grants SET valid_until = alur_now() WHERE account_id = $1 AND role = 'kasi'",
    accountId('staf'),
  );
  await both('/api/v1/kasi/board', token, 403);
});

it('an office goes by another calendar: so does the next case, in either process', async () => {
  const versionOf = async ({ http }: TestApp) => {
    const { id } = await http.open();
    return (await http.get<{ clock: { calendarVersion: number } }>('kasi', `/cases/${id}`)).body.clock.calendarVersion;
  };
  const before = [await versionOf(one), await versionOf(two)];
  await sql(
    `WITH o AS (UPDATE offices SET calendar_version = calendar_version + 1 WHERE code = 'contoh' RETURNING *)
     INSERT INTO calendars (office_id, version, data) SELECT o.id, o.calendar_version, c.data
     FROM o JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version - 1`,
  );
  for (const [index, server] of [one, two].entries()) {
    await eventually('a case by the new version', async () => (await versionOf(server)) === before[index]! + 1);
  }
});

it('an office is inspected, and no longer', async () => {
  const token = await tokenOf('kadin');
  const path = '/api/v1/inspection/cases/00000000-0000-4000-8000-000000000000/history';
  const offices = async () =>
    Promise.all(
      [one, two].map(async ({ http }) => {
        const reply = await fetch(`${http.base}/api/v1/inspection/offices`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return ((await reply.json()) as { items: unknown[] }).items.length;
      }),
    );
  await both(path, token, 403);
  expect(await offices()).toEqual([0, 0]);
  await sql(
    `INSERT INTO inspection_mandates (office_id, id, account_id, account_office_id, letter_number, valid_from, valid_until)
     SELECT o.id, gen_random_uuid(), a.id, a.office_id, '1', alur_now(), alur_now() + interval '1 day'
     FROM accounts a JOIN offices o ON o.id <> a.office_id WHERE a.id = $1`,
    accountId('kadin'),
  );
  await eventually('an office in both', async () => (await offices()).every((count) => count > 0));
  await sql('UPDATE inspection_mandates SET valid_until = alur_now()');
  await eventually('no office in both', async () => (await offices()).every((count) => count === 0));
});

it('a sign-in ends', async () => {
  const token = await tokenOf('sekdin');
  await sql(
    "UPDATE sessions SET ended_at = alur_now(), ended_because = 'revoked' WHERE account_id = $1",
    accountId('sekdin'),
  );
  await both('/api/v1/cases', token, 401);
});

it('an account is disabled while nobody listens: heard of when the connection is back', async () => {
  const token = await tokenOf('kabid');
  const { rows } = await sql<{ pid: number }>(LISTENERS);
  for (const { pid } of rows) await sql('SELECT pg_terminate_backend($1)', pid);
  await sql('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', accountId('kabid'));
  await both('/api/v1/cases', token, 401);
  await listening(2);
});
