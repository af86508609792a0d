/** Set-based batches straight into PostgreSQL, with no HTTP and nothing decided: what sharing commits can give at most. */
import { randomUUID } from 'node:crypto';
import { closedLoop, SHARED_STEP, STEPS } from './limit.js';
import type { Measured } from './load.js';

const BATCH = 64;
const CONNECTIONS = 2;
const ENTRY = JSON.stringify({ filler: 'x'.repeat(1000) });

export function batches(ownerUrl: string, seconds: number): Promise<Measured> {
  return closedLoop(ownerUrl, CONNECTIONS, seconds, async (connection, times, isOver) => {
    const ids = Array.from({ length: BATCH }, () => randomUUID());
    await connection.query(`INSERT INTO limit_cases SELECT unnest($1::uuid[]), 0, $2`, [ids, ENTRY.slice(0, 400)]);
    for (let version = 0; version < STEPS && !isOver(); version++) {
      const at = performance.now();
      const steps = ids.map((id) => ({ id, version, entry: ENTRY, key: `${id}-${version}` }));
      await connection.query({ name: 'shared-step', text: SHARED_STEP, values: [JSON.stringify(steps)] });
      const ms = performance.now() - at;
      times.push(...steps.map(() => ms));
    }
  });
}
