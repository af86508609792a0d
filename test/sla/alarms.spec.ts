/**
 * Alarms in real time, in the office whose working minute lasts a second. The sweep is five minutes away, so whatever
 * comes in time was woken by BullMQ's job.
 */
import { drainsBy, levelsOf, toldOf } from '../support/alarms.js';
import type { TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually, inTime } from '../support/eventually.js';
import type { CaseBody, Http } from '../support/http.js';

const NO_SWEEP = { SWEEP_SECONDS: '300' };
const TEXT =
  /^Berkas KIM-\d{4}-\d{6}, langkah 1 \(Penerimaan pemohon\), melewati 3 menit kerja sejak \d\d\.\d\d WIB\. Pelaksana: Staff Administrasi\. Mohon tindak lanjut\.$/;

onEachBackend('alarms by the job', (backend) => {
  let server: TestApp;
  let kilat: Http;
  let atHead: CaseBody;
  let atKabid: CaseBody;
  beforeAll(async () => {
    server = await backend().start({ environment: NO_SWEEP });
    kilat = server.http.inOffice(2);
    // The long ladders run while the short tests do.
    atHead = await kilat.driveTo('headDisposition');
    atKabid = await kilat.driveTo('followUp');
  });
  afterAll(() => server.stop());

  const climbedTo = (level: number, { id, visit }: CaseBody) =>
    eventually(
      `level ${level} of visit ${visit}`,
      async () => (await levelsOf(server.database, id, visit)).some((row) => row.level === level),
      60_000,
    );

  it('tells the section head of a late step once, long before any sweep', async () => {
    const late = await kilat.open();
    await climbedTo(100, late);
    const [breach] = await levelsOf(server.database, late.id, 1);
    expect(breach).toMatchObject({ event: 'SLA_BREACHED', level: 100, visit: 1, seq: 2 });
    inTime('the breach', breach?.lateMs ?? Infinity, 20_000);
    expect(await drainsBy(server, 'job')).toBeGreaterThan(0);
    expect(await drainsBy(server, 'sweep')).toBe(1);
    const told = await toldOf(server.database, late.id, 1);
    expect(told.filter((one) => one.startsWith('100'))).toEqual(['100 SLA_BREACH kasi.kilat']);
    const { body } = await kilat.get<{ items: { caseId: string; level: number; text: string }[] }>('kasi', '/notices');
    expect(body.items.find(({ caseId, level }) => caseId === late.id && level === 100)?.text).toMatch(TEXT);
  });

  it('lets nobody’s If-Match go stale, and judges the step late', async () => {
    const seen = await kilat.open();
    await climbedTo(100, seen);
    const reply = await kilat.event('staf', seen.id, seen.stepSeq, 'RECEIVE_APPLICANT');
    expect([reply.status, reply.body.last.verdict]).toEqual([200, 'LATE']);
    expect(reply.body.stepSeq).toBe(seen.stepSeq + 1);
    expect(reply.body.last.usedMinutes).toBeGreaterThan(3);
  });

  it('never speaks of a step that was finished in time', async () => {
    const opened = await kilat.open();
    const { body: registered } = await kilat.event('staf', opened.id, opened.stepSeq, 'RECEIVE_APPLICANT');
    expect(registered.last.verdict).toBe('ON_TIME');
    // By the time the next step breaches, the first one's due time is long past.
    await climbedTo(100, registered);
    expect(await levelsOf(server.database, opened.id, 1)).toEqual([]);
  });

  it('stops with a hold and is armed again, once, by the resume', async () => {
    const opened = await kilat.open();
    const { body: held } = await kilat.event('staf', opened.id, opened.stepSeq, 'HOLD');
    expect(held).toMatchObject({ state: 'held', dueAt: null });
    await eventually('a second past the old due time', async () => {
      const { rows } = await server.database.owner.query<{ past: boolean }>(
        `SELECT alur_now() > $1::timestamptz + interval '1 second' AS past`,
        [opened.dueAt],
      );
      return rows[0]?.past;
    });
    expect(await levelsOf(server.database, opened.id)).toEqual([]);

    const { body: resumed } = await kilat.event('kasi', opened.id, held.stepSeq, 'RESUME');
    expect(resumed).toMatchObject({ state: 'intake', visit: 1 });
    expect(typeof resumed.dueAt).toBe('string');
    expect(Date.parse(resumed.dueAt!)).toBeGreaterThan(Date.parse(opened.dueAt!) + 1000);
    await climbedTo(200, resumed);
    expect((await levelsOf(server.database, opened.id)).map(({ level }) => level)).toEqual([100, 200]);
  });

  it('climbs the ladder of the head’s step, each level once, to the right people', async () => {
    await climbedTo(400, atHead);
    const climbed = await levelsOf(server.database, atHead.id, atHead.visit);
    expect(climbed.map(({ event, level }) => `${level} ${event}`)).toEqual([
      '80 SLA_WARNED',
      '100 SLA_BREACHED',
      '200 SLA_ESCALATED',
      '400 SLA_ESCALATED',
    ]);
    expect(await toldOf(server.database, atHead.id, atHead.visit)).toEqual([
      '80 SLA_WARNING kadin.kilat',
      '100 SLA_BREACH kasi.kilat',
      '100 SLA_BREACH sekdin.kilat',
      '200 SLA_ESCALATION kabid.kilat',
      '200 SLA_ESCALATION sekdin.kilat',
      '400 SLA_ESCALATION kadin.kilat',
    ]);
    const { rows } = await server.database.owner.query('SELECT next_alarm_at FROM cases WHERE id = $1', [atHead.id]);
    expect(rows).toEqual([{ next_alarm_at: null }]);
  }, 90_000);

  it('warns nobody of a one-minute step, and tells the named officer’s superior of its breach', async () => {
    await climbedTo(400, atKabid);
    expect(await toldOf(server.database, atKabid.id, atKabid.visit)).toEqual([
      '100 SLA_BREACH kadin.kilat',
      '100 SLA_BREACH kasi.kilat',
      '200 SLA_ESCALATION kabid.kilat',
      '200 SLA_ESCALATION sekdin.kilat',
      '400 SLA_ESCALATION kadin.kilat',
    ]);
  }, 90_000);
});
