/** Where an event leads is worked out once and remembered; it must be where xstate's own `transition` leads, each time. */
import fc from 'fast-check';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { follow, freshSnapshot, restore, store } from '../../src/engine/snapshot.js';
import { runs } from '../support/property.js';
import { at, KABID, send, STEPS, type Sent } from '../support/walk.js';

const asides: readonly Sent[] = [
  { type: 'HOLD', by: 'the-kasi', role: 'kasi', cause: 'FORCE_MAJEURE' },
  { type: 'RESUME', by: 'the-kasi', role: 'kasi' },
  { type: 'RETURN_INCOMPLETE', by: 'the-staff', role: 'staff', missing: ['NEWS_PRINTOUT'] },
  { type: 'RESUBMIT', by: 'the-staff', role: 'staff' },
  { type: 'RECALL_DISPOSITION', by: 'the-kadin', role: 'kadin' },
  { type: 'CANCEL', by: 'the-kasi', role: 'kasi' },
];
/** Many different events of one kind: more than are remembered. */
const paper = fc
  .integer({ min: 0, max: 200 })
  .map((n): Sent => ({ type: 'RECORD_PAPER', by: 'the-staff', role: 'staff', kind: `PAPER-${n}` }));
const event = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...STEPS) },
  { weight: 2, arbitrary: fc.constantFrom(...asides) },
  { weight: 2, arbitrary: paper },
);

it('is what the machine says, whatever came before, and the same again', () => {
  const property = fc.property(fc.array(event, { maxLength: 40 }), (events) => {
    let ours = restore(service, store(service, freshSnapshot(service)));
    let theirs = freshSnapshot(service);
    for (const one of events) {
      theirs = send(theirs, one);
      const first = follow(service, ours, one);
      expect(store(service, first)).toBe(store(service, theirs));
      expect(follow(service, ours, one as never)).toBe(first);
      ours = first;
    }
  });
  fc.assert(property, runs(300));
});

it('tells events apart by everything that is in them', () => {
  const before = at('headDisposition');
  const issue = STEPS.find(({ type }) => type === 'ISSUE_DISPOSITION') as Sent;
  const [kabid, another] = [KABID, { role: 'sekdin', id: 'the-sekdin' } as const].map((named) =>
    store(service, follow(service, before, { ...issue, named })),
  );
  expect(kabid).toContain('the-kabid');
  expect(another).toContain('the-sekdin');
});
