/** The outcomes as people read them, and as programs do. */
import { isGood, type Outcome, type Queue } from './drills.types.js';

export interface Row extends Outcome {
  readonly id: string;
  readonly what: string;
  readonly queue: Queue;
  readonly seed: number;
  readonly seconds: number;
}

const HEADS = ['fault', 'queue', 'done', 'n', 'lost', 'doubled', 'late p99', 'seed', 'time', 'verdict'] as const;

export function table(rows: readonly Row[]): string {
  const cells = [
    HEADS,
    ...rows.map((row) => [
      `${row.id} ${row.what}`,
      row.queue,
      row.faults,
      String(row.n),
      String(row.lost),
      String(row.doubled),
      row.lateP99Ms === null ? '-' : `${row.lateP99Ms} ms`,
      String(row.seed),
      `${row.seconds} s`,
      isGood(row) ? 'holds' : 'BROKEN',
    ]),
  ];
  const widths = HEADS.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? '').length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const wrong = rows.flatMap((row) => row.wrong.map((what) => `${row.id} (${row.queue}): ${what}`));
  return [...lines, ...wrong].join('\n');
}
