/** Sign-ins, refused attempts and counts that are long over are deleted by a worker; what is younger stays. */
import { REFUSED_DAYS, SIGN_IN_DAYS } from '../../src/access/old-rows.store.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId } from '../support/http.js';

const MANY = 2300;
let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  server.database.owner.query<Row>(text, values).then(({ rows }) => rows);
const counts = async () =>
  (
    await sql<{ sessions: number; tokens: number; refused: number; counted: number }>(`
      SELECT (SELECT count(*)::int FROM sessions WHERE expires_at < 'infinity') AS sessions,
        (SELECT count(*)::int FROM refresh_tokens) AS tokens,
        (SELECT count(*)::int FROM refused_attempts) AS refused,
        (SELECT count(*)::int FROM request_counts) AS counted`)
  )[0]!;

/** Sign-ins that ended so many days and a bit ago, each with two refresh tokens, of both offices. */
const signedIn = (days: number, many: number) =>
  sql(
    `WITH made AS (
       INSERT INTO sessions (office_id, id, account_id, expires_at)
       SELECT office_id, gen_random_uuid(), id, alur_now() - $1 * interval '1 day' - interval '1 minute'
       FROM accounts, generate_series(1, $2::int) WHERE id IN ($3, $4) RETURNING office_id, id)
     INSERT INTO refresh_tokens (hash, office_id, session_id)
     SELECT sha256(convert_to(id::text || n, 'UTF8')), office_id, id FROM made, generate_series(1, 2) n`,
    days,
    many,
    accountId('staf'),
    accountId('staf', 2),
  );
const refused = (days: number, many: number) =>
  sql(
    `INSERT INTO refused_attempts (office_id, minute, account_id, client_id, route, case_id, code, reasons, times)
     SELECT office_id, alur_now() - $1 * interval '1 day' - interval '1 minute', id, id, 'GET /' || n, id, 'FORBIDDEN', '{}', 1
     FROM accounts, generate_series(1, $2::int) n WHERE id IN ($3, $4)`,
    days,
    many,
    accountId('staf'),
    accountId('staf', 2),
  );
const counted = (minutesAgo: number, many: number) =>
  sql(
    `INSERT INTO request_counts SELECT sha256(convert_to($1::text || n, 'UTF8')), floor(date_part('epoch', alur_now()) / 60) - $1::int, 1
     FROM generate_series(1, $2::int) n`,
    String(minutesAgo),
    many,
  );

it('a worker deletes more than a batch of each, and nothing that is younger', async () => {
  await signedIn(SIGN_IN_DAYS, MANY);
  await signedIn(SIGN_IN_DAYS - 1, 3);
  await refused(REFUSED_DAYS, MANY);
  await refused(REFUSED_DAYS - 1, 3);
  await counted(61, MANY);
  await counted(59, 3);
  expect((await counts()).sessions).toBe(2 * MANY + 6);
  const worker = await startApp({ beside: server, process: 'worker' });
  const left = { sessions: 6, tokens: 12, refused: 6, counted: 3 };
  await eventually('the end of what is old', async () => JSON.stringify(await counts()) === JSON.stringify(left));
  await worker.stop();
  expect(await counts()).toEqual(left);
}, 90_000);
