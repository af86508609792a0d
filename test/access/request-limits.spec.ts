/** S10: a limit of requests for each account that two processes keep together, and one process alone where it must. */
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';
import { BEHIND_PROXY, postAuth } from '../support/sign-in.js';

const LIMIT = 40;
let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  const environment = { REQUESTS_PER_MINUTE: String(LIMIT), ...BEHIND_PROXY };
  one = await startApp({ environment });
  two = await startApp({ environment, beside: one });
  // The beginning of a minute: a test must not fall on two.
  await one.database.setNow('2026-11-22T03:00:01Z');
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

const ask = (app: TestApp, person: Person) => app.http.get<ProblemBody>(person, '/services');

it('is kept in one process to the very request', async () => {
  const replies = await Promise.all(Array.from({ length: LIMIT + 20 }, () => ask(one, 'staf')));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
  const refused = replies.find(({ status }) => status === 429)!;
  expectProblem(refused, 'RATE_LIMITED');
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('is known to the other process a second later', async () => {
  // The other account's, from above, are told already or with these.
  for (let request = 0; request < LIMIT; request++) expect((await ask(one, 'kadin')).status).toBe(200);
  const shared = (requests: number) =>
    eventually('the shared count', async () => {
      const { rows } = await one.database.owner.query<{ n: number }>(
        'SELECT sum(requests)::int AS n FROM request_counts',
      );
      return rows[0]!.n >= requests;
    });
  await shared(2 * LIMIT);
  expect((await ask(two, 'kadin')).status).toBe(200);
  // All that was missing is the other process's own: so it has asked, and knows.
  await shared(2 * LIMIT + 1);
  let accepted = 0;
  await eventually('the limit in the other process', async () => {
    const { status } = await ask(two, 'kadin');
    if (status === 200) accepted += 1;
    return status === 429;
  });
  // By its own count alone it would have taken as many again.
  expect(accepted).toBeLessThan(LIMIT / 2);
});

it('is each account’s own', async () => {
  expect((await ask(one, 'kasi')).status).toBe(200);
});

it('holds for an address where nobody is signed in', async () => {
  const send = (from: string) => postAuth(one.http.base, 'refresh', { refreshToken: 'x' }, from);
  const replies = await Promise.all(Array.from({ length: LIMIT + 5 }, () => send('192.0.2.7')));
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
  expect((await send('192.0.2.8')).status).toBe(401);
});

it('holds for bad tokens by address, and keeps nobody out who has a good one', async () => {
  const from = { 'x-forwarded-for': '192.0.2.9' };
  const send = async (token: string | null) => {
    const headers = token === null ? from : { ...from, authorization: `Bearer ${token}` };
    const response = await fetch(`${one.http.base}/api/v1/services`, { headers });
    return { status: response.status, retry: response.headers.get('retry-after') };
  };
  const forged = `${(await one.http.token('kabid')).slice(0, -4)}AAAA`;
  const bad = [null, forged, 'x'];
  const replies = await Promise.all(Array.from({ length: LIMIT + 6 }, (_, n) => send(bad[n % 3]!)));
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(6);
  expect(Number(refused[0]?.retry)).toBeGreaterThan(0);
  expect((await send(await one.http.token('kabid'))).status).toBe(200);
});

it('keeps nobody from asking whether the service is alive', async () => {
  for (let request = 0; request < LIMIT * 2; request++) {
    expect((await fetch(`${one.http.base}/healthz`)).status).toBe(200);
  }
});

it('begins anew with the next minute', async () => {
  await one.database.setNow('2026-11-22T03:00:56Z');
  const replies = await Promise.all(Array.from({ length: LIMIT + 1 }, () => ask(one, 'sekdin')));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
  await eventually('the next minute', async () => (await ask(one, 'sekdin')).status === 200, 15_000);
});

it('is each process’s own while the shared count is away, and shared again afterwards', async () => {
  const { owner } = one.database;
  await owner.query('ALTER TABLE request_counts RENAME TO request_counts_away');
  try {
    const replies = await Promise.all(Array.from({ length: LIMIT + 10 }, () => ask(one, 'inspektur')));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    expectProblem(
      replies.find(({ status }) => status === 429)!,
      'RATE_LIMITED',
    );
    // The other process cannot have heard of it, and goes by its own.
    expect((await ask(two, 'inspektur')).status).toBe(200);
  } finally {
    await owner.query('ALTER TABLE request_counts_away RENAME TO request_counts');
  }
  await eventually('the count of both', async () => {
    const text = `SELECT requests FROM request_counts WHERE key = sha256(convert_to($1, 'UTF8'))`;
    const { rows } = await owner.query<{ requests: number }>(text, [accountId('inspektur')]);
    return (rows[0]?.requests ?? 0) > LIMIT;
  });
});
