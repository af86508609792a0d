/** R12: a case whose alarm cannot fire is tried five times, parked, listed, retried; it never stands in others' way. */
import { firedCounts } from '../support/alarms.js';
import { startApp, type TestApp } from '../support/app.js';
import { runScript } from '../support/command.js';
import type { CaseBody } from '../support/http.js';

const DUE_SECONDS = 181;
/** Of src/engine/due.store.ts. */
const WAITS_MS = [1000, 5000, 15_000, 60_000];

/** Each makes one alarm unfit to fire; what mends it again. */
const POISONS: Readonly<Record<string, readonly [poison: string, cure: string, reason: RegExp]>> = {
  'its machine is not installed here': [
    'UPDATE cases SET machine_version = 99 WHERE id = $1',
    'UPDATE cases SET machine_version = 1 WHERE id = $1',
    /^Machine kim-member-service@99 .* is not installed\.$/,
  ],
  'its calendar is gone': [
    'UPDATE cases SET calendar_version = 99 WHERE id = $1',
    'UPDATE cases SET calendar_version = 1 WHERE id = $1',
    /has no calendar version 99/,
  ],
  'its snapshot cannot be read': [
    `UPDATE cases SET snapshot = '{' || snapshot WHERE id = $1`,
    'UPDATE cases SET snapshot = substr(snapshot, 2) WHERE id = $1',
    /JSON/,
  ],
  'PostgreSQL refuses its entry': [
    `INSERT INTO agenda_entries SELECT office_id, 'incoming', 1999, 1, id, alur_now(), '{}' FROM cases WHERE id = $1`,
    'DELETE FROM agenda_entries WHERE case_id = $1',
    /^poisoned$/,
  ],
};

describe.each(Object.entries(POISONS))('a case of which %s', (_name, [poison, cure, reason]) => {
  let server: TestApp;
  let poisoned: CaseBody;
  let healthy: string[];
  let morning: number;
  beforeAll(async () => {
    server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
    morning = Date.parse('2026-11-24T02:00:00Z');
    await server.database.setNow(new Date(morning));
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => server.http.open()));
    poisoned = first!;
    healthy = others.map(({ id }) => id);
    // A trigger stands for whatever PostgreSQL may have against one row.
    await server.database.owner.query(`
      CREATE FUNCTION refuse_poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM agenda_entries a WHERE a.case_id = NEW.case_id AND a.year = 1999) THEN
          RAISE EXCEPTION 'poisoned'; END IF;
        RETURN NEW; END $$;
      GRANT EXECUTE ON FUNCTION refuse_poisoned() TO alur_app;
      CREATE TRIGGER refuse_poisoned BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION refuse_poisoned()`);
    await server.database.owner.query(poison, [poisoned.id]);
  });
  afterAll(() => server.stop());

  const at = (ms: number) => server.database.setNow(new Date(ms));
  const tried = async () => {
    const { rows } = await server.database.owner.query<{ failedAt: number; retryAt: number }>(
      `SELECT round(extract(epoch FROM failed_at) * 1000)::float8 AS "failedAt",
         round(extract(epoch FROM retry_at) * 1000)::float8 AS "retryAt" FROM failed_alarms WHERE case_id = $1`,
      [poisoned.id],
    );
    return rows[0]!;
  };
  const failure = async () => {
    const { rows } = await server.database.owner.query<{ tries: number; parked: boolean; reason: string }>(
      `SELECT tries, retry_at = 'infinity' AS parked, reason FROM failed_alarms WHERE case_id = $1`,
      [poisoned.id],
    );
    return rows[0];
  };
  const fired = async (ids: readonly string[]) => (await firedCounts(server.database, ids, 100)).entries;
  const parked = (...args: string[]) => runScript('parked', { DATABASE_URL: server.database.appUrl }, args);

  it('harms none of the others, and is tried five times, later and later', async () => {
    // However long it took to open them: all are due by then.
    await at(morning + (DUE_SECONDS + 30) * 1000);
    await server.drain();
    expect(await fired(healthy)).toEqual({ 1: 4 });
    for (const [index, waitMs] of WAITS_MS.entries()) {
      const { failedAt, retryAt } = await tried();
      expect(await failure()).toMatchObject({ tries: index + 1, parked: false });
      expect(retryAt - failedAt).toBe(waitMs);
      // Not due for another try yet: any number of drains change nothing. The first wait is too short to look.
      if (index > 0) {
        await at(failedAt);
        await Promise.all([server.drain(), server.drain()]);
        expect(await failure()).toMatchObject({ tries: index + 1, parked: false });
      }
      await at(retryAt + 1);
      await server.drain();
    }
    expect(await failure()).toEqual({ tries: 5, parked: true, reason: expect.stringMatching(reason) as string });
    await at(morning + 7_200_000);
    await server.drain();
    expect(await failure()).toMatchObject({ tries: 5, parked: true });
    expect(await fired([poisoned.id])).toEqual({ 0: 1 });
    expect(await fired(healthy)).toEqual({ 1: 4 });
  });

  it('is listed, and counted apart from what nobody has fired', async () => {
    const { code, out } = await parked();
    expect([code, out]).toEqual([1, expect.stringContaining(`PARKED contoh ${poisoned.caseNo}, due since `)]);
    expect(out).toContain('5 tries: ');
    expect(out).toContain('1 parked, 0 to be tried again\n');
    const metrics = await (await fetch(`${server.http.base}/metrics`)).text();
    expect(metrics).toContain('\nalur_alarms_parked 1\n');
    expect(metrics).toContain('\nalur_alarms_overdue 0\n');
    expect(metrics).toContain('\nalur_alarms_failed_total 5\n');
  });

  it('fires once it is mended and somebody asks for another try', async () => {
    await server.database.owner.query(cure, [poisoned.id]);
    expect(await parked('--retry', 'KIM-1999-000001')).toMatchObject({ code: 1 });
    expect(await parked('--retry', poisoned.caseNo)).toMatchObject({ code: 0 });
    await server.drain();
    expect(await fired([poisoned.id])).toEqual({ 1: 1 });
    expect(await failure()).toBeUndefined();
    expect(await parked()).toMatchObject({ code: 0, out: 'parked: 0 parked, 0 to be tried again\n' });
  });
});
