/** Boards and reports read the history of a period. A BRIN index costs a transition next to nothing (docs/decisions/014). */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexHistoryByTime1764250000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX history_at ON history USING brin (at) WITH (pages_per_range = 32, autosummarize = on)',
    );
  }

  down(): Promise<void> {
    return Promise.reject(new Error('This migration cannot be undone: restore a backup (docs/operations.md).'));
  }
}
