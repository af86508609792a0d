/** The log of a running application, as a test looks at it: leaves in order, and the root by RFC 6962's own definition. */
import { createHash } from 'node:crypto';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';

export interface LogRow {
  readonly idx: number;
  readonly chain: string;
  readonly seq: number;
  readonly hash: Buffer;
}

export async function logOf({ owner }: TestDatabase): Promise<LogRow[]> {
  const { rows } = await owner.query<LogRow>(
    'SELECT idx::int, chain_id AS chain, seq, hash FROM log_entries ORDER BY log_entries.idx',
  );
  return rows;
}

export async function countOf({ owner }: TestDatabase, what: string): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`);
  return rows[0]?.n ?? 0;
}

/** Waits until all that was written has its place; how long the last of it took, in ms. */
export async function sealed(database: TestDatabase, deadlineMs = 15_000): Promise<number> {
  const begun = performance.now();
  await eventually('everything sealed', async () => (await countOf(database, 'history_arrivals')) === 0, deadlineMs);
  return performance.now() - begun;
}

export function rootOver(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return createHash('sha256').digest();
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const node = createHash('sha256').update(Buffer.from([1]));
  return node
    .update(rootOver(leaves.slice(0, k)))
    .update(rootOver(leaves.slice(k)))
    .digest();
}
