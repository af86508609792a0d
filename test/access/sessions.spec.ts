/** What becomes of a sign-in: renewed, signed out, stolen, ended by a new password; within five seconds, everywhere. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId } from '../support/http.js';
import { expectProblem } from '../support/refused.js';
import { postAuth, signInAs, statusWith } from '../support/sign-in.js';

let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  one = await startApp({ environment: { SESSION_HOURS: '2' } });
  two = await startApp({ environment: { SESSION_HOURS: '2' }, beside: one });
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

const BITES_WITHIN_MS = 5000;
const sql = (text: string, ...values: unknown[]) => one.database.owner.query(text, values);
const refresh = (app: TestApp, refreshToken: string) => postAuth(app.http.base, 'refresh', { refreshToken });

async function signedIn(account: string, password?: string) {
  const { status, body } = await signInAs(one.http.base, account, password);
  expect([account, status]).toEqual([account, 200]);
  return body;
}

/** Known to both processes before the test takes it away. */
async function knownToBoth(token: string): Promise<void> {
  for (const app of [one, two]) expect(await statusWith(app.http.base, token)).toBe(200);
}

const worthless = (token: string) =>
  eventually(
    'the end of the token in both processes',
    async () => (await Promise.all([one, two].map((app) => statusWith(app.http.base, token)))).every((s) => s === 401),
    BITES_WITHIN_MS,
  );

describe('a refresh token', () => {
  it('renews the sign-in, in any process, and the next one does again', async () => {
    const first = await signedIn('staf');
    expect(first.refreshExpiresIn).toBeGreaterThan(7190);
    const second = await refresh(two, first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    const third = await refresh(one, second.body.refreshToken);
    await knownToBoth(third.body.accessToken);
  });

  it('that comes a second time ends the sign-in: its tokens and the newest refresh token', async () => {
    const first = await signedIn('kadin');
    const second = (await refresh(one, first.refreshToken)).body;
    await knownToBoth(second.accessToken);
    expectProblem(await refresh(two, first.refreshToken), 'UNAUTHENTICATED');
    expectProblem(await refresh(one, second.refreshToken), 'UNAUTHENTICATED');
    await worthless(second.accessToken);
    const { rows } = await sql(
      'SELECT ended_because AS why FROM sessions WHERE account_id = $1 AND ended_at IS NOT NULL',
      accountId('kadin'),
    );
    expect(rows).toEqual([{ why: 'token-reused' }]);
  });

  it('ends no other sign-in of the same account', async () => {
    const mine = await signedIn('sekdin');
    const stolen = await signedIn('sekdin');
    await refresh(one, stolen.refreshToken);
    await refresh(one, stolen.refreshToken);
    await worthless(stolen.accessToken);
    expect(await statusWith(one.http.base, mine.accessToken)).toBe(200);
    expect((await refresh(one, mine.refreshToken)).status).toBe(200);
  });

  it('sent twenty times at once renews once at most, and the sign-in is ended', async () => {
    const { refreshToken } = await signedIn('kasi');
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => refresh(n % 2 ? one : two, refreshToken)));
    const won = replies.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 200)) expectProblem(reply, 'UNAUTHENTICATED');
    expectProblem(await refresh(one, won[0]!.body.refreshToken), 'UNAUTHENTICATED');
  });

  it('nobody has issued is refused, and so is an access token', async () => {
    const { accessToken } = await signedIn('staf');
    for (const token of ['x', 'A'.repeat(43), accessToken.slice(0, 200)]) {
      expectProblem(await refresh(one, token), 'UNAUTHENTICATED');
    }
  });

  it('opens no door itself', async () => {
    const { refreshToken } = await signedIn('staf');
    expect(await statusWith(one.http.base, refreshToken)).toBe(401);
  });

  it('is kept as a hash only', async () => {
    const { refreshToken } = await signedIn('staf');
    const { rows } = await sql('SELECT t::text AS row FROM refresh_tokens t UNION ALL SELECT s::text FROM sessions s');
    expect(rows.length).toBeGreaterThan(2);
    const bytes = Buffer.from(refreshToken, 'base64url').toString('hex');
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
    expect(JSON.stringify(rows)).not.toContain(bytes);
  });

  it('is worth nothing once its account is disabled', async () => {
    const { refreshToken } = await signedIn('kabid');
    await sql('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', accountId('kabid'));
    expectProblem(await refresh(one, refreshToken), 'UNAUTHENTICATED');
    await sql('UPDATE accounts SET disabled_at = NULL');
  });
});

describe('signing out', () => {
  it('ends this sign-in in every process within seconds, and no other', async () => {
    const mine = await signedIn('staf');
    const other = await signedIn('staf');
    await knownToBoth(mine.accessToken);
    const response = await fetch(`${one.http.base}/api/v1/auth/sign-out`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mine.accessToken}` },
    });
    expect(response.status).toBe(204);
    await worthless(mine.accessToken);
    expectProblem(await refresh(one, mine.refreshToken), 'UNAUTHENTICATED');
    await knownToBoth(other.accessToken);
  });
});

describe('a password', () => {
  const NEXT = 'two herons over the rice field';
  const change = (account: string, password: string, newPassword: string) =>
    postAuth(one.http.base, 'password', { account, password, newPassword });

  it('that an administrator set opens nothing but its own change', async () => {
    await sql('UPDATE accounts SET must_change_password = true WHERE id = $1', accountId('admin'));
    expectProblem(await signInAs(one.http.base, 'admin'), 'PASSWORD_CHANGE_REQUIRED');
    expectProblem(await signInAs(one.http.base, 'admin', 'a guess'), 'WRONG_CREDENTIALS');
    const changed = await change('admin', 'demo-password', NEXT);
    expect(changed.status).toBe(200);
    await knownToBoth(changed.body.accessToken);
    expectProblem(await signInAs(two.http.base, 'admin'), 'WRONG_CREDENTIALS');
    expect((await signInAs(two.http.base, 'admin', NEXT)).status).toBe(200);
  });

  it('once changed ends every sign-in that came by the old one', async () => {
    const before = await signedIn('inspektur');
    await knownToBoth(before.accessToken);
    const after = await change('inspektur', 'demo-password', NEXT);
    await worthless(before.accessToken);
    expectProblem(await refresh(two, before.refreshToken), 'UNAUTHENTICATED');
    expect(await statusWith(two.http.base, after.body.accessToken)).toBe(200);
  });

  it.each([
    ['too short', 'short'],
    ['the old one', 'demo-password'],
    ['with the account in it', 'kasi-kasi-kasi'],
    ['of 201 characters', 'x'.repeat(201)],
  ])('%s is refused as a new one', async (_, next) => {
    const reply = await change('kasi', 'demo-password', next);
    expectProblem(reply, 'INVALID_INPUT');
    expect(reply.body.issues?.map(({ path }) => path)).toEqual(['newPassword']);
    expect((await signInAs(one.http.base, 'kasi')).status).toBe(200);
  });

  it('is changed by nobody who does not know it, and guesses at it are counted', async () => {
    for (let guess = 0; guess < 5; guess++) {
      expectProblem(await change('kadin.kilat', `a guess ${guess}`, NEXT), 'WRONG_CREDENTIALS');
    }
    expectProblem(await change('kadin.kilat', 'demo-password', NEXT), 'RATE_LIMITED');
    expectProblem(await signInAs(one.http.base, 'kadin.kilat'), 'RATE_LIMITED');
  });
});

it('a sign-in ends by itself, whatever is refreshed', async () => {
  await one.database.setNow('2026-11-22T03:00:00Z');
  const first = await signedIn('staf');
  await one.database.setNow('2026-11-22T04:30:00Z');
  const second = await refresh(one, first.refreshToken);
  expect(second.status).toBe(200);
  expect(second.body.refreshExpiresIn).toBeLessThanOrEqual(1800);
  await one.database.setNow('2026-11-22T05:00:01Z');
  expectProblem(await refresh(one, second.body.refreshToken), 'UNAUTHENTICATED');
  await worthless(second.body.accessToken);
});
