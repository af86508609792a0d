/** Headers: who asks, which step they saw, under which key. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { localTokenKey, Tokens } from '../../src/access/tokens.js';
import { startApp, type TestApp } from '../support/app.js';
import { accountId, exampleOf, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectProblem, expectRefused } from '../support/refused.js';
import { documentedRoutes, fill } from '../support/routes.js';

let server: TestApp;
let open: CaseBody;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
  open = await server.http.driveTo('registration');
});
afterAll(() => server.stop());

const event = (headers: Record<string, string>, stepSeq: number | null = open.stepSeq) =>
  server.http.event('staf', open.id, stepSeq, 'REGISTER_LETTER', exampleOf('REGISTER_LETTER'), headers);

describe('If-Match', () => {
  it('missing is a 428 that says what to send', async () => {
    const problem = await expectRefused(server, 'IF_MATCH_REQUIRED', () => event({}, null));
    expect(problem.detail).toContain(`"${open.stepSeq}"`);
  });

  it.each([1, 3, 999_999_999])(
    'of step %d, which is not the present one, is a 412 with the present one',
    async (step) => {
      const problem = await expectRefused(server, 'STALE_CASE', () => event({}, step));
      expect(problem.params).toEqual({ stepSeq: 2, state: 'registration' });
    },
  );

  it.each(['*', '2', 'W/"2"', '"2", "3"', '""', '', '"two"', '"2.0"', '"-2"', '"99999999999"', "'2'"])(
    '%j is no ETag of ours',
    async (tag) => {
      const problem = await expectRefused(server, 'INVALID_INPUT', () => event({ 'if-match': tag }, null));
      expect(problem.issues?.map(({ path }) => path)).toEqual(['If-Match']);
    },
  );

  it('stale comes before a wrong state: the caller must look again first', () =>
    expectRefused(server, 'STALE_CASE', () => server.http.event('staf', open.id, 1, 'COMPLETE_SERVICE')));

  it('stale comes before a role that the new state refuses, and one is needed to hear of that', async () => {
    const now = await server.http.driveTo('headDisposition');
    const hold = (stepSeq: number | null) => () => server.http.event('staf', now.id, stepSeq, 'HOLD');
    await expectRefused(server, 'STALE_CASE', hold(2));
    await expectRefused(server, 'IF_MATCH_REQUIRED', hold(null));
    await expectRefused(server, 'FORBIDDEN', hold(now.stepSeq));
  });

  it('sent with an act that only adds a record is held to as well', () =>
    expectRefused(server, 'STALE_CASE', () => server.http.event('staf', open.id, 1, 'RECORD_PAPER')));
});

describe('Idempotency-Key', () => {
  it.each(['', 'a b', 'x'.repeat(201), 'kunci-é', 'a\tb'])('%j is no key', async (key) => {
    const problem = await expectRefused(server, 'INVALID_INPUT', () => event({ 'idempotency-key': key }));
    expect(problem.issues?.map(({ path }) => path)).toEqual(['Idempotency-Key']);
  });

  it('used again for another body, event, case or door is a 422', async () => {
    const key = { 'idempotency-key': 'used-once' };
    const first = await server.http.event('staf', open.id, open.stepSeq, 'RECORD_PAPER', { kind: 'CASE_FILE' }, key);
    expect(first.status).toBe(200);
    const other = await server.http.open();
    const again = (id: string, type: string, payload: object) => () =>
      server.http.event('staf', id, id === open.id ? open.stepSeq : other.stepSeq, type, payload, key);
    await expectRefused(server, 'IDEMPOTENCY_MISMATCH', again(open.id, 'RECORD_PAPER', { kind: 'AGENDA_BOOK' }));
    await expectRefused(
      server,
      'IDEMPOTENCY_MISMATCH',
      again(open.id, 'REGISTER_LETTER', exampleOf('REGISTER_LETTER')),
    );
    await expectRefused(server, 'IDEMPOTENCY_MISMATCH', again(other.id, 'RECORD_PAPER', { kind: 'CASE_FILE' }));
    const body = {
      service: 'kim-member-service',
      applicant: { name: 'Nama', kim: 'KIM', village: 'Desa', purpose: 'Lain' },
    };
    await expectRefused(server, 'IDEMPOTENCY_MISMATCH', () => server.http.post('staf', '/cases', body, key));
  });
});

describe('Authorization', () => {
  const ask = async (authorization: string | null): Promise<void> => {
    const response = await fetch(`${server.http.base}/api/v1/cases`, {
      headers: authorization === null ? {} : { authorization },
    });
    const text = await response.text();
    expect([authorization?.slice(0, 40), response.status]).toEqual([authorization?.slice(0, 40), 401]);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expectProblem(
      { status: response.status, headers: response.headers, text, body: JSON.parse(text) as ProblemBody },
      'UNAUTHENTICATED',
    );
  };

  it('missing is a 401', () => ask(null));

  it('that is no bearer token is a 401', async () => {
    const good = await server.http.token('staf');
    for (const bad of ['', 'Bearer', 'Bearer ', `Basic ${good}`, good, `Bearer ${good} ${good}`, 'Bearer a.b.c'])
      await ask(bad);
  });

  it('with a changed, expired or foreign token is a 401', async () => {
    const good = await server.http.token('staf');
    const pem = localTokenKey(server.dataDir);
    const expired = await new Tokens(pem, -10).issue(accountId('staf'), accountId('staf'));
    const { privateKey } = generateKeyPairSync('ed25519');
    const foreign = await new Tokens(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 30).issue(
      accountId('staf'),
      accountId('staf'),
    );
    const nobody = await new Tokens(pem, 30).issue('a1000000-0001-4000-8000-0001000000ff', accountId('staf'));
    const noUuid = await new Tokens(pem, 30).issue('staf', accountId('staf'));
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${good.split('.')[1]!}.`;
    const symmetric = await new SignJWT({ sub: accountId('staf') })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setExpirationTime('30m')
      .sign(Buffer.from(pem));
    const changed = `${good.slice(0, -4)}${good.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    for (const token of [changed, expired, foreign, nobody, noUuid, unsigned, symmetric]) await ask(`Bearer ${token}`);
  });

  it('is needed on every documented route but those that sign in, and what anybody may check the log with', async () => {
    const everybodys = ['/inspection/keys', '/inspection/verifier'];
    for (const { method, path } of (await documentedRoutes(server.http)).filter(
      (one) => !everybodys.includes(one.path),
    )) {
      const url = `${server.http.base}/api/v1${fill(path, { id: open.id, service: 'kim-member-service', document: '0' })}`;
      const response = await fetch(url, { method });
      await response.text();
      const expected = ['/auth/token', '/auth/password', '/auth/refresh'].includes(path) ? 400 : 401;
      expect([method, path, response.status]).toEqual([method, path, expected]);
    }
  });
});

describe('Accept-Language', () => {
  const wishes: readonly (readonly [string, 'id' | 'en'])[] = [
    ['', 'id'],
    ['en', 'en'],
    ['en-GB,en;q=0.8', 'en'],
    ['id,en;q=0.9', 'id'],
    ['en;q=0.2, id;q=0.7', 'id'],
    ['nl, en;q=0.5', 'en'],
    ['nl', 'id'],
    ['en;q=0', 'id'],
    [';;;===,,,', 'id'],
    ['en;q=x', 'id'],
  ];
  it.each(wishes)('%j is answered in %s', async (wish, language) => {
    const reply = await event({ 'accept-language': wish }, 1);
    expectProblem(reply, 'STALE_CASE', language);
    expect(reply.body.detail).toMatch(language === 'en' ? /^The case has moved on/ : /^Berkas sudah berpindah/);
  });
});
