/** RECALL_DISPOSITION takes a disposition back as if it had not been made; once delivered it stands. */
import { startApp, type TestApp } from '../support/app.js';
import { clockOf } from '../support/clock.js';
import { type CaseBody, type Person } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-25T02:00:00Z');
});
afterAll(() => server.stop());

const act = async (person: Person, now: CaseBody, event: string, payload?: object) => {
  const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
  expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  return reply.body;
};
const to = (recipientRole: string) => ({ disposition: { recipientRole, copyTo: [] } });

describe('a recall', () => {
  it.each(['dispositionRecording', 'dispositionDelivery'])(
    'from %s is a new visit to step 3 with its full time',
    async (state) => {
      const now = await server.http.driveTo(state);
      const back = await act('kadin', now, 'RECALL_DISPOSITION');
      expect(back).toMatchObject({ state: 'headDisposition', visit: now.visit + 1 });
      expect(Date.parse(back.dueAt ?? '') - Date.parse(back.last.at)).toBe(5 * 60_000);
      expect((await clockOf(server.http, now.id)).clock).toMatchObject({ running: true, budgetMinutes: 5 });
    },
  );

  it('forgets whom it named and what was recorded: both must be made again', async () => {
    const first = await server.http.driveTo('dispositionDelivery');
    const back = await act('kadin', first, 'RECALL_DISPOSITION');
    const without = await server.http.event('kadin', back.id, back.stepSeq, 'ISSUE_DISPOSITION', {});
    expect(without.body.blockers?.map(({ code }) => code)).toEqual(['OUTPUT_MISSING']);
    const again = await act('kadin', back, 'ISSUE_DISPOSITION', to('sekdin'));
    const unrecorded = await server.http.event('staf', again.id, again.stepSeq, 'RECORD_DISPOSITION', {});
    expect(unrecorded.body.blockers?.map(({ code }) => code)).toEqual(['OUTPUT_MISSING']);
    const followUp = await server.http.driveTo('followUp', again);
    const old = await server.http.event('kabid', followUp.id, followUp.stepSeq, 'FOLLOW_UP_DISPOSITION');
    expect(old.body.blockers?.map(({ code }) => code)).toEqual(['NOT_NAMED_RECIPIENT']);
    expect((await act('sekdin', followUp, 'FOLLOW_UP_DISPOSITION')).state).toBe('serviceDelivery');
  });

  it('comes too late once the letter is delivered', async () => {
    const now = await server.http.driveTo('followUp');
    const reply = await server.http.event('kadin', now.id, now.stepSeq, 'RECALL_DISPOSITION');
    expect([reply.status, reply.body.blockers?.map(({ code }) => code)]).toEqual([409, ['WRONG_STATE']]);
  });
});
