/** S9: marks in everything that is personal or secret, then a search for them wherever they must not be. */
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';
import { heldIn } from '../support/redis-scan.js';
import { exampleOf, type CaseBody, type ProblemBody } from '../support/http.js';
import { postAuth, signInAs } from '../support/sign-in.js';

const MARK = 'canary7f3a';
const applicant = {
  name: `${MARK}name`,
  kim: `${MARK}kim`,
  village: `${MARK}village`,
  purpose: `${MARK}purpose`,
};
/** Where personal data and secrets may lie: their own tables. */
const THEIRS = ['case_applicants', 'case_payloads', 'agenda_entries'];

describeWithRedis('marks in names, notes, passwords and tokens', () => {
  let redis: TestRedis;
  let server: TestApp;
  const problems: string[] = [];
  const secrets: string[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    server = await startApp({ redisUrl: redis.url });
    await act();
    await fail();
    await server.drain();
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  /** A whole case with marks, and a second that is late at once. */
  async function act(): Promise<void> {
    await server.database.setNow('2026-11-25T01:00:00Z');
    const { http } = server;
    const { body } = await http.post<CaseBody>('staf', '/cases', { service: service.id, applicant });
    const receive = { ...exampleOf('RECEIVE_APPLICANT'), note: `${MARK}note` };
    const now = await http.event('staf', body.id, 1, 'RECEIVE_APPLICANT', receive);
    expect(now.status).toBe(200);
    await http.driveTo('archived', now.body);
    const late = await http.post<CaseBody>('staf', '/cases', { service: service.id, applicant });
    await http.event('staf', late.body.id, 1, 'HOLD', { ...exampleOf('HOLD'), note: `${MARK}hold` });
    await http.post<CaseBody>('staf', '/cases', { service: service.id, applicant });
    await server.database.setNow('2026-11-25T03:00:00Z');
    const { body: tokens } = await signInAs(http.base, 'staf');
    secrets.push(tokens.accessToken.split('.')[2]!, tokens.refreshToken, 'demo-password');
    const made = await http.post<{ id: string }>('admin', '/admin/clients', {
      login: 'canary-client',
      name: 'x',
      scopes: ['read'],
    });
    const secret = await http.post<{ secret: string }>('admin', `/admin/clients/${made.body.id}/secrets`, { days: 1 });
    secrets.push(secret.body.secret);
  }

  /** Refusals of bodies, headers and addresses that hold marks. */
  async function fail(): Promise<void> {
    const { http } = server;
    const keep = (reply: { text: string; status: number }) => {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      problems.push(reply.text);
    };
    keep(
      await http.post<ProblemBody>('staf', '/cases', {
        service: service.id,
        applicant: { ...applicant, phone: `${MARK}phone` },
      }),
    );
    keep(
      await http.post<ProblemBody>('staf', '/cases', {
        service: service.id,
        applicant: { ...applicant, name: 7, nik: `${MARK}nik` },
      }),
    );
    keep(await http.get('staf', `/cases?text=${MARK}&limit=x`));
    keep(await http.get('staf', `/cases?cursor=${MARK}`));
    keep(await http.post<ProblemBody>('staf', '/cases', {}, { 'idempotency-key': `${MARK} key` }));
    keep(await postAuth(http.base, 'token', { account: 'kasi', password: `${MARK}password` }));
    keep(await postAuth(http.base, 'password', { account: 'kasi', password: 'demo-password', newPassword: MARK }));
    keep(await postAuth(http.base, 'refresh', { refreshToken: `${MARK}refresh` }));
  }

  const expectClean = (where: string, text: string) => {
    const found = [MARK, ...secrets].filter((mark) => text.includes(mark));
    expect([where, found]).toEqual([where, []]);
  };

  it('are not in the bodies of problems', () => {
    expect(problems.length).toBeGreaterThan(7);
    for (const problem of problems) expectClean('problem', problem);
  });

  it('are in no other table than their own, the queue’s included', async () => {
    const { rows } = await server.database.owner.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'bullmq')`,
    );
    expect(rows.length).toBeGreaterThan(15);
    let marked = 0;
    for (const { name } of rows) {
      const { rows: found } = await server.database.owner.query<{ text: string | null }>(
        `SELECT string_agg(t::text, ' ') AS text FROM ${name} t`,
      );
      const text = found[0]?.text ?? '';
      if (THEIRS.includes(name.replace('public.', ''))) marked += text.includes(MARK) ? 1 : 0;
      else expectClean(name, text);
    }
    // The search finds them where they are.
    expect(marked).toBeGreaterThanOrEqual(2);
  });

  it('are not in Redis', async () => {
    const held = await heldIn(redis.direct);
    expect(held.length).toBeGreaterThan(0);
    for (const { key, text } of held) expectClean(key, key + text);
  });

  it('would be found there, in a value of any type, however long and however often it is repeated', async () => {
    const { direct } = redis;
    const long = `${MARK} `.repeat(500);
    await direct.set('planted:string', long);
    await direct.hset('planted:hash', 'data', JSON.stringify({ name: long }));
    await direct.rpush('planted:list', long);
    await direct.sadd('planted:set', long);
    await direct.zadd('planted:zset', 1, long);
    await direct.xadd('planted:stream', '*', 'data', long);
    const planted = (await heldIn(direct)).filter(({ key }) => key.startsWith('planted:'));
    await direct.del(...planted.map(({ key }) => key));
    expect(planted.length).toBe(6);
    for (const { key, text } of planted) expect([key, text.includes(MARK)]).toEqual([key, true]);
  });

  it('are not in metrics', async () =>
    expectClean('metrics', await (await fetch(`${server.http.base}/metrics`)).text()));
});
