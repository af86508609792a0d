/**
 * Is every sealed text what was sealed, are the tiles those of its leaves, and is the tree over them the one that was signed?
 * Reads all, keeps little, and takes nothing for granted about what it reads: whoever can write to the database writes that.
 */
import { hash } from 'node:crypto';
import type { Difference } from './found.js';
import { Growth, type FullTile } from './growth.js';
import type { SealedRow, StoredTile } from './self-check.store.js';
import { Peaks, type TileKey } from './tree.js';

/** Entries read at once. */
const PAGE = 1000;

export interface LogReader {
  /** From an index on, in order. */
  page(from: number, limit: number): Promise<readonly SealedRow[]>;
  tiles(keys: readonly TileKey[]): Promise<readonly StoredTile[]>;
}

type Head = { readonly size: number; readonly rootHex: string } | null;

/** How many entries were read. */
export async function checkLog(reader: LogReader, head: Head, found: (one: Difference) => void): Promise<number> {
  const tree = new Tree(head, (why) => found({ officeId: null, caseId: null, why }));
  let read = 0;
  for (;;) {
    const rows = await reader.page(tree.next, PAGE);
    if (rows.length === 0) break;
    read += rows.length;
    for (const row of rows) {
      const why = flawIn(row);
      if (why !== null) found({ officeId: row.caseId && row.officeId, caseId: row.caseId, why });
      tree.take(row);
    }
    const full = tree.filled.splice(0);
    if (full.length > 0) tree.compare(full, await reader.tiles(full));
  }
  tree.end();
  return read;
}

/** The tree over what has been read. Behind a gap nothing can be said of it any more. */
class Tree {
  next = 0;
  readonly filled: FullTile[] = [];
  private readonly peaks = new Peaks();
  private readonly growth = new Growth(0, []);
  private whole = true;

  constructor(
    private readonly head: Head,
    private readonly found: (why: string) => void,
  ) {}

  take({ index, leaf }: SealedRow): void {
    if (index !== this.next) {
      this.found(`entries ${this.next} to ${index - 1} of the log are missing`);
      this.whole = false;
    }
    this.next = index + 1;
    if (!this.whole) return;
    this.peaks.add(leaf);
    this.filled.push(...this.growth.add(leaf));
    const { head } = this;
    if (this.next === head?.size && this.peaks.root().toString('hex') !== head.rootHex) {
      this.found(`the first ${head.size} entries of the log are not those that were signed`);
    }
  }

  compare(full: readonly FullTile[], stored: readonly StoredTile[]): void {
    const named = new Map(stored.map((tile) => [`${tile.level}/${tile.no}`, tile]));
    for (const { level, no, hashes, root } of full) {
      const tile = named.get(`${level}/${no}`);
      if (!tile) this.found(`tile ${level}/${no} of the log is missing`);
      else if (!tile.hashes.equals(hashes) || !tile.root.equals(root)) {
        this.found(`tile ${level}/${no} of the log is not what its entries give`);
      }
    }
  }

  end(): void {
    const { head } = this;
    // Without its present length, which grows: the same finding is told once.
    if (head && this.next < head.size) this.found(`the log is shorter than the ${head.size} entries that were signed`);
  }
}

function flawIn({ index, leaf, entry, storedHash, before, seq, caseGone }: SealedRow): string | null {
  const place = `entry ${seq} (index ${index} of the log)`;
  if (caseGone) return `${place} is of a case that is gone`;
  if (entry === null) return `${place} is gone from history`;
  if (!hash('sha256', `\0${entry}`, 'buffer').equals(leaf)) return `${place} is not the text that was sealed`;
  if (!storedHash?.equals(leaf)) return `${place} is stored with another hash`;
  const prev = prevOf(entry);
  if (prev === null) return `${place} is not an entry`;
  const follows = before?.toString('hex') ?? '0'.repeat(64);
  return prev === follows ? null : `${place} does not follow the entry before it`;
}

/** Null where the text is no entry, whatever its hashes say. */
function prevOf(entry: string): string | null {
  try {
    const { prev } = JSON.parse(entry) as { prev?: unknown };
    return typeof prev === 'string' ? prev : null;
  } catch {
    return null;
  }
}
