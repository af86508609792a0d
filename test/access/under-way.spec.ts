/** A sign-in under way while its password or secret ends: it is refused, or what it opened ends with the rest. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type ProblemBody } from '../support/http.js';
import { newOfficer, OWN_PASSWORD } from '../support/officer.js';
import { expectProblem } from '../support/refused.js';
import { BEHIND_PROXY, postAuth, signInAs } from '../support/sign-in.js';

const NEXT = 'three egrets over the rice field';
let server: TestApp;
let other: Client;
beforeAll(async () => {
  server = await startApp({ environment: BEHIND_PROXY });
  other = new Client({ connectionString: server.database.superuserUrl });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await server.stop();
});

interface Secret extends ProblemBody {
  readonly id: string;
  readonly secret: string;
}
const admin = (path: string, body: object = {}) => server.http.post<Secret>('admin', `/admin${path}`, body);

let serial = 0;
async function clientWithSecret() {
  const login = `client-${(serial += 1)}`;
  const { id } = (await admin('/clients', { login, name: 'Aplikasi Contoh', scopes: ['read'] })).body;
  const { id: secretId, secret } = (await admin(`/clients/${id}/secrets`, { days: 90 })).body;
  return { id, login, secretId, secret };
}

const waitingForLock = async () => {
  const { rows } = await server.database.owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]!.n;
};

/** `asked` while another transaction has done `first` and not committed: it commits as soon as somebody waits for it. */
async function during<T>(first: string, values: readonly unknown[], asked: () => Promise<T>): Promise<T> {
  await other.query('BEGIN');
  await other.query(first, [...values]);
  let isAnswered = false;
  const answer = asked().finally(() => (isAnswered = true));
  // Whoever waits for nobody is answered: that is judged afterwards.
  await eventually('a statement that waits for the lock', async () => isAnswered || (await waitingForLock()) > 0);
  await other.query('COMMIT');
  return answer;
}

describe('a sign-in that was checked before, and opens after,', () => {
  it.each([
    [
      'a new password',
      `UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE id = $2) WHERE id = $1`,
    ],
    ['the end of its account', 'UPDATE accounts SET disabled_at = alur_now() WHERE id = $1 AND id <> $2'],
  ])('%s is refused', async (_, change) => {
    const { id, login } = await newOfficer(server.http);
    const reply = await during(change, [id, accountId('staf')], () => signInAs(server.http.base, login, OWN_PASSWORD));
    expectProblem(reply, 'WRONG_CREDENTIALS');
    const { rows } = await other.query('SELECT 1 FROM sessions WHERE account_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  it('the end of its secret is refused', async () => {
    const { id, login, secretId, secret } = await clientWithSecret();
    const revoke = 'UPDATE client_secrets SET revoked_at = alur_now() WHERE id = $1';
    const reply = await during(revoke, [secretId], () => signInAs(server.http.base, login, secret));
    expectProblem(reply, 'WRONG_CREDENTIALS');
    const { rows } = await other.query('SELECT 1 FROM sessions WHERE account_id = $1', [id]);
    expect(rows).toEqual([]);
  });
});

describe('a session that is committed while its end waits for it ends with the rest:', () => {
  /** What opening one does: the row it is opened under is held until the commit. */
  const OPENED = `
    WITH a AS (SELECT office_id, id FROM accounts WHERE id = $1 FOR SHARE),
    s AS (SELECT id FROM client_secrets WHERE id = $2::uuid FOR SHARE)
    INSERT INTO sessions (office_id, id, account_id, expires_at, secret_id)
    SELECT a.office_id, gen_random_uuid(), a.id, alur_now() + interval '1 hour', s.id FROM a LEFT JOIN s ON true`;

  async function endedBy(id: string, secretId: string | null, end: () => Promise<{ status: number }>) {
    const { status } = await during(OPENED, [id, secretId], end);
    expect(status).toBe(200);
    const { rows } = await other.query<{ why: string | null }>(
      'SELECT ended_because AS why FROM sessions WHERE account_id = $1',
      [id],
    );
    return rows.map(({ why }) => why);
  }

  it('by a changed password', async () => {
    const { id, login } = await newOfficer(server.http);
    const change = { account: login, password: OWN_PASSWORD, newPassword: NEXT };
    const why = await endedBy(id, null, () => postAuth(server.http.base, 'password', change));
    // The one that goes on is the one that the change itself opened.
    expect(why.map(String).sort()).toEqual(['null', 'password-changed', 'password-changed']);
  });

  it.each(['reset-password', 'disable'])('by %s', async (door) => {
    const { id } = await newOfficer(server.http);
    expect(await endedBy(id, null, () => admin(`/accounts/${id}/${door}`))).toEqual(['revoked', 'revoked']);
  });

  it('by a revoked secret', async () => {
    const { id, secretId } = await clientWithSecret();
    expect(await endedBy(id, secretId, () => admin(`/clients/${id}/secrets/${secretId}/revoke`))).toEqual(['revoked']);
  });
});
