/** The open end of the tree: takes leaves one by one and hands out tiles as they fill up. Pure. */
import { join, TILE, type TileKey } from './tree.js';

export interface FullTile extends TileKey {
  readonly hashes: Buffer;
  readonly root: Buffer;
}

export class Growth {
  constructor(
    /** Leaves in the tree. */
    public size: number,
    /** Hashes of each level's last, unfilled tile. */
    private readonly open: Buffer[][],
  ) {}

  /** Takes the next leaf; the tiles that it filled, lowest first. */
  add(leaf: Buffer): FullTile[] {
    this.size += 1;
    const full: FullTile[] = [];
    let carried = leaf;
    for (let level = 0; ; level++) {
      const open = (this.open[level] ??= []);
      open.push(carried);
      if (open.length < TILE) return full;
      carried = join(open);
      full.push({ level, no: this.size / TILE ** (level + 1) - 1, hashes: Buffer.concat(open), root: carried });
      this.open[level] = [];
    }
  }
}
