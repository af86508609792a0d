/** The queue forgets everything while alarms are ahead: the sweep fires them all the same, each once, and in time. */
import { drainsBy, firedCounts } from '../support/alarms.js';
import type { TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually, inTime } from '../support/eventually.js';
import type { CaseBody, Http } from '../support/http.js';

const CASES = 200;
/** R5: nobody waits longer than the sweep and a little, though the jobs are gone. */
const LATE_MS = 20_000;

onEachBackend('a queue that lost its jobs', (backend) => {
  let server: TestApp;
  let kilat: Http;
  beforeAll(async () => {
    server = await backend().start({ environment: { SWEEP_SECONDS: '3' } });
    kilat = server.http.inOffice(2);
  });
  afterAll(() => server.stop());

  it('misses no alarm and rings none twice', async () => {
    const opened: CaseBody[] = [];
    while (opened.length < CASES) {
      opened.push(...(await Promise.all(Array.from({ length: 20 }, () => kilat.open()))));
      await backend().loseJobs(server);
    }
    await backend().loseJobs(server);
    const ids = opened.map(({ id }) => id);
    await eventually(
      'all breaches',
      async () => (await firedCounts(server.database, ids, 100)).entries[1] === CASES,
      60_000,
    );
    expect(await firedCounts(server.database, ids, 100)).toEqual({
      entries: { 1: CASES },
      notices: { 1: CASES },
    });
    const { rows } = await server.database.owner.query<{ worst: number }>(
      `SELECT max(extract(epoch from at - (entry::json -> 'facts' ->> 'dueSince')::timestamptz) * 1000)::int AS worst
       FROM history WHERE level = 100 AND case_id = ANY($1::uuid[])`,
      [ids],
    );
    inTime('the latest alarm', rows[0]?.worst ?? Infinity, LATE_MS);
  }, 120_000);

  it('is used again afterwards', async () => {
    const before = await drainsBy(server, 'job');
    await kilat.open();
    await eventually('a drain by the job', async () => (await drainsBy(server, 'job')) > before);
  });
});
