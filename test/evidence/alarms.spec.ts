/** What a superuser does to a running office reaches the inspectorate: by webhook, by mail, by the bell; once, and again when it changes. */
import { AlarmStore } from '../../src/evidence/alarm.store.js';
import { Signer } from '../../src/evidence/signer.js';
import { Metrics } from '../../src/ops/metrics.js';
import { startApp, type TestApp } from '../support/app.js';
import { addEndpoint } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import type { CaseBody } from '../support/http.js';
import { addressOf, letIn, messages, withMail } from '../support/inspectorate.js';
import { countOf, sealed } from '../support/log.js';
import { Mailbox } from '../support/mailbox.js';
import { Receiver } from '../support/receiver.js';

interface Alarm {
  readonly alarmId: string;
  readonly source: string;
  readonly caseId: string | null;
  readonly differences: number;
}

let mailbox: Mailbox;
let receiver: Receiver;
let server: TestApp;
let done: CaseBody;

async function furnish(selfCheckSeconds: string): Promise<void> {
  mailbox = await Mailbox.open();
  receiver = await Receiver.open();
  server = await startApp({ environment: { ...withMail(mailbox), SELF_CHECK_SECONDS: selfCheckSeconds } });
  await addEndpoint(server, receiver, 'Inspektorat', { evidence: true });
  await addressOf(server, 'inspektur', 1, 'inspektur@inspektorat.example');
  for (const table of ['history', 'records', 'log_entries', 'log_tiles', 'cases'])
    await sql(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  done = await server.http.driveTo('headDisposition');
  // Recorded in the log, and in no case; refused until the case stands under a checkpoint.
  await sealed(server.database);
  await eventually('an export', async () => {
    await signer().signIfDue(true);
    return (await server.http.get('inspektur', `/inspection/cases/${done.id}/export`)).status === 200;
  });
  await sealed(server.database);
  await eventually('signed', async () => {
    await signer().signIfDue(true);
    const size = await countOf(server.database, 'log_entries');
    return countOf(server.database, `log_checkpoints WHERE size = ${size}`);
  });
}
afterEach(async () => {
  await server.stop();
  await Promise.all([receiver.close(), mailbox.down()]);
});

const sql = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);
const signer = () => server.app.get(Signer, { strict: false });
const alarms = () => messages<Alarm>(receiver, 'alur.integrity');
const mails = () => mailbox.mails.filter(({ subject }) => subject?.startsWith('[Alur] Keutuhan'));
const bell = async (headers = {}) =>
  (await server.http.get<{ items: { kind: string; caseId: string }[] }>('inspektur', '/notices', headers)).body.items;
const runs = async (result: string) =>
  (await server.app.get(Metrics, { strict: false }).selfChecks.get()).values.find(
    ({ labels }) => labels.result === result,
  )?.value ?? 0;
/** Two more whole runs: the first may have begun before what they are to see. */
const twoRuns = async (result: string) => {
  const before = await runs(result);
  await eventually(`two runs that ${result}`, async () => (await runs(result)) >= before + 2);
};
/** All that was to be sent has arrived. */
const settled = () =>
  eventually('all sent', async () => (await countOf(server.database, "deliveries WHERE status <> 'sent'")) === 0);

describe('within a period, the inspectorate hears that a superuser has', () => {
  beforeEach(() => furnish('1'));

  it.each([
    [
      'changed a text',
      "UPDATE history SET entry = replace(entry, 'staff', 'kadin') WHERE case_id = $1 AND seq = 2",
      true,
    ],
    ['moved a case', "UPDATE cases SET state = 'followUp' WHERE id = $1", true],
    ['deleted a case', 'DELETE FROM cases WHERE id = $1', false],
    [
      'deleted a case and its history',
      'WITH h AS (DELETE FROM history WHERE case_id = $1) DELETE FROM cases WHERE id = $1',
      false,
    ],
  ])('%s: which one, by webhook and mail', async (_what, change, isThere) => {
    await sql(change, done.id);
    const message = await eventually('the alarm', () => alarms().find(({ data }) => data.caseId === done.id));
    expect(message).toMatchObject({ subject: done.id, data: { source: 'self-check', caseId: done.id } });
    expect(message.data.differences).toBeGreaterThan(0);
    const named = isThere ? done.caseNo : done.id;
    const mail = await eventually('the mail', () => mails().find(({ subject }) => subject?.includes(`: ${named} /`)));
    expect(mail.recipients).toEqual(['inspektur@inspektorat.example']);
    expect((await bell()).some(({ kind, caseId }) => kind === 'INTEGRITY' && caseId === done.id)).toBe(isThere);
    expect(receiver.received.map(({ body }) => body).join()).not.toMatch(/kadin|followUp|Pemohon/);
  });

  it.each([
    ['cut the log', 'DELETE FROM log_entries WHERE idx = (SELECT max(idx) FROM log_entries)'],
    ['taken an entry out of its middle', 'DELETE FROM log_entries WHERE idx = 1'],
    [
      'written an entry past the program',
      `INSERT INTO history SELECT office_id, gen_random_uuid(), 1, at, event, actor_id, visit, NULL, entry, hash
       FROM history WHERE seq = 1 LIMIT 1`,
    ],
    ['changed a record', "UPDATE records SET entry = replace(entry, 'EXPORT', 'IMPORT')"],
    ['planted a tile', "INSERT INTO log_tiles VALUES (0, 7, decode(repeat('00', 8192), 'hex'), sha256('x'))"],
  ])('%s: without a case', async (_what, change) => {
    await sql(change);
    const message = await eventually('the alarm', () =>
      alarms().find(({ data }) => data.source === 'self-check' && data.caseId === null),
    );
    expect(message).not.toHaveProperty('subject');
    // An entry that is gone from the log may be a difference of its case as well.
    const about = '[Alur] Keutuhan riwayat: log / Integrity of the history';
    const mail = await eventually('the mail', () => mails().find(({ subject }) => subject === about));
    expect(mail.recipients).toEqual(['inspektur@inspektorat.example']);
  });
});

describe('an alarm', () => {
  beforeEach(() => furnish('1'));
  /** Harmless, and not mended by anybody: a case is found by another number than its own. */
  const drift = (by = 'x') =>
    sql('UPDATE case_register SET case_no = $2 WHERE case_id = $1', done.id, done.caseNo + by);

  it('is told once while it stands, again when it changes, and again when it comes back', async () => {
    await drift();
    await eventually('the first', () => alarms().length);
    await twoRuns('differs');
    expect(alarms()).toHaveLength(1);
    await sql("UPDATE history SET entry = replace(entry, 'staff', 'kadin') WHERE case_id = $1 AND seq = 2", done.id);
    await eventually('the second', () => alarms().length >= 2);
    await twoRuns('differs');
    await sql("UPDATE history SET entry = replace(entry, 'kadin', 'staff') WHERE case_id = $1 AND seq = 2", done.id);
    await drift('');
    await twoRuns('agrees');
    expect(await countOf(server.database, 'integrity_alarms WHERE ended_at IS NULL')).toBe(0);
    const before = alarms().length;
    await drift();
    await eventually('once more', () => alarms().length > before);
    await settled();
    expect(new Set(alarms().map(({ data }) => data.alarmId)).size).toBe(alarms().length);
    const rung = (await bell()).filter(({ kind }) => kind === 'INTEGRITY');
    expect([rung.length, mails().length]).toEqual([alarms().length, alarms().length]);
  }, 120_000);

  it('is told once by two processes', async () => {
    const other = await startApp({ beside: server, process: 'worker', environment: { SELF_CHECK_SECONDS: '1' } });
    const theirs = async () => {
      const { values } = await other.app.get(Metrics, { strict: false }).selfChecks.get();
      return values.find(({ labels }) => labels.result === 'differs')?.value ?? 0;
    };
    await drift();
    await eventually('both have seen it', async () => (await runs('differs')) >= 2 && (await theirs()) >= 2);
    expect(await countOf(server.database, 'integrity_alarms')).toBe(1);
    await other.stop();
  }, 120_000);

  it('goes to inspectors by a letter too, and one about the log once, however many offices they inspect', async () => {
    await addressOf(server, 'inspektur', 2, 'inspektur.kilat@inspektorat.example');
    await letIn(server, 'inspektur');
    await drift();
    await eventually('both mails', () => mails().length >= 2);
    expect(
      mails()
        .map(({ recipients }) => recipients[0])
        .sort(),
    ).toEqual(['inspektur.kilat@inspektorat.example', 'inspektur@inspektorat.example']);
    const [row] = (await sql('SELECT code FROM offices o JOIN cases c ON c.office_id = o.id WHERE c.id = $1', done.id))
      .rows as { code: string }[];
    const theirs = await server.http
      .inOffice(2)
      .get<{ items: { kind: string }[] }>('inspektur', '/notices', { 'inspect-office': row!.code });
    expect(theirs.body.items.map(({ kind }) => kind)).toContain('INTEGRITY');
    mailbox.mails.length = 0;
    await sql("INSERT INTO log_tiles VALUES (0, 7, decode(repeat('00', 8192), 'hex'), sha256('x'))");
    await eventually('both mails', () => mails().length >= 2);
    await twoRuns('differs');
    await settled();
    expect(mails()).toHaveLength(2);
  }, 120_000);
});

describe('a signer that refuses', () => {
  beforeEach(() => furnish('600'));

  it('and others that refuse at the same moment tell it once in each office', async () => {
    const store = server.app.get(AlarmStore, { strict: false });
    const finding = { officeId: null, caseId: null, why: 'the log has gaps', differences: 1 };
    await Promise.all(Array.from({ length: 6 }, () => store.tell('signer', [finding], true)));
    expect(await countOf(server.database, 'integrity_alarms')).toBe(await countOf(server.database, 'offices'));
  });

  it('tells it, once, and again when it refuses after it has signed', async () => {
    // Only what was signed can be missed.
    await sealed(server.database);
    await signer().signIfDue(true);
    const { rows } = (await sql('DELETE FROM log_entries WHERE idx >= 3 RETURNING *')) as unknown as {
      rows: Record<string, unknown>[];
    };
    // Asked now: by itself it looks once a minute.
    const message = await eventually('the alarm', async () => {
      await signer().signIfDue(true);
      return alarms()[0];
    });
    expect(message).toMatchObject({ data: { source: 'signer', caseId: null, differences: 1 } });
    expect(message).not.toHaveProperty('subject');
    await eventually('the mail', () => mails().length);
    expect(mails()[0]!.text).toContain('Penandatanganan berhenti');
    for (let n = 0; n < 5; n++) await signer().signIfDue(true);
    const restore = () =>
      sql(
        `INSERT INTO log_entries SELECT idx, office_id, chain_id, seq, at, decode(substr(hash, 3), 'hex')
         FROM json_to_recordset($1) AS r(idx bigint, office_id uuid, chain_id uuid, seq int, at timestamptz, hash text)`,
        JSON.stringify(rows.map((row) => ({ ...row, hash: `\\x${(row.hash as Buffer).toString('hex')}` }))),
      );
    await restore();
    await server.http.open();
    await sealed(server.database);
    await eventually('signed again', async () => {
      await signer().signIfDue(true);
      return (await countOf(server.database, 'integrity_alarms WHERE ended_at IS NULL')) === 0;
    });
    expect(alarms()).toHaveLength(1);
    await sql('DELETE FROM log_entries WHERE idx >= 3');
    await eventually('the second', () => alarms().length >= 2);
  }, 120_000);
});
