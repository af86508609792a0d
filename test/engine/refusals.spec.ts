/** Refusals that name their reason: the code, what is missing, and what may be done instead. Nothing is written. */
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, type CaseBody, type Person, type ProblemBody } from '../support/http.js';
import { expectRefused } from '../support/refused.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const codes = ({ blockers = [] }: ProblemBody) => blockers.map(({ code }) => code);
const blocker = ({ blockers = [] }: ProblemBody, wanted: string) => blockers.find(({ code }) => code === wanted);
const send = async (person: Person, now: CaseBody, event: string, payload: object = exampleOf(event)) => {
  const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
  expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  return reply.body;
};
const refused = (person: Person, now: CaseBody, event: string, payload: object = exampleOf(event)) =>
  expectRefused(server, 'TRANSITION_REFUSED', () => server.http.event(person, now.id, now.stepSeq, event, payload));

describe('a wrong state', () => {
  it('is a 409 that says what the case takes instead', async () => {
    const problem = await refused('staf', await server.http.open(), 'COMPLETE_SERVICE');
    expect(codes(problem)).toEqual(['WRONG_STATE']);
    expect(blocker(problem, 'WRONG_STATE')?.params).toEqual({ state: 'intake', event: 'COMPLETE_SERVICE' });
    expect(problem.allowed?.map(({ event }) => event).sort()).toEqual(
      ['HOLD', 'RECEIVE_APPLICANT', 'RECORD_PAPER', 'RETURN_INCOMPLETE', 'WITHDRAW'].sort(),
    );
  });

  it('of a closed case takes nothing more', async () => {
    const now = await send('kasi', await server.http.open(), 'CANCEL');
    const problem = await refused('staf', now, 'RECEIVE_APPLICANT');
    expect(problem).toMatchObject({ allowed: [], blockers: [{ code: 'WRONG_STATE' }] });
  });
});

describe('a wrong role', () => {
  it('is a 403 that names the right ones', async () => {
    const now = await server.http.open();
    const problem = await expectRefused(server, 'FORBIDDEN', () =>
      server.http.event('kadin', now.id, now.stepSeq, 'RECEIVE_APPLICANT'),
    );
    expect(problem.detail).toContain('staff');
    expect(blocker(problem, 'WRONG_ROLE')?.params).toEqual({ roles: ['staff'] });
  });

  it('is refused even without If-Match or with a payload that does not fit', async () => {
    const now = await server.http.open();
    await expectRefused(server, 'FORBIDDEN', () => server.http.event('kadin', now.id, null, 'CANCEL', { x: 1 }));
  });
});

describe('missing papers', () => {
  it('are listed by kind, all at once, with the missing output', async () => {
    const problem = await refused('staf', await server.http.open(), 'RECEIVE_APPLICANT', {});
    expect(codes(problem)).toEqual(['PAPERS_MISSING', 'OUTPUT_MISSING']);
    expect(blocker(problem, 'PAPERS_MISSING')?.params).toEqual({ missing: ['NEWS_PRINTOUT', 'ASSIGNMENT_LETTER'] });
    expect(blocker(problem, 'OUTPUT_MISSING')?.params).toEqual({ missing: 'CASE_FILE' });
  });

  it('are those that are neither on file nor listed', async () => {
    const now = await server.http.open();
    const half = await send('staf', now, 'RECORD_PAPER', { kind: 'NEWS_PRINTOUT' });
    const problem = await refused('staf', half, 'RECEIVE_APPLICANT', { papers: ['CASE_FILE'] });
    expect(codes(problem)).toEqual(['PAPERS_MISSING']);
    expect(blocker(problem, 'PAPERS_MISSING')?.params).toEqual({ missing: ['ASSIGNMENT_LETTER'] });
    await send('staf', half, 'RECEIVE_APPLICANT', { papers: ['WALK_IN', 'CASE_FILE'] });
  });

  it('are missing again after the case was returned for them', async () => {
    const now = await server.http.driveTo('serviceDelivery');
    const back = await send('staf', now, 'RETURN_INCOMPLETE', { missing: ['NEWS_PRINTOUT'], reason: 'Tidak terbaca.' });
    const again = await send('staf', back, 'RESUBMIT', { reason: 'Menyusul.' });
    const problem = await refused('staf', again, 'COMPLETE_SERVICE');
    expect(blocker(problem, 'PAPERS_MISSING')?.params).toEqual({ missing: ['NEWS_PRINTOUT'] });
  });
});

describe('a missing output', () => {
  it.each<[state: string, person: Person, event: string, payload: object, output: string]>([
    ['intake', 'staf', 'RECEIVE_APPLICANT', { papers: ['NEWS_PRINTOUT', 'WALK_IN'] }, 'CASE_FILE'],
    ['registration', 'staf', 'REGISTER_LETTER', { papers: ['AGENDA_BOOK', 'DISPOSITION_SHEET'] }, 'AGENDA_ENTRY'],
    ['headDisposition', 'kadin', 'ISSUE_DISPOSITION', {}, 'DISPOSITION'],
    ['dispositionRecording', 'staf', 'RECORD_DISPOSITION', { papers: ['AGENDA_BOOK'] }, 'RECORDED_DISPOSITION'],
    ['dispositionDelivery', 'staf', 'DELIVER_DISPOSITION', {}, 'DELIVERED_DISPOSITION'],
    ['followUp', 'kabid', 'FOLLOW_UP_DISPOSITION', {}, 'FOLLOW_UP_DOCUMENT'],
    ['serviceDelivery', 'staf', 'COMPLETE_SERVICE', {}, 'SERVICE_DOCUMENT'],
    ['archiving.filing', 'staf', 'FILE_DOCUMENTS', {}, 'ARCHIVE'],
  ])('of %s is named', async (state, person, event, payload, output) => {
    const problem = await refused(person, await server.http.driveTo(state), event, payload);
    expect(codes(problem)).toEqual(['OUTPUT_MISSING']);
    expect(blocker(problem, 'OUTPUT_MISSING')?.params).toEqual({ missing: output });
  });
});

describe('a disposition', () => {
  it('names an officer who holds the role, or is refused with the choices', async () => {
    const now = await server.http.driveTo('headDisposition');
    const name = (recipient: string) => ({ disposition: { recipientRole: 'kabid', recipient } });
    for (const somebody of ['sekdin', 'kabid.kilat', 'nobody', '__proto__']) {
      const problem = await refused('kadin', now, 'ISSUE_DISPOSITION', name(somebody));
      expect(blocker(problem, 'RECIPIENT_UNKNOWN')?.params).toMatchObject({ recipient: somebody, choices: ['kabid'] });
    }
    expect((await send('kadin', now, 'ISSUE_DISPOSITION', name('kabid'))).state).toBe('dispositionRecording');
  });

  it('is followed up by the named one only, though both roles know the step', async () => {
    const disposition = { recipientRole: 'sekdin' };
    const head = await server.http.driveTo('headDisposition');
    const now = await server.http.driveTo('followUp', await send('kadin', head, 'ISSUE_DISPOSITION', { disposition }));
    const problem = await refused('kabid', now, 'FOLLOW_UP_DISPOSITION');
    expect(codes(problem)).toEqual(['NOT_NAMED_RECIPIENT']);
    expect(problem.allowed?.map(({ event }) => event)).not.toContain('FOLLOW_UP_DISPOSITION');
    expect((await send('sekdin', now, 'FOLLOW_UP_DISPOSITION')).state).toBe('serviceDelivery');
  });
});

describe('an outgoing letter', () => {
  it('that was made must have its number before row 8', async () => {
    const now = await server.http.driveTo('serviceDelivery');
    const made = await send('staf', now, 'RECORD_PAPER', { kind: 'OUTGOING_LETTER' });
    const problem = await refused('staf', made, 'COMPLETE_SERVICE');
    expect(codes(problem)).toEqual(['OUTGOING_LETTER_UNNUMBERED']);
    const numbered = await send('staf', made, 'REGISTER_OUTGOING_LETTER');
    expect(numbered.last.number).toEqual({ name: 'outgoing', year: 2026, value: '1' });
    expect((await send('staf', numbered, 'COMPLETE_SERVICE')).state).toBe('archiving.filing');
  });

  it('that was not made needs none', async () => {
    const now = await server.http.driveTo('serviceDelivery');
    expect((await send('staf', now, 'COMPLETE_SERVICE')).state).toBe('archiving.filing');
  });
});
