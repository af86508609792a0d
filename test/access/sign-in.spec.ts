/** Signing in, and what a token is worth afterwards: roles and standing come from the database at each request. */
import { randomUUID } from 'node:crypto';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, HOLDERS, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

const PASSWORD = 'demo-password';

interface TokenBody {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { TOKEN_MINUTES: '7' } });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

async function signIn(account: string, password = PASSWORD) {
  const response = await fetch(`${server.http.base}/api/v1/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, password }),
  });
  const text = await response.text();
  const body = JSON.parse(text) as TokenBody & ProblemBody & { requestId?: string };
  return { status: response.status, headers: response.headers, text, body };
}
const services = (token: string) =>
  fetch(`${server.http.base}/api/v1/services`, { headers: { authorization: `Bearer ${token}` } });
const sql = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);

/** Seconds, not longer: what a process knows of a person is fresh for two. */
const FEW_SECONDS_MS = 10_000;
const within = (what: string, read: () => Promise<boolean>) => eventually(what, read, FEW_SECONDS_MS);

describe('signing in', () => {
  it('with the right password gives a token that works for as long as it says', async () => {
    const { status, body, headers } = await signIn('staf');
    expect([status, body.tokenType, body.expiresIn]).toEqual([200, 'Bearer', 420]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await services(body.accessToken)).status).toBe(200);
  });

  it('gives a token that says who it is and nothing else', async () => {
    const { body } = await signIn('kadin');
    const [, claims = ''] = body.accessToken.split('.');
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
    expect(payload.sub).toBe(accountId('kadin'));
  });

  it('refuses a wrong password and an unknown account with the same answer', async () => {
    const wrong = await signIn('sekdin', 'not the password');
    const unknown = await signIn('nobody-of-ours', 'not the password');
    for (const reply of [wrong, unknown]) expectProblem(reply, 'WRONG_CREDENTIALS');
    const bare = ({ body }: typeof wrong) => ({ ...body, requestId: null });
    expect(bare(wrong)).toEqual(bare(unknown));
    const names = ({ headers }: typeof wrong) => [...headers.keys()].sort();
    expect(names(wrong)).toEqual(names(unknown));
  });

  it('knows a login exactly as it is written', async () => {
    for (const login of ['STAF', ' staf', 'staf ', "staf' --", 'staf.kilat\u0020']) {
      expectProblem(await signIn(login), 'WRONG_CREDENTIALS');
    }
  });
});

describe('a disabled account', () => {
  afterEach(() => sql('UPDATE accounts SET disabled_at = NULL'));

  it('is refused like a wrong password, and its token is worth nothing within seconds', async () => {
    const { body } = await signIn('kabid');
    expect((await services(body.accessToken)).status).toBe(200);
    await sql('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', accountId('kabid'));
    expectProblem(await signIn('kabid'), 'WRONG_CREDENTIALS');
    await within('the end of its token', async () => (await services(body.accessToken)).status === 401);
  });
});

describe('roles', () => {
  const mayOpenCases = (person: Person) => async () => {
    const reply = await server.http.post<CaseBody>(person, '/cases', {});
    // An empty body: who may open cases is told what is missing, who may not is told that.
    expect([400, 403]).toContain(reply.status);
    return reply.status === 400;
  };
  const not = (ask: () => Promise<boolean>) => async () => !(await ask());
  const grant = (person: Person, from: string, until: string, actingFor: Person | null = null) => {
    const letter = actingFor && '800/17/PLH/2026';
    return sql(
      `INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until, acting_for, letter_number)
       SELECT office_id, $1, id, 'staff', alur_now() + $3::interval, alur_now() + $4::interval, $5, $6
       FROM accounts WHERE id = $2`,
      randomUUID(),
      accountId(person),
      from,
      until,
      actingFor && accountId(actingFor),
      letter,
    );
  };

  it('end within seconds of the grant, whatever the token was issued with', async () => {
    const may = mayOpenCases(HOLDERS.staff);
    expect(await may()).toBe(true);
    await sql(`UPDATE role_grants SET valid_until = alur_now() WHERE account_id = $1`, accountId('staf'));
    await within('the end of the role', not(may));
    expectProblem(await server.http.post<ProblemBody>('staf', '/cases', {}), 'FORBIDDEN');
    await sql(`UPDATE role_grants SET valid_until = 'infinity' WHERE account_id = $1`, accountId('staf'));
    await within('the role again', may);
  });

  it('are not held before a grant begins, nor after it has ended', async () => {
    await grant('sekdin', '1 hour', '2 hours');
    await grant('sekdin', '-2 hours', '-1 hour');
    await grant('kabid', '-1 hour', '1 hour');
    await within('the one that holds today', mayOpenCases('kabid'));
    expect(await mayOpenCases('sekdin')()).toBe(false);
    await sql('UPDATE role_grants SET valid_from = alur_now() WHERE account_id = $1', accountId('sekdin'));
    await within('the one that has begun', mayOpenCases('sekdin'));
  });

  it('held for another are written into history with both people and the letter', async () => {
    await grant('kasi', '-1 hour', '1 hour', 'staf');
    await within('the acting role', mayOpenCases('kasi'));
    const body = { service: service.id, applicant: service.applicantExample };
    const opened = await server.http.post<CaseBody>('kasi', '/cases', body);
    expect(opened.status).toBe(201);
    const path = `/inspection/cases/${opened.body.id}/history`;
    const { body: history } = await server.http.get<{ entries: { actor: object; text: string }[] }>('inspektur', path);
    const acting = { actingFor: accountId('staf'), letterNumber: '800/17/PLH/2026' };
    expect(history.entries[0]?.actor).toMatchObject({ login: 'kasi', role: 'staff', ...acting });
    expect(JSON.parse(history.entries[0]?.text ?? '')).toMatchObject({ actor: { id: accountId('kasi'), ...acting } });
    await sql(`UPDATE role_grants SET valid_until = alur_now() WHERE acting_for IS NOT NULL`);
    await within('the end of the order', not(mayOpenCases('kasi')));
  });
});
