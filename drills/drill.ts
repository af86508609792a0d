/**
 * npm run drill: breaks the running program in every way of docs/drills.md and counts what was lost or doubled.
 *
 *   npm run drill                                  all of them, nightly sizes
 *   npm run drill -- --only R2,R4 --size ci --queue postgres --seed 7
 *
 * Prints a line for each step and a table at the end, writes drills/results/latest.json. Exit code: 0 all hold, 1 one does
 * not, 2 it could not begin.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/paths.js';
import { DRILLS } from './all.js';
import { isGood } from './drills.types.js';
import type { Options } from './options.mjs';
import { perform } from './perform.js';
import { table, type Row } from './table.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** As drills/options.mjs has read and checked it before the build. */
type Order = Omit<Options, 'help'>;

async function performAll({ only, queues, size, seed }: Order): Promise<Row[]> {
  const hasRedis = process.env.TEST_REDIS_URL !== undefined;
  const rows: Row[] = [];
  for (const drill of DRILLS.filter(({ id }) => only.includes(id))) {
    for (const queue of drill.queues.filter((one) => queues.includes(one))) {
      if (queue === 'redis' && !hasRedis) continue;
      say(`${drill.id} ${drill.what}, queue in ${queue}, ${size} size, seed ${seed}`);
      const row = await perform(drill, queue, size, seed, (line) => say(`  ${drill.id} ${queue}: ${line}`));
      say(`  ${isGood(row) ? 'holds' : 'BROKEN'}: n ${row.n}, lost ${row.lost}, doubled ${row.doubled}`);
      rows.push(row);
    }
  }
  return rows;
}

async function main(): Promise<void> {
  const given = JSON.parse(process.argv[2] ?? '') as Order;
  const rows = await performAll(given);
  if (rows.length === 0) throw new Error('nothing was done: no REDIS_URL, and no redis-server on PATH');
  say(`\n${table(rows)}`);
  if (process.env.TEST_REDIS_URL === undefined) {
    say('\n*** The rows on Redis were SKIPPED: no REDIS_URL, and no redis-server on PATH. ***');
  }
  const folder = join(PROJECT_ROOT, 'drills/results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'latest.json'), JSON.stringify({ size: given.size, seed: given.seed, rows }, null, 2));
  process.exitCode = rows.every(isGood) ? 0 : 1;
}

// With the processes a drill has started (alur.ts).
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(2));

main().catch((error: unknown) => {
  process.stderr.write(`drill: ${(error as Error).message}\n`);
  process.exitCode = 2;
});
