/** What a drill is, and what it says afterwards. */
import type { World } from './world.js';

export type Queue = 'postgres' | 'redis';
/** `small`: what every run of the suites does. `ci`, `nightly`: what docs/drills.md promises. */
export const SIZES = ['small', 'ci', 'nightly'] as const;
export type Size = (typeof SIZES)[number];

export interface Outcome {
  /** What was counted: acknowledged requests, or alarms that were due. */
  readonly n: number;
  readonly lost: number;
  readonly doubled: number;
  /** Of alarms, between due and entry; null where no alarm is looked at. */
  readonly lateP99Ms: number | null;
  /** What was done to the system, in a few words: `29 kills`. */
  readonly faults: string;
  /** Whatever else is not as promised. */
  readonly wrong: readonly string[];
}

export interface Drill {
  /** Row of the table in docs/drills.md: `R2`. */
  readonly id: string;
  readonly what: string;
  readonly queues: readonly Queue[];
  run(world: World, size: Size): Promise<Outcome>;
}

export const BOTH: readonly Queue[] = ['postgres', 'redis'];

export function isGood({ lost, doubled, wrong }: Outcome): boolean {
  return lost === 0 && doubled === 0 && wrong.length === 0;
}
