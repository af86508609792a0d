/** Properties: how many runs, and a seed that is always printed, so that any failure can be repeated (FC_SEED=…). */
import { relative } from 'node:path';
import { seedOf } from './seed.js';

let seed: number | undefined;

/** Of the test file that runs; printed when first asked for. */
function seedHere(): number {
  if (seed === undefined) {
    const file = relative(process.cwd(), expect.getState().testPath ?? '');
    seed = seedOf(file);
    process.stdout.write(`${file}: seed ${seed}\n`);
  }
  return seed;
}

export function runs(numRuns: number): { numRuns: number; seed: number } {
  return { numRuns, seed: seedHere() };
}

/** Numbers by the same seed, where a hundred thousand runs leave no time for more (mulberry32). */
export class Dice {
  private state = seedHere();

  /** From 0 up to but not with `count`. */
  below(count: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
