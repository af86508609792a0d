/** R8: a worker's or an API's own clock may be an hour off; only the database's clock says what is due. */
import { firedCounts } from '../support/alarms.js';
import type { TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody, Http } from '../support/http.js';
import { withWallClock } from '../support/wall-clock.js';

const HOUR_MS = 3_600_000;

onEachBackend('a process whose clock is wrong', (backend) => {
  it.each([
    ['an hour fast', HOUR_MS],
    ['an hour slow', -HOUR_MS],
  ])(
    '%s: no alarm is early, none is missing, none comes twice',
    async (_name, shift) => {
      await withWallClock(shift, async () => {
        const server = await backend().start({ environment: { SWEEP_SECONDS: '1' } });
        try {
          const opened = await openTen(server.http.inOffice(2));
          await expectEachOnce(
            server,
            opened.map(({ id }) => id),
          );
        } finally {
          await server.stop();
        }
      });
    },
    90_000,
  );
});

function openTen(http: Http): Promise<CaseBody[]> {
  return Promise.all(Array.from({ length: 10 }, () => http.open()));
}

async function expectEachOnce({ database }: TestApp, ids: readonly string[]): Promise<void> {
  await eventually('all breaches', async () => (await firedCounts(database, ids, 100)).entries[1] === ids.length);
  expect(await firedCounts(database, ids, 100)).toEqual({ entries: { 1: 10 }, notices: { 1: 10 } });
  const { rows } = await database.owner.query<{ early: number; off: number }>(
    `SELECT count(*) FILTER (WHERE h.at <= c.due_at)::int AS early,
       count(*) FILTER (WHERE h.at NOT BETWEEN c.opened_at AND clock_timestamp())::int AS off
     FROM history h JOIN cases c ON c.id = h.case_id WHERE h.case_id = ANY($1::uuid[]) AND h.level = 100`,
    [ids],
  );
  expect(rows).toEqual([{ early: 0, off: 0 }]);
}
