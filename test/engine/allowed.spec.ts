/** What an officer may do now, what it needs, and why the rest is not for them: in both languages. */
import type { Blocker, Role } from '../../machines/contract.js';
import { metaOf, stateName, stateNodes, transitionsFrom } from '../../machines/shape.js';
import { optionsFor } from '../../src/engine/allowed.js';
import { judge } from '../../src/engine/judge.js';
import { leafOf } from '../../src/engine/snapshot.js';
import { ENGINE_BLOCKERS } from '../../src/errors.js';
import { directory, service } from '../support/ledger.js';
import { at, must, type Sent } from '../support/walk.js';
import type { AnyMachineSnapshot } from 'xstate';

const ROLES_OF_ALL = ['staff', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspector', 'client', 'admin'] as const;
const options = (snapshot: AnyMachineSnapshot, role: Role, id = `the-${role}`) =>
  optionsFor(service, snapshot, { id, roles: [role] });
const pause = (type: string, role: Role): Sent => ({ type, role, by: `the-${role}` });

const path = stateNodes(service).filter(({ type, path: [top] }) => type === 'atomic' && top === 'open');
const PLACES: readonly (readonly [string, AnyMachineSnapshot])[] = [
  ...path.map((node) => [stateName(node), at(stateName(node))] as const),
  ['held', must(at('registration'), pause('HOLD', 'staff'))],
  ['held by kadin', must(at('headDisposition'), pause('HOLD', 'kadin'))],
  ['returned', must(at('intake'), pause('RETURN_INCOMPLETE', 'staff'))],
  ['archived', at('archived')],
  ['rejected', must(at('headDisposition'), pause('REJECT', 'kadin'))],
  ['letter not numbered', must(at('serviceDelivery'), { ...pause('RECORD_PAPER', 'staff'), kind: 'OUTGOING_LETTER' })],
];

describe('options', () => {
  it.each<[string, Role, string[]]>([
    ['intake', 'staff', ['RECEIVE_APPLICANT', 'RETURN_INCOMPLETE', 'HOLD', 'WITHDRAW', 'RECORD_PAPER']],
    ['intake', 'kadin', ['RECORD_PAPER']],
    ['intake', 'kasi', ['HOLD', 'CANCEL', 'RECORD_PAPER']],
    ['intake', 'inspector', []],
    ['headDisposition', 'kadin', ['ISSUE_DISPOSITION', 'REJECT', 'HOLD', 'RECORD_PAPER']],
    ['dispositionDelivery', 'kadin', ['RECALL_DISPOSITION', 'RECORD_PAPER']],
    ['followUp', 'kabid', ['FOLLOW_UP_DISPOSITION', 'HOLD', 'RECORD_PAPER']],
    ['followUp', 'kadin', ['RECORD_PAPER']],
    ['archiving.confirming', 'kasi', ['CONFIRM_ARCHIVE', 'HOLD', 'CANCEL', 'RECORD_PAPER']],
    ['held', 'staff', ['RESUME', 'WITHDRAW', 'RECORD_PAPER']],
    ['held', 'kadin', ['RECORD_PAPER']],
    ['held', 'kasi', ['RESUME', 'CANCEL', 'RECORD_PAPER']],
    ['returned', 'staff', ['RESUBMIT', 'WITHDRAW', 'RECORD_PAPER']],
    ['archived', 'staff', []],
    ['rejected', 'kasi', []],
  ])('%s: %s may do %j', (place, role, expected) => {
    const snapshot = PLACES.find(([name]) => name === place)?.[1];
    if (!snapshot) throw new Error(place);
    expect(options(snapshot, role).allowed.map(({ event }) => event)).toEqual(expected);
  });

  it('what a request can cure is a need; what it cannot is a blocker', () => {
    const [receive] = options(at('intake'), 'staff').allowed;
    expect(receive?.needs.map(({ code }) => code)).toEqual(['PAPERS_MISSING', 'OUTPUT_MISSING']);
    const followUp = options(at('followUp'), 'sekdin').blocked.find(({ event }) => event === 'FOLLOW_UP_DISPOSITION');
    expect(followUp?.blockers.map(({ code }) => code)).toEqual(['NOT_NAMED_RECIPIENT', 'OUTPUT_MISSING']);
  });

  it('nobody is offered to confirm what they filed', () => {
    const filed = at('archiving.confirming');
    const options_ = optionsFor(service, filed, { id: 'the-staff', roles: ['staff', 'kasi'] });
    expect(options_.allowed.map(({ event }) => event)).not.toContain('CONFIRM_ARCHIVE');
    expect(options_.blocked).toContainEqual(
      expect.objectContaining({
        event: 'CONFIRM_ARCHIVE',
        blockers: [expect.objectContaining({ code: 'SAME_PERSON' })],
      }),
    );
  });

  it.each(PLACES)('%s: each event the state takes stands in one of the two lists, once', (_name, snapshot) => {
    for (const role of ROLES_OF_ALL) {
      const { allowed, blocked } = options(snapshot, role);
      const events = [...allowed, ...blocked].map(({ event }) => event);
      const taken = transitionsFrom(leafOf(snapshot)).map(({ eventType }) => eventType as string);
      expect(events.sort()).toEqual(taken.sort());
      expect(new Set(events).size).toBe(events.length);
    }
  });

  it.each(PLACES)('%s: what is offered without needs is accepted, what is blocked is refused', (_name, snapshot) => {
    for (const role of ROLES_OF_ALL) {
      const actor = { id: `the-${role}`, roles: [role] };
      const { allowed, blocked } = options(snapshot, role);
      const sent = (event: string) =>
        judge({ service, snapshot, actor, event, payload: service.events[event]?.example, directory });
      for (const { event, needs } of allowed.filter((one) => one.needs.length === 0)) {
        expect([event, needs, sent(event).ok]).toEqual([event, [], true]);
      }
      for (const { event } of blocked) expect([event, sent(event).ok]).toEqual([event, false]);
    }
  });
});

describe('both languages', () => {
  const seen = new Map<string, Blocker>();
  beforeAll(() => {
    for (const [, snapshot] of PLACES) {
      for (const role of ROLES_OF_ALL) {
        const { allowed, blocked } = options(snapshot, role);
        const listed = [...allowed.flatMap(({ needs }) => needs), ...blocked.flatMap(({ blockers }) => blockers)];
        const actor = { id: `the-${role}`, roles: [role] };
        const refused = Object.keys(service.events).flatMap((event) => {
          const office = { ...directory, holders: [] };
          const answer = judge({
            service,
            snapshot,
            actor,
            event,
            payload: service.events[event]?.example,
            directory: office,
          });
          return answer.ok ? [] : (answer.blockers ?? []);
        });
        for (const blocker of [...listed, ...refused]) seen.set(blocker.code, blocker);
      }
    }
    const actor = { id: 'the-staff', roles: ['staff', 'kasi'] as const };
    const { blocked } = optionsFor(service, at('archiving.confirming'), actor);
    for (const blocker of blocked.flatMap(({ blockers }) => blockers)) seen.set(blocker.code, blocker);
    const kadin = { id: 'the-kadin', roles: ['kadin'] as const };
    const twice = { ...directory, holders: [...directory.holders, ...directory.holders] };
    const payload = { disposition: { recipientRole: 'kabid' } };
    const question = { service, snapshot: at('headDisposition'), actor: kadin, event: 'ISSUE_DISPOSITION', payload };
    const answer = judge({ ...question, directory: twice });
    for (const blocker of answer.ok ? [] : (answer.blockers ?? [])) seen.set(blocker.code, blocker);
  });

  it('every blocker there is was met', () => {
    const ofRules = [
      'PAPERS_MISSING',
      'OUTPUT_MISSING',
      'NOT_NAMED_RECIPIENT',
      'SAME_PERSON',
      'NOT_THIS_DESK',
      'OUTGOING_LETTER_UNNUMBERED',
    ];
    expect([...seen.keys()].sort()).toEqual([...ENGINE_BLOCKERS, ...ofRules].sort());
  });

  it('and speaks Bahasa Indonesia and English', () => {
    for (const [code, { id, en }] of seen) {
      expect([code, id.length > 10, en.length > 10, id !== en]).toEqual([code, true, true, true]);
      expect(`${id} ${en}`).not.toMatch(/undefined|null|\[object|\{/);
    }
  });

  it('so do events and states', () => {
    const labels = [...Object.values(service.events), ...stateNodes(service).flatMap((node) => metaOf(node) ?? [])];
    for (const { label } of labels)
      expect([label.id !== '', label.en !== '', label.id !== label.en]).toEqual([true, true, true]);
  });
});
