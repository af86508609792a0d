/** Properties: how many runs, and a seed that is always printed, so that any failure can be repeated (FC_SEED=…). */
import { relative } from 'node:path';

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 0x7fffffff));
let said = false;

export function runs(numRuns: number): { numRuns: number; seed: number } {
  if (!said) {
    const file = expect.getState().testPath ?? '';
    process.stdout.write(`${relative(process.cwd(), file)}: seed ${seed}\n`);
  }
  said = true;
  return { numRuns, seed };
}
