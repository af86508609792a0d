/** Hold, return, recall: back to the exact step and the exact part of it, also after a night in the database. */
import type { AnyMachineSnapshot } from 'xstate';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { metaOf, rolesOf, stateName, stateNodes, transitionsFrom } from '../../machines/shape.js';
import type { Role } from '../../machines/contract.js';
import { leafOf } from '../../src/engine/snapshot.js';
import { at, blockers, contextOf, must, nameOf, send, stepFrom, stored, type Sent } from '../support/walk.js';

const leaves = stateNodes(service).filter(({ type, path }) => type === 'atomic' && path[0] === 'open');
const takers = (event: string): [string, Role][] =>
  leaves.flatMap((leaf) =>
    transitionsFrom(leaf)
      .filter(({ eventType }) => eventType === event)
      .flatMap((one) => rolesOf(one).map((role): [string, Role] => [stateName(leaf), role])),
  );
/** The other role of row 6 has nothing to hold where the disposition names the kabid. */
const holders = takers('HOLD').filter(([state, role]) => !(state === 'followUp' && role === 'sekdin'));
const hold = (role: Role): Sent => ({ type: 'HOLD', by: `the-${role}`, role, cause: 'WAITING_FOR_APPLICANT' });
const resume = (role: Role): Sent => ({ type: 'RESUME', by: `the-${role}`, role });
const ways: readonly (readonly [string, (snapshot: AnyMachineSnapshot) => AnyMachineSnapshot])[] = [
  ['in memory', (snapshot) => snapshot],
  ['through the database', stored],
];

describe.each(ways)('hold and resume, %s', (_way, kept) => {
  it.each(holders)('from %s, held by %s', (state, role) => {
    const held = kept(must(at(state), hold(role)));
    expect(nameOf(held)).toBe('held');
    expect(metaOf(leafOf(held))?.kind).toBe('pause');
    const back = kept(must(held, resume(role)));
    expect(nameOf(back)).toBe(state);
    expect(contextOf(back).papers).toEqual(contextOf(at(state)).papers);
    expect(contextOf(back).recipient).toEqual(contextOf(at(state)).recipient);
    expect(nameOf(must(back, stepFrom(state)))).not.toBe(state);
  });

  it('comes back to the second box of row 8, not to its first, however often', () => {
    let now = at('archiving.confirming');
    for (let times = 0; times < 3; times++) now = kept(must(kept(must(now, hold('kasi'))), resume('kasi')));
    expect(nameOf(now)).toBe('archiving.confirming');
    expect(contextOf(now).filedBy).toBe('the-staff');
    expect(nameOf(must(now, stepFrom('archiving.confirming')))).toBe('archived');
  });
});

describe('who lifts a hold', () => {
  const everybody: readonly Role[] = ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'];

  it.each(holders)('%s, held by %s: that role and the section head, nobody else', (state, role) => {
    const held = stored(must(at(state), hold(role)));
    const able = everybody.filter((one) => blockers(held, resume(one)).length === 0);
    expect(able).toEqual(everybody.filter((one) => one === role || one === 'kasi'));
    for (const one of everybody.filter((other) => !able.includes(other))) {
      expect(nameOf(send(held, resume(one)))).toBe('held');
    }
  });
});

describe('who holds', () => {
  it('at row 6 it is the officer the disposition names, or the section head', () => {
    const followUp = at('followUp');
    const another: Sent = { ...hold('kabid'), by: 'another-kabid' };
    for (const one of [hold('sekdin'), another]) {
      expect(blockers(followUp, one)).toMatchObject([{ code: 'NOT_NAMED_RECIPIENT' }]);
      expect(nameOf(send(followUp, one))).toBe('followUp');
    }
    for (const role of ['kabid', 'kasi'] as const) expect(nameOf(must(followUp, hold(role)))).toBe('held');
  });
});

describe.each(ways)('return and resubmit, %s', (_way, kept) => {
  const resubmit: Sent = { type: 'RESUBMIT', by: 'the-staff', role: 'staff', papers: ['ASSIGNMENT_LETTER'] };

  it.each(takers('RETURN_INCOMPLETE'))('from %s by %s', (state, role) => {
    const back: Sent = { type: 'RETURN_INCOMPLETE', by: 'the-staff', role, missing: ['ASSIGNMENT_LETTER'] };
    const returned = kept(must(at(state), back));
    expect(nameOf(returned)).toBe('returned');
    expect(contextOf(returned).papers).not.toContain('ASSIGNMENT_LETTER');
    const again = kept(must(returned, resubmit));
    expect(nameOf(again)).toBe(state);
    expect(contextOf(again).papers).toContain('ASSIGNMENT_LETTER');
  });

  it('a hold after a return comes back to the step, not to the pause before', () => {
    const back: Sent = { type: 'RETURN_INCOMPLETE', by: 'the-staff', role: 'staff', missing: [] };
    const again = kept(must(kept(must(at('registration'), back)), resubmit));
    expect(nameOf(kept(must(kept(must(again, hold('kasi'))), resume('kasi'))))).toBe('registration');
  });
});

describe('recall', () => {
  const recall: Sent = { type: 'RECALL_DISPOSITION', by: 'the-kadin', role: 'kadin' };

  it.each(takers('RECALL_DISPOSITION'))('from %s by %s: the disposition and its recipient are gone', (state) => {
    const recalled = stored(must(at(state), recall));
    expect(nameOf(recalled)).toBe('headDisposition');
    expect(contextOf(recalled).recipient).toBeNull();
    const papers = contextOf(recalled).papers;
    expect(papers).not.toContain('DISPOSITION');
    expect(papers).not.toContain('RECORDED_DISPOSITION');
    const { disposition: _disposition, named: _named, ...bare } = stepFrom('headDisposition');
    expect(blockers(recalled, bare)).toMatchObject([{ code: 'OUTPUT_MISSING' }]);
  });

  it('a second disposition names another, and only that one follows it up', () => {
    const recalled = must(at('dispositionDelivery'), recall);
    const named = { role: 'sekdin' as const, id: 'the-sekdin' };
    let now = must(recalled, { ...stepFrom('headDisposition'), named });
    now = must(must(now, stepFrom('dispositionRecording')), stepFrom('dispositionDelivery'));
    const followUp = stepFrom('followUp');
    expect(blockers(now, followUp)).toMatchObject([{ code: 'NOT_NAMED_RECIPIENT' }]);
    expect(nameOf(must(now, { ...followUp, by: 'the-sekdin', role: 'sekdin' }))).toBe('serviceDelivery');
  });

  it('the recording of row 4 must be done again after a recall', () => {
    const again = must(must(at('dispositionDelivery'), recall), stepFrom('headDisposition'));
    const { papers: _papers, ...bare } = stepFrom('dispositionRecording');
    expect(blockers(again, bare)).toMatchObject([
      { code: 'OUTPUT_MISSING', params: { missing: 'RECORDED_DISPOSITION' } },
    ]);
  });

  it('is over once the letter was delivered', () => {
    for (const state of ['followUp', 'serviceDelivery', 'archiving.filing']) {
      expect(nameOf(send(at(state), recall))).toBe(state);
    }
  });
});
