/** BullMQ's tables in PostgreSQL, emptied under its feet: what FLUSHALL is to Redis. */
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';

export async function truncateQueue({ owner }: TestDatabase): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
  );
  // The worker takes the same tables in another order: whoever loses the deadlock tries again.
  await eventually('all jobs lost', () =>
    owner.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`).then(
      () => true,
      (error: unknown) => {
        if ((error as { code?: string }).code !== '40P01') throw error;
        return false;
      },
    ),
  );
}
