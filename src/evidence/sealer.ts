/**
 * Gives every committed entry its place in the log, within two seconds. One process does it at a time; what an outage left
 * behind is taken in batch by batch. No transition ever waits for it: it only reads what they have left.
 */
import { Injectable } from '@nestjs/common';
import { Metrics } from '../ops/metrics.js';
import { Growth } from './growth.js';
import { LogStore, type Run } from './log.store.js';
import { hashesOf, TILE } from './tree.js';

interface Batch {
  readonly entries: number;
  /** There may be more waiting. */
  readonly full: boolean;
}

const NOTHING: Batch = { entries: 0, full: false };

@Injectable()
export class Sealer {
  /** The open end as this process left it; worthless as soon as another has sealed. */
  private growth: Growth | null = null;

  constructor(
    private readonly store: LogStore,
    private readonly metrics: Metrics,
  ) {}

  /** Takes in everything that waits; how many entries that were. Stops early where another process is at it. */
  async sealAll(isStopping: () => boolean = () => false): Promise<number> {
    let sealed = 0;
    // A batch that is not full was the last: what arrives meanwhile has time until the next turn, and shares its commit.
    for (let full = true; full && !isStopping();) {
      const batch = await this.sealSome();
      sealed += batch.entries;
      full = batch.full;
    }
    return sealed;
  }

  private async sealSome(): Promise<Batch> {
    try {
      return (await this.store.alone((run) => this.seal(run))) ?? NOTHING;
    } catch (error) {
      this.growth = null;
      throw error;
    }
  }

  private async seal(run: Run): Promise<Batch> {
    const size = await this.store.size(run);
    const growth = this.growth?.size === size ? this.growth : await this.load(run, size);
    // Until the commit is through, nobody may take this end for the true one.
    this.growth = null;
    const { hashes, full } = await this.store.seal(run, size);
    await this.store.addTiles(
      run,
      hashes.flatMap((hash) => growth.add(hash)),
    );
    this.growth = growth;
    this.metrics.sealed.inc(hashes.length);
    return { entries: hashes.length, full };
  }

  private async load(run: Run, size: number): Promise<Growth> {
    const open: Buffer[][] = [];
    for (let level = 0; TILE ** level <= size; level++) {
      const no = Math.floor(size / TILE ** (level + 1));
      const filled = Math.floor(size / TILE ** level) % TILE;
      open[level] = filled === 0 ? [] : hashesOf(await this.store.tile({ level, no }, run)).slice(0, filled);
    }
    return new Growth(size, open);
  }
}
