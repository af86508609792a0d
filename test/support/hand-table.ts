/** Tables kept by hand beside the suite that asks the running system: CSV with comments, padded to be read by people. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type HandRow = Readonly<Record<string, string>>;

export interface HandTable {
  /** Names of the columns, in their order. */
  readonly head: readonly string[];
  readonly rows: readonly HandRow[];
}

/** `file`: below test/. A row with a field too many or too few is a mistake of the hand. */
export function readHandTable(file: string): HandTable {
  const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [head = [], ...rows] = lines.map((line) => line.split(',').map((field) => field.trim()));
  return {
    head,
    rows: rows.map((fields) => {
      if (fields.length !== head.length) throw new Error(`${file}: ${fields.join(', ')}`);
      return Object.fromEntries(fields.map((field, index) => [head[index] ?? '', field]));
    }),
  };
}
