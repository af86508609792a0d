/** Inboxes: what waits for this desk and nobody else's, soonest due first, with the working time that is left. */
import { startApp, type TestApp } from '../support/app.js';
import type { CaseBody, Person } from '../support/http.js';

interface Item {
  readonly id: string;
  readonly caseNo: string;
  readonly state: string;
  readonly stepNo: number;
  readonly stepSeq: number;
  readonly dueAt: string | null;
  readonly late: boolean;
  readonly remainingSeconds: number | null;
}

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ process: 'api' });
});
afterEach(() => server.stop());

const at = (instant: string) => server.database.setNow(`${instant}+07:00`);
const DOORS: Readonly<Partial<Record<Person, string>>> = {
  staf: 'staff',
  kadin: 'kadin',
  sekdin: 'sekdin-kabid',
  kabid: 'sekdin-kabid',
  kasi: 'kasi',
};
const inbox = async (person: Person): Promise<Item[]> => {
  const { status, body } = await server.http.get<{ items: Item[]; next: null }>(person, `/${DOORS[person]!}/inbox`);
  expect([person, status, body.next]).toEqual([person, 200, null]);
  return body.items;
};
const inboxes = async () => {
  const found: Record<string, string[]> = {};
  for (const person of ['staf', 'kadin', 'sekdin', 'kabid', 'kasi'] as const) {
    const ids = (await inbox(person)).map(({ id }) => id);
    if (ids.length > 0) found[person] = ids;
  }
  return found;
};
const act = async (person: Person, now: CaseBody, event: string, payload?: object) => {
  const reply = await server.http.event(person, now.id, now.stepSeq, event, payload);
  expect([event, reply.status, reply.text]).toEqual([event, 200, reply.text]);
  return reply.body;
};

describe('a case', () => {
  it('lies on exactly one desk at every step, and on none once it is closed', async () => {
    await at('2026-11-25T09:00:00');
    const desks: readonly (readonly [state: string, person: Person])[] = [
      ['intake', 'staf'],
      ['registration', 'staf'],
      ['headDisposition', 'kadin'],
      ['dispositionRecording', 'staf'],
      ['dispositionDelivery', 'staf'],
      ['followUp', 'kabid'],
      ['serviceDelivery', 'staf'],
      ['archiving.filing', 'staf'],
      ['archiving.confirming', 'kasi'],
    ];
    let now = await server.http.open();
    for (const [state, person] of desks) {
      now = await server.http.driveTo(state, now);
      expect([state, await inboxes()]).toEqual([state, { [person]: [now.id] }]);
      expect((await inbox(person))[0]).toMatchObject({
        caseNo: now.caseNo,
        state,
        stepSeq: now.stepSeq,
        dueAt: now.dueAt,
      });
    }
    await server.http.driveTo('archived', now);
    expect(await inboxes()).toEqual({});
  });

  it('at row 6 is seen by the one the disposition names, not by the other role, not by a colleague', async () => {
    await at('2026-11-25T09:00:00');
    const { owner } = server.database;
    await owner.query(
      `INSERT INTO accounts (office_id, id, login, name, kind, password_hash)
       SELECT office_id, 'b1000000-0000-4000-8000-000000000001', 'kabid-dua', 'Kepala Bidang Dua', 'officer', '-'
       FROM accounts WHERE login = 'kabid'`,
    );
    await owner.query(
      `INSERT INTO role_grants (office_id, id, account_id, role)
       SELECT office_id, gen_random_uuid(), id, 'kabid' FROM accounts WHERE login = 'kabid-dua'`,
    );
    const head = await server.http.driveTo('headDisposition');
    const ambiguous = await server.http.event('kadin', head.id, head.stepSeq, 'ISSUE_DISPOSITION');
    expect([ambiguous.status, ambiguous.body.blockers]).toMatchObject([409, [{ code: 'RECIPIENT_AMBIGUOUS' }]]);
    expect(ambiguous.body.blockers?.[0]?.params.choices).toEqual(['kabid', 'kabid-dua']);
    const disposition = { recipientRole: 'kabid', recipient: 'kabid-dua', copyTo: ['sekdin'] };
    const named = await act('kadin', head, 'ISSUE_DISPOSITION', { disposition });
    const followUp = await server.http.driveTo('followUp', named);
    expect(await inboxes()).toEqual({});
    const refused = await server.http.event('kabid', followUp.id, followUp.stepSeq, 'FOLLOW_UP_DISPOSITION');
    expect(refused.body.blockers?.map(({ code }) => code)).toEqual(['NOT_NAMED_RECIPIENT']);
  });

  it('of another office is in no inbox here', async () => {
    await server.http.inOffice(2).driveTo('headDisposition');
    expect(await inboxes()).toEqual({});
  });
});

describe('an inbox', () => {
  it('has the soonest due first, counts working seconds down and past zero, and says what is late', async () => {
    await at('2026-11-25T09:00:00');
    const slow = await server.http.driveTo('registration');
    const second = await server.http.driveTo('serviceDelivery');
    await at('2026-11-25T09:04:00');
    const quick = await server.http.open();
    const items = await inbox('staf');
    expect(items.map(({ id }) => id)).toEqual([slow.id, quick.id, second.id]);
    const [first, next, last] = items.map(({ remainingSeconds }) => remainingSeconds ?? Number.NaN);
    // Five, three and fifteen minutes, less what has gone by; a minute's slack for a busy machine.
    for (const [left, standard] of [
      [first!, 60],
      [next!, 180],
      [last!, 660],
    ] as const) {
      expect(left).toBeLessThanOrEqual(standard + 60);
      expect(left).toBeGreaterThan(standard - 60);
    }
    expect(items.map(({ late }) => late)).toEqual([false, false, false]);

    await at('2026-11-25T09:30:00');
    const later = await inbox('staf');
    expect(later.map(({ late }) => late)).toEqual([true, true, true]);
    for (const { remainingSeconds } of later) expect(remainingSeconds).toBeLessThan(0);
    expect(later.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  it('counts no second outside office hours', async () => {
    await at('2026-11-27T16:29:00');
    await server.http.open();
    await at('2026-11-28T12:00:00');
    const [saturday] = await inbox('staf');
    await at('2026-11-30T07:29:00');
    const [monday] = await inbox('staf');
    expect(monday).toEqual(saturday);
    expect(monday).toMatchObject({ late: false });
    await at('2026-11-30T07:33:00');
    expect((await inbox('staf'))[0]).toMatchObject({ late: true });
  });

  it('has paused cases last, at the desk that can end the pause, with no time running', async () => {
    await at('2026-11-25T09:00:00');
    const returned = await act('staf', await server.http.open(), 'RETURN_INCOMPLETE');
    const held = await act('staf', await server.http.open(), 'HOLD');
    const waiting = await server.http.open();
    expect(await inboxes()).toEqual({ staf: [waiting.id, returned.id], kasi: [held.id] });
    expect((await inbox('staf'))[1]).toMatchObject({ dueAt: null, remainingSeconds: null, late: false });
  });

  it('is closed to everybody who does not hold its role', async () => {
    for (const [person, path] of Object.entries(DOORS)) {
      for (const other of ['staf', 'kadin', 'kabid', 'kasi', 'inspektur', 'admin', 'demo-client'] as const) {
        if (DOORS[other] === path) continue;
        const reply = await server.http.get(other, `/${path}/inbox`);
        expect([person, other, reply.status]).toEqual([person, other, 403]);
      }
    }
  });
});
