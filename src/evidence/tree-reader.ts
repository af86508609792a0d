/** Roots and proofs from the stored tiles. */
import { Injectable } from '@nestjs/common';
import { LogStore, type Run } from './log.store.js';
import { consistencyProof, inclusionProof, rootOf, TILE, tilesFor, type TileKey, type Tiles } from './tree.js';

/** Tiles kept while a stream of proofs goes on: neighbours share almost all of theirs. */
const KEPT = 64;

@Injectable()
export class TreeReader {
  constructor(private readonly store: LogStore) {}

  /** With `run`, by the transaction under way: who holds one connection and waits for another may wait for ever. */
  async root(size: number, run?: Run): Promise<Buffer> {
    if (size === 0) return rootOf(none, 0);
    return rootOf(await this.load(tilesFor(size - 1, size), new Map(), run), size);
  }

  async consistency(older: number, size: number, run?: Run): Promise<Buffer[]> {
    if (older === 0 || older >= size) return [];
    const keys = [...tilesFor(older - 1, size), ...tilesFor(size - 1, size)];
    return consistencyProof(await this.load(keys, new Map(), run), older, size);
  }

  /** Proofs for leaves of one tree, one after the other. */
  inclusionIn(size: number): (index: number) => Promise<Buffer[]> {
    const kept = new Map<string, Buffer>();
    return async (index) => inclusionProof(await this.load(tilesFor(index, size), kept), index, size);
  }

  private async load(keys: readonly TileKey[], kept: Map<string, Buffer>, run?: Run): Promise<Tiles> {
    if (kept.size > KEPT) kept.clear();
    for (const key of keys) {
      const name = nameOf(key);
      if (!kept.has(name)) kept.set(name, await this.store.tile(key, run));
    }
    const loaded = new Map(keys.map((key) => [nameOf(key), kept.get(nameOf(key)) as Buffer]));
    return (key) => loaded.get(nameOf(key)) ?? none(key);
  }
}

const nameOf = ({ level, no }: TileKey) => `${level}/${no % TILE}/${Math.floor(no / TILE)}`;

function none({ level, no }: TileKey): Buffer {
  throw new Error(`Tile ${level}/${no} was not foreseen for this proof.`);
}
