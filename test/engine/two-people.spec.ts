/** Step 8 has two boxes for two people: nobody confirms what they filed, whatever roles they hold. */
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person } from '../support/http.js';
import { expectRefused } from '../support/refused.js';

const GRANT = `
INSERT INTO role_grants (office_id, id, account_id, role)
SELECT office_id, gen_random_uuid(), id, $2 FROM accounts WHERE login = $1`;

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  // Both hold both roles, from before anybody has asked.
  await server.database.owner.query(GRANT, ['kasi', 'staff']);
  await server.database.owner.query(GRANT, ['staf', 'kasi']);
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const filedBy = async (person: Person): Promise<CaseBody> => {
  const now = await server.http.driveTo('archiving.filing');
  const reply = await server.http.event(person, now.id, now.stepSeq, 'FILE_DOCUMENTS');
  expect([reply.status, reply.body.state]).toEqual([200, 'archiving.confirming']);
  return reply.body;
};

describe.each([
  ['staf', 'kasi'],
  ['kasi', 'staf'],
] as const)('what %s filed', (filer, other) => {
  it('they cannot confirm themselves, by either door, and are not offered to', async () => {
    const now = await filedBy(filer);
    expect(now.allowed.map(({ event }) => event)).not.toContain('CONFIRM_ARCHIVE');
    const headers = { 'if-match': `"${now.stepSeq}"` };
    for (const ask of [
      () => server.http.event(filer, now.id, now.stepSeq, 'CONFIRM_ARCHIVE'),
      () =>
        server.http.post<typeof now & { code: string; detail: string }>(
          filer,
          `/kasi/cases/${now.id}/confirm-archive`,
          {},
          headers,
        ),
    ]) {
      const problem = await expectRefused(server, 'TRANSITION_REFUSED', ask);
      expect(problem.blockers?.map(({ code }) => code)).toEqual(['SAME_PERSON']);
    }
  });

  it(`${other} confirms`, async () => {
    const now = await filedBy(filer);
    const reply = await server.http.event(other, now.id, now.stepSeq, 'CONFIRM_ARCHIVE');
    expect([reply.status, reply.body.state]).toEqual([200, 'archived']);
  });

  it('stays theirs over a hold', async () => {
    const now = await filedBy(filer);
    const held = (await server.http.event(filer, now.id, now.stepSeq, 'HOLD')).body;
    const back = (await server.http.event(filer, held.id, held.stepSeq, 'RESUME')).body;
    const reply = await server.http.event(filer, back.id, back.stepSeq, 'CONFIRM_ARCHIVE');
    expect(reply.body.blockers?.map(({ code }) => code)).toEqual(['SAME_PERSON']);
  });
});
