/** The text of a history entry: what it says, in which order, and what must never be in it. */
import { commitment, leafHash } from '../../src/engine/chain.js';
import type { Entry } from '../../src/engine/entry.js';
import type { Actor } from '../../src/engine/types.js';
import { actor, CASE, idOf, Ledger, OFFICE, registered, SALT, service, wib } from '../support/ledger.js';

const OPENED = wib('2026-11-24 09:00');
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const registering = () => new Ledger(OPENED).driveTo('registration', OPENED);
const lastOf = (ledger: Ledger): Entry => ledger.entries.at(-1)!;

describe('the text of an entry', () => {
  const ledger = registering();
  const at = wib('2026-11-24 09:02:30');
  const { write } = ledger.act('staf', 'REGISTER_LETTER', at);
  const entry = lastOf(ledger);

  it('has these fields in this order, and no others', () => {
    expect(Object.keys(entry)).toEqual([
      'v',
      'office',
      'case',
      'seq',
      'prev',
      'at',
      'machine',
      'event',
      'outsideSop',
      'actor',
      'from',
      'to',
      'stepSeq',
      'visit',
      'next',
      'facts',
      'commitment',
      'number',
    ]);
    expect(Object.keys(entry.actor ?? {})).toEqual(['id', 'role', 'roles', 'actingFor', 'letterNumber', 'client']);
    expect(Object.keys(entry.visit ?? {})).toEqual([
      'no',
      'stepNo',
      'budgetMinutes',
      'budgetMs',
      'usedMs',
      'verdict',
      'calendar',
    ]);
  });

  it('says who did what from where to where, on which machine', () => {
    expect(entry).toMatchObject({
      v: 1,
      office: OFFICE,
      case: CASE,
      seq: 3,
      at: new Date(at).toISOString(),
      machine: { id: service.id, version: 1, hash: registered.hash },
      event: 'REGISTER_LETTER',
      outsideSop: false,
      actor: { id: idOf('staf'), role: 'staff', roles: ['staff'], actingFor: null, letterNumber: null, client: null },
      from: 'registration',
      to: 'headDisposition',
      stepSeq: 3,
    });
  });

  it('says how long the step took, and when the next is due', () => {
    expect(entry.visit).toEqual({
      no: 2,
      stepNo: 2,
      budgetMinutes: 5,
      budgetMs: 300_000,
      usedMs: 150_000,
      verdict: 'ON_TIME',
      calendar: 1,
    });
    expect(entry.next).toEqual({ visit: 3, dueAt: new Date(wib('2026-11-24 09:07:30')).toISOString() });
  });

  it('leaves the place of its number to the database, and is whole JSON with it', () => {
    expect(write.number).toMatchObject({ name: 'incoming', year: 2026, width: 1 });
    expect(write.last.text.endsWith('"value":"')).toBe(true);
    expect(entry.number).toEqual({ name: 'incoming', year: 2026, value: '1' });
    expect(ledger.entries[0]?.number).toEqual({ name: 'KIM', year: 2026, value: 'KIM-2026-000001' });
  });

  it('follows the entry before it, and the case remembers its hash', () => {
    expect(entry.prev).toBe(ledger.stored[1]?.hash);
    expect(ledger.row.lastHash).toBe(leafHash(ledger.stored[2]?.entry ?? ''));
    expect(ledger.entries[0]?.prev).toBe('0'.repeat(64));
  });

  it('holds no free text, only a salted commitment to it', () => {
    const example = service.events.REGISTER_LETTER!.example;
    const texts = ledger.stored.map(({ entry: text }) => text).join('\n');
    const applicant = Object.values(service.applicantExample).map(String);
    for (const personal of [String(example.sender), String(example.subject), ...applicant]) {
      expect(texts).not.toContain(personal);
    }
    const apart = write.payload!;
    expect(JSON.parse(apart.data)).toEqual({ sender: example.sender, subject: example.subject });
    expect(entry.commitment).toBe(commitment(SALT, apart.data));
    expect(entry.facts).toEqual({
      papers: example.papers,
      letter: { ...(example.letter as object), securityClass: 'BIASA' },
    });
  });

  it('without free text there is nothing to commit to', () => {
    const bare = new Ledger(OPENED);
    expect(bare.act('staf', 'RECEIVE_APPLICANT', OPENED).write.payload).toBeNull();
    expect(lastOf(bare)).toMatchObject({ commitment: null });
    expect(lastOf(bare).number).toBeUndefined();
  });

  it('an exception is marked as outside the SOP, its reason kept apart', () => {
    const held = registering();
    const { write: holding } = held.act('staf', 'HOLD', at);
    expect(lastOf(held)).toMatchObject({ outsideSop: true, to: 'held', facts: { cause: 'WAITING_FOR_APPLICANT' } });
    expect(lastOf(held).visit?.verdict).toBeNull();
    expect(lastOf(held).next.dueAt).toBeNull();
    expect(Object.keys(JSON.parse(holding.payload!.data) as object)).toEqual(['reason']);
  });

  it('an acting officer is named together with the one they act for and the letter', () => {
    const plh: Actor = {
      ...actor('sekdin'),
      grants: [
        { role: 'sekdin', actingFor: null, letterNumber: null },
        { role: 'kadin', actingFor: idOf('kadin'), letterNumber: '800/1/2026' },
      ],
      clientId: 'demo-client',
    };
    const ledger_ = new Ledger(OPENED).driveTo('headDisposition', OPENED);
    ledger_.act('sekdin', 'ISSUE_DISPOSITION', at, undefined, { actor: plh });
    expect(lastOf(ledger_).actor).toEqual({
      id: idOf('sekdin'),
      role: 'kadin',
      roles: ['kadin', 'sekdin'],
      actingFor: idOf('kadin'),
      letterNumber: '800/1/2026',
      client: 'demo-client',
    });
  });

  it('all instants are UTC to the millisecond', () => {
    for (const one of ledger.entries) expect(one.at).toMatch(ISO);
  });
});
