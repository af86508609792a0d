/** One drill on one queue, from an empty database to its row in the table. */
import type { Drill, Outcome, Queue, Size } from './drills.types.js';
import type { Row } from './table.js';
import { World } from './world.js';

export async function perform(
  drill: Drill,
  queue: Queue,
  size: Size,
  seed: number,
  say: (line: string) => void,
): Promise<Row> {
  const begun = performance.now();
  const { id, what } = drill;
  const world = await World.make(queue, seed, say);
  try {
    const outcome = await drill.run(world, size).catch(broken);
    return { id, what, queue, seed, ...outcome, seconds: Math.round((performance.now() - begun) / 1000) };
  } finally {
    await world.end();
  }
}

/** A drill that cannot be carried out to its end shows nothing: that is not "holds". */
function broken(error: unknown): Outcome {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { n: 0, lost: 0, doubled: 0, lateP99Ms: null, faults: 'not carried out', wrong: [why] };
}
