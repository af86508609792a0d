import { Registry } from '../../machines/registry.js';
import { Sql } from '../../src/db/sql.js';
import { replayAll, type ReplayCounts } from '../../src/engine/replay-all.js';
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Http, Person } from '../support/http.js';

let server: TestApp;
beforeAll(async () => {
  // What is planted in the desks would be mended meanwhile.
  server = await startApp({ environment: { TRUTH_SECONDS: '3600' } });
  await server.database.setNow('2026-11-24T01:00:00Z');
});
afterAll(() => server.stop());

interface Found extends ReplayCounts {
  readonly differing: readonly { caseNo: string; caseId: string; why: string }[];
}

async function replayed(pageSize?: number): Promise<Found> {
  const differing: { caseNo: string; caseId: string; why: string }[] = [];
  const sql = server.app.get(Sql, { strict: false });
  const listener = {
    differs: (caseNo: string, caseId: string, why: string) => differing.push({ caseNo, caseId, why }),
    progress: () => undefined,
  };
  return { ...(await replayAll(sql, new Registry(), listener, pageSize)), differing };
}

/** Sends one event after another as whoever is named; fails loudly where one is refused. */
async function send(from: CaseBody, ...acts: readonly [Person, string, object?][]): Promise<CaseBody> {
  let now = from;
  for (const [person, event, payload] of acts) {
    const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
    if (reply.status !== 200) throw new Error(`${event} gave ${reply.status}: ${reply.text}`);
    now = reply.body;
  }
  return now;
}

/** One case of each kind the SOP and its exceptions can make. */
const KINDS: Readonly<Record<string, (http: Http) => Promise<CaseBody>>> = {
  'just opened': (http) => http.open(),
  archived: (http) => http.driveTo('archived'),
  held: async (http) => send(await http.driveTo('registration'), ['staf', 'HOLD']),
  'held and resumed in the second box of step 8': async (http) =>
    send(await http.driveTo('archiving.confirming'), ['kasi', 'HOLD'], ['kasi', 'RESUME'], ['kasi', 'CONFIRM_ARCHIVE']),
  returned: async (http) => send(await http.driveTo('serviceDelivery'), ['staf', 'RETURN_INCOMPLETE']),
  'returned and resubmitted': async (http) =>
    send(await http.open(), ['staf', 'RETURN_INCOMPLETE'], ['staf', 'RESUBMIT'], ['staf', 'RECEIVE_APPLICANT']),
  'recalled and disposed anew to another': async (http) =>
    send(
      await http.driveTo('dispositionDelivery'),
      ['kadin', 'RECALL_DISPOSITION'],
      ['kadin', 'ISSUE_DISPOSITION', { disposition: { recipientRole: 'sekdin' } }],
      ['staf', 'RECORD_DISPOSITION'],
      ['staf', 'DELIVER_DISPOSITION'],
      ['sekdin', 'FOLLOW_UP_DISPOSITION'],
    ),
  rejected: async (http) => send(await http.driveTo('headDisposition'), ['kadin', 'REJECT']),
  withdrawn: async (http) => send(await http.driveTo('followUp'), ['staf', 'WITHDRAW']),
  'cancelled while on hold': async (http) => send(await http.driveTo('intake'), ['kasi', 'HOLD'], ['kasi', 'CANCEL']),
  'with an outgoing letter and a recorded paper': async (http) =>
    send(
      await http.driveTo('serviceDelivery'),
      ['staf', 'RECORD_PAPER'],
      ['staf', 'REGISTER_OUTGOING_LETTER'],
      ['staf', 'COMPLETE_SERVICE'],
    ),
};

describe('replay of all stored cases', () => {
  it('gives every stored case again, whatever happened to it and however late it was', async () => {
    const made: CaseBody[] = [];
    for (const make of Object.values(KINDS)) made.push(await make(server.http));
    await server.http.inOffice(2).open();
    await server.database.setNow('2026-11-24T05:00:00Z');
    await server.drain();

    const found = await replayed(3);

    expect(found.differing).toEqual([]);
    expect(found).toMatchObject({ cases: made.length + 1, differences: 0 });
    const { rows } = await server.database.owner.query<{ n: number; alarms: number }>(
      'SELECT count(*)::int AS n, count(*) FILTER (WHERE actor_id IS NULL)::int AS alarms FROM history',
    );
    expect(found.events).toBe(rows[0]?.n);
    expect(rows[0]?.alarms).toBeGreaterThan(10);
  });

  it('tells its progress case by case', async () => {
    const seen: number[] = [];
    const listener = { differs: () => undefined, progress: ({ cases }: ReplayCounts) => seen.push(cases) };
    const { cases } = await replayAll(server.app.get(Sql, { strict: false }), new Registry(), listener);
    expect(seen).toEqual(Array.from({ length: cases }, (_, index) => index + 1));
  });
});

/** One change in the database as only a superuser can make it; `$1` is the case. Rows of history: 1 OPENED to 6 DELIVER. */
const PLANTED: readonly (readonly [what: string, change: string, why: string])[] = [
  [
    'state',
    "UPDATE cases SET state = 'serviceDelivery' WHERE id = $1",
    'state is serviceDelivery, replay gives followUp',
  ],
  ['step number', 'UPDATE cases SET step_no = 7 WHERE id = $1', 'step_no is 7, replay gives 6'],
  ['step sequence', 'UPDATE cases SET step_seq = 7 WHERE id = $1', 'step_seq is 7, replay gives 6'],
  ['visit', 'UPDATE cases SET visit = 1 WHERE id = $1', 'visit is 1, replay gives 6'],
  ['version', 'UPDATE cases SET version = 7 WHERE id = $1', 'version is 7, replay gives 6'],
  [
    'named officer',
    'UPDATE cases SET desk_account = NULL WHERE id = $1',
    'desk_account is null, replay gives a1000000',
  ],
  ['desk', "UPDATE cases SET desk_role = 'sekdin' WHERE id = $1", 'desk_role is sekdin, replay gives kabid'],
  ['end', 'UPDATE cases SET closed_at = alur_now() WHERE id = $1', 'closed is true, replay gives false'],
  ['due time', "UPDATE cases SET due_at = due_at + interval '1 hour' WHERE id = $1", 'due_at is '],
  ['papers', `UPDATE cases SET snapshot = replace(snapshot, '"DISPOSITION",', '') WHERE id = $1`, 'snapshot is '],
  [
    'state it is found by',
    "UPDATE case_desks SET state = 'intake' WHERE case_id = $1",
    'case_desks say something else',
  ],
  ['alarm', 'UPDATE case_desks SET next_alarm_at = NULL WHERE case_id = $1', 'case_desks say something else'],
  [
    'one who took part',
    'DELETE FROM case_officers WHERE case_id = $1 AND account_id = (SELECT min(actor_id::text)::uuid FROM history WHERE case_id = $1)',
    'case_officers say something else',
  ],
  ['row of the register', 'DELETE FROM case_register WHERE case_id = $1', 'case_register say something else'],
  ['machine version', 'UPDATE cases SET machine_version = 9 WHERE id = $1', 'machine kim-member-service@9'],
  ['machine hash', "UPDATE cases SET machine_hash = 'another' WHERE id = $1", 'with hash another is not installed'],
  ['text of an entry', "UPDATE history SET entry = 'x' WHERE case_id = $1 AND seq = 3", 'entry 3 is not an entry'],
  [
    'event of an entry',
    `UPDATE history SET entry = replace(entry, 'RECORD_DISPOSITION', 'RECORD_PAPER') WHERE case_id = $1 AND seq = 5`,
    'entry 5 (RECORD_PAPER) says dispositionRecording to dispositionDelivery, the machine goes',
  ],
  [
    'facts of an entry',
    `UPDATE history SET entry = replace(entry, '"named":{"role":"kabid"', '"named":{"role":"sekdin"')
       WHERE case_id = $1 AND seq = 4`,
    'desk_role is kabid, replay gives sekdin',
  ],
  ['entry that is null', "UPDATE history SET entry = 'null' WHERE case_id = $1 AND seq = 3", 'entry 3 is not an entry'],
  [
    'actor of an entry, who is gone',
    "UPDATE history SET entry = (entry::jsonb - 'actor')::text WHERE case_id = $1 AND seq = 3",
    'cannot be replayed',
  ],
  [
    'clock of the last entry, which is gone',
    "UPDATE history SET entry = (entry::jsonb - 'next')::text WHERE case_id = $1 AND seq = 6",
    'cannot be replayed',
  ],
  ['due time that is no time', "UPDATE cases SET due_at = 'infinity' WHERE id = $1", 'cannot be replayed'],
  ['sequence of entries', 'DELETE FROM history WHERE case_id = $1 AND seq = 4', 'entry 4 is missing'],
  ['history as a whole', 'DELETE FROM history WHERE case_id = $1', 'the case has no history'],
];

describe('a planted difference', () => {
  beforeAll(() => server.database.owner.query('ALTER TABLE history DISABLE TRIGGER ALL'));

  it.each(PLANTED)('in the %s is found, with the case number', async (_what, change, why) => {
    const { id, caseNo } = await server.http.driveTo('followUp');
    const before = await replayed();
    await server.database.owner.query(change, [id]);

    const { differences, differing } = await replayed();

    expect(differences).toBe(before.differences + 1);
    expect(differing).toContainEqual({ caseNo, caseId: id, why: expect.stringContaining(why) as string });
  });
});
