/** Set-based batches straight into PostgreSQL, with no HTTP and nothing decided: what sharing commits can give at most. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { LIMIT_TABLES, SHARED_STEP } from './limit.js';
import { summary, type Measured } from './load.js';

const BATCH = 64;
const CONNECTIONS = 2;
const STEPS = 9;

export async function batches(ownerUrl: string, seconds: number): Promise<Measured> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(LIMIT_TABLES);
  const entry = JSON.stringify({ filler: 'x'.repeat(1000) });
  const times: number[] = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const lane = async () => {
    const connection = new Client({ connectionString: ownerUrl });
    await connection.connect();
    while (performance.now() < until) {
      const ids = Array.from({ length: BATCH }, () => randomUUID());
      await connection.query(`INSERT INTO limit_cases SELECT unnest($1::uuid[]), 0, $2`, [ids, entry.slice(0, 400)]);
      for (let version = 0; version < STEPS && performance.now() < until; version++) {
        const at = performance.now();
        const steps = ids.map((id) => ({ id, version, entry, key: `${id}-${version}` }));
        await connection.query({ name: 'shared-step', text: SHARED_STEP, values: [JSON.stringify(steps)] });
        const ms = performance.now() - at;
        times.push(...steps.map(() => ms));
      }
    }
    await connection.end();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  await owner.query('DROP TABLE limit_cases, limit_history');
  await owner.end();
  return summary(times, (performance.now() - begun) / 1000);
}
