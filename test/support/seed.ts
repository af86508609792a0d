/**
 * One seed a test file: FC_SEED, else from TEST_SEED, which `npm test` draws once for a run (so a second run has the same)
 * and fixes with CI=true: what is green there stays green for the same code.
 */
import { createHash } from 'node:crypto';

export function seedOf(file: string, given = process.env): number {
  if (given.FC_SEED !== undefined) return Number(given.FC_SEED);
  const base = given.TEST_SEED ?? String(Math.random());
  return (
    createHash('sha256')
      .update(`${base} ${file.replaceAll('\\', '/')}`)
      .digest()
      .readUInt32BE() >>> 1
  );
}
