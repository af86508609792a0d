/** Properties: how many runs, and a seed that is always printed, so that any failure can be repeated (FC_SEED=…). */
import { relative } from 'node:path';

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 0x7fffffff));
let said = false;

function saySeed(): void {
  if (!said) {
    const file = expect.getState().testPath ?? '';
    process.stdout.write(`${relative(process.cwd(), file)}: seed ${seed}\n`);
  }
  said = true;
}

export function runs(numRuns: number): { numRuns: number; seed: number } {
  saySeed();
  return { numRuns, seed };
}

/** Numbers by the same seed, where a hundred thousand runs leave no time for more (mulberry32). */
export class Dice {
  private state = seed;

  constructor() {
    saySeed();
  }

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
