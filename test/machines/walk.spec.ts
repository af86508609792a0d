/** Anything anybody may send, in any order: nothing throws, the state is always a known one, storing changes nothing. */
import fc from 'fast-check';
import type { AnyMachineSnapshot } from 'xstate';
import { OFFICER_ROLES, type Role } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { blockersOf, metaOf, rolesOf, stateName, stateNodes, transitionsFrom } from '../../machines/shape.js';
import { optionsFor } from '../../src/engine/allowed.js';
import { judge } from '../../src/engine/judge.js';
import { freshSnapshot, leafOf, store } from '../../src/engine/snapshot.js';
import { directory, idOf, type Login } from '../support/ledger.js';
import { runs } from '../support/property.js';
import { nameOf, send, STEPS, stored, type Sent } from '../support/walk.js';

const KNOWN = stateNodes(service)
  .filter(({ type }) => type !== 'compound')
  .map(stateName);
const EVENTS = Object.keys(service.events);
const WHO: Readonly<Record<string, Login>> = {
  staff: 'staf',
  kadin: 'kadin',
  sekdin: 'sekdin',
  kabid: 'kabid',
  kasi: 'kasi',
};

interface Wish {
  readonly event: string;
  readonly role: Role;
  readonly by: string;
  readonly payload: object;
}

const papersField = fc.subarray([...Object.keys(service.papers), 'DELIVERED_DISPOSITION', 'RECORDED_DISPOSITION']);
/** A body near the truth: the example, the example without one field, or with papers of one's own choice. */
const payloadOf = (event: string): fc.Arbitrary<object> => {
  const example = { ...service.events[event]?.example };
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(example) },
    {
      weight: 2,
      arbitrary: fc
        .subarray(Object.keys(example))
        .map((keys) => Object.fromEntries(keys.map((key) => [key, example[key]]))),
    },
    { weight: 2, arbitrary: papersField.map((papers) => ({ ...example, papers })) },
    { weight: 1, arbitrary: fc.object({ maxDepth: 1 }) },
  );
};
const anyWish: fc.Arbitrary<Wish> = fc.constantFrom(...EVENTS).chain((event) =>
  fc.record({
    event: fc.constant(event),
    role: fc.constantFrom<Role>(...OFFICER_ROLES),
    by: fc.constantFrom(...Object.values(WHO).map(idOf)),
    payload: payloadOf(event),
  }),
);

/** This event from somebody who may, where the state takes it. */
interface Rightly {
  readonly wanted: string;
}

/** The step a case is waiting for, so that walks get somewhere; or the same with a field or the right person missing. */
interface Onward {
  readonly fields: number;
  readonly by: string | null;
}
const EVERYTHING = 0b111;
const STRAIGHT: Onward = { fields: EVERYTHING, by: null };
const nearly = fc.record({
  fields: fc.nat(EVERYTHING),
  by: fc.option(fc.constantFrom(...Object.values(WHO).map(idOf))),
});
const walk = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(STRAIGHT) },
    { weight: 2, arbitrary: nearly },
    { weight: 2, arbitrary: fc.record({ wanted: fc.constantFrom(...EVENTS) }) },
    { weight: 4, arbitrary: anyWish },
  ),
  { maxLength: 40, size: 'max' },
);

function onwardFrom(snapshot: AnyMachineSnapshot, { fields, by }: Onward): Wish {
  const taken = transitionsFrom(leafOf(snapshot)).map(({ eventType }) => eventType as string);
  const step = STEPS.find(({ type }) => taken.includes(type));
  const event = step?.type ?? taken.find((one) => one === 'RESUME' || one === 'RESUBMIT') ?? 'RECEIVE_APPLICANT';
  const role = step?.role ?? 'kasi';
  const example = Object.entries(service.events[event]?.example ?? {});
  const payload = Object.fromEntries(example.filter((_field, index) => (fields >> index) % 2 === 1));
  return { event, role, by: by ?? idOf(WHO[role] ?? 'kasi'), payload };
}

function rightly(snapshot: AnyMachineSnapshot, { wanted }: Rightly): Wish {
  const way = transitionsFrom(leafOf(snapshot)).find(({ eventType }) => eventType === wanted);
  const role = way && rolesOf(way)[0];
  if (!role) return onwardFrom(snapshot, STRAIGHT);
  return { event: wanted, role, by: idOf(WHO[role] ?? 'staf'), payload: service.events[wanted]?.example ?? {} };
}

/** Walks that come to every state there is, so that the random ones need not. */
const TOUR: [(Wish | Onward | Rightly)[]][] = [
  [Array<Onward>(STEPS.length).fill(STRAIGHT)],
  [[STRAIGHT, STRAIGHT, { wanted: 'REJECT' }]],
  ...['RETURN_INCOMPLETE', 'HOLD', 'WITHDRAW', 'CANCEL'].map((wanted): [Rightly[]] => [[{ wanted }]]),
];

const question = (snapshot: AnyMachineSnapshot, { event, role, by, payload }: Wish) => ({
  service,
  snapshot,
  actor: { id: by, roles: [role] },
  event,
  payload,
  directory,
});

/** Walks, and shows each state with the wish that comes next to `look`. */
function wander(
  wishes: readonly (Wish | Onward | Rightly)[],
  look: (snapshot: AnyMachineSnapshot, wish: Wish) => void,
): AnyMachineSnapshot {
  let now = freshSnapshot(service);
  for (const one of wishes) {
    const wish = 'wanted' in one ? rightly(now, one) : 'fields' in one ? onwardFrom(now, one) : one;
    look(now, wish);
    const judged = judge(question(now, wish));
    if (judged.ok) now = send(now, judged.machineEvent);
  }
  return now;
}

describe('random walks', () => {
  it('never throw, and always stand in a known state with papers each counted once', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(walk, (wishes) => {
        const last = wander(wishes, (snapshot) => {
          reached.add(nameOf(snapshot));
          expect(KNOWN).toContain(nameOf(snapshot));
          const { papers } = snapshot.context as { papers: string[] };
          expect(new Set(papers).size).toBe(papers.length);
        });
        reached.add(nameOf(last));
        expect(last.status).toBe(metaOf(leafOf(last))?.kind === 'end' ? 'done' : 'active');
      }),
      { ...runs(120), examples: TOUR },
    );
    // A walk that never gets anywhere would prove nothing.
    expect([...reached].sort()).toEqual([...KNOWN].sort());
  });

  it('decide the same before and after the case was stored', () => {
    fc.assert(
      fc.property(walk, (wishes) => {
        wander(wishes, (snapshot, wish) => {
          const again = stored(snapshot);
          expect(store(service, again)).toBe(store(service, snapshot));
          const actor = { id: wish.by, roles: [wish.role] };
          expect(optionsFor(service, again, actor)).toEqual(optionsFor(service, snapshot, actor));
          const [before, after] = [judge(question(snapshot, wish)), judge(question(again, wish))];
          expect(after).toEqual(before);
          if (!before.ok) return;
          const event: Sent = before.machineEvent;
          expect(store(service, send(again, event))).toBe(store(service, send(snapshot, event)));
        });
      }),
      runs(80),
    );
  });

  it('the machine takes exactly what the rules have nothing against', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(walk, fc.boolean(), (wishes, known) => {
        wander(wishes, (snapshot, { event, role, by, payload }) => {
          const transition = transitionsFrom(leafOf(snapshot)).find(({ eventType }) => eventType === event);
          if (!transition || !rolesOf(transition).includes(role)) return;
          const named = known ? { named: { role: 'kabid', id: by } } : {};
          const machineEvent = { ...payload, ...named, type: event, by, role };
          if (!Array.isArray((machineEvent as { papers?: unknown }).papers ?? [])) return;
          const free =
            blockersOf(service, transition, { context: snapshot.context as object, event: machineEvent }).length === 0;
          expect(snapshot.can(machineEvent as never)).toBe(free);
          if (free) taken++;
          else refused++;
        });
      }),
      runs(150),
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(50);
  });
});
