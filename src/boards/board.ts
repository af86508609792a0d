/** The board's figures from the counts of desks and of today's finished visits. Pure. */
import { RELEASES } from '../../machines/registry.js';
import { metaOf, stateName, stateNodes, stepsOf } from '../../machines/shape.js';
import type { BoardCounts, DeskCount } from './boards.types.js';

const services = RELEASES.map(({ service }) => service);

/** States in which the clock stands still: on hold, returned. */
export const PAUSES: readonly string[] = [
  ...new Set(
    services
      .flatMap((service) => stateNodes(service))
      .filter((node) => metaOf(node)?.kind === 'pause')
      .map((node) => stateName(node)),
  ),
];
const LABELS = new Map(services.flatMap((service) => stepsOf(service).map(({ no, label }) => [no, label] as const)));

type Figure = 'open' | 'late' | 'dueWithinHour';

function sum(counts: readonly DeskCount[], figure: Figure, wanted: (one: DeskCount) => boolean): number {
  return counts.filter(wanted).reduce((total, one) => total + one[figure], 0);
}

/**
 * A paused case is counted as paused and not as late now, for nobody's clock runs; those that were late before the pause
 * are `pausedLate`. So `lateNow` and `pausedLate` together are what `GET /cases?late=true` finds.
 */
export function boardOf({ asOf, desks, officers }: BoardCounts) {
  const finished = officers.reduce((total, one) => total + one.finished, 0);
  const onTime = officers.reduce((total, one) => total + one.onTime, 0);
  return {
    asOf,
    steps: [...LABELS].map(([no, label]) => ({ no, label, open: sum(desks, 'open', ({ stepNo }) => stepNo === no) })),
    open: sum(desks, 'open', () => true),
    lateNow: sum(desks, 'late', ({ paused }) => !paused),
    dueWithinHour: sum(desks, 'dueWithinHour', ({ paused }) => !paused),
    paused: sum(desks, 'open', ({ paused }) => paused),
    pausedLate: sum(desks, 'late', ({ paused }) => paused),
    today: { finished, onTime, share: finished === 0 ? null : onTime / finished },
    desks: loads(desks),
    officers,
  };
}
export type Board = ReturnType<typeof boardOf>;

/** Load of each desk: a role's, or a named officer's within it; as many cases as stand in its inbox. */
function loads(counts: readonly DeskCount[]) {
  const keyOf = ({ role, login }: DeskCount) => `${role ?? ''} ${login ?? ''}`;
  return [...new Map(counts.map((one) => [keyOf(one), one]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { role, login, name }]) => {
      const here = counts.filter((one) => keyOf(one) === key);
      return {
        role,
        login,
        name,
        open: sum(here, 'open', () => true),
        late: sum(here, 'late', ({ paused }) => !paused),
        paused: sum(here, 'open', ({ paused }) => paused),
      };
    });
}
