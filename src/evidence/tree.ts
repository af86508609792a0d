/**
 * The Merkle tree of RFC 6962 over tiles of 256 hashes: root, inclusion and consistency proofs. Pure. A proof touches the
 * tiles along two paths only, however large the tree is.
 */
import { hash } from 'node:crypto';

/** Hashes in a tile, and the bits of an index that choose among them. */
export const TILE = 256;
const TILE_BITS = 8;
export const HASH_BYTES = 32;
const NODE_PREFIX = Buffer.from([1]);

/** RFC 6962: the root of a tree without leaves. */
export const EMPTY_ROOT = hash('sha256', '', 'buffer');

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE_PREFIX, left, right]), 'buffer');
}

/** A tile of a level: at level 0 of leaf hashes, above of the roots of the tiles below. The last may be short. */
export interface TileKey {
  readonly level: number;
  readonly no: number;
}

export type Tiles = (key: TileKey) => Buffer;

/** Root of a run of equally high subtrees, as the tree would join them. */
export function join(hashes: readonly Buffer[]): Buffer {
  const [only, ...others] = hashes;
  if (!only) return EMPTY_ROOT;
  if (others.length === 0) return only;
  const split = splitOf(hashes.length);
  return nodeHash(join(hashes.slice(0, split)), join(hashes.slice(split)));
}

export function hashesOf(tile: Buffer): Buffer[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, n) => hashAt(tile, n));
}

function hashAt(tile: Buffer, n: number): Buffer {
  return tile.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES);
}

/** Every tile that a proof about leaf `index` in a tree of `size` leaves can touch. */
export function tilesFor(index: number, size: number): TileKey[] {
  const keys: TileKey[] = [];
  for (let level = 0; TILE ** level <= size; level++) {
    const span = TILE ** (level + 1);
    const [mine, last] = [Math.floor(index / span), Math.floor((size - 1) / span)];
    keys.push({ level, no: mine });
    if (last !== mine) keys.push({ level, no: last });
  }
  return keys;
}

/** The root over the first `size` leaves. */
export function rootOf(tiles: Tiles, size: number): Buffer {
  return size === 0 ? EMPTY_ROOT : range(tiles, 0, size);
}

/** RFC 6962 2.1.1: what proves that leaf `index` is in the tree of `size` leaves. */
export function inclusionProof(tiles: Tiles, index: number, size: number): Buffer[] {
  const path = (from: number, to: number): Buffer[] => {
    if (to - from === 1) return [];
    const middle = from + splitOf(to - from);
    return index < middle
      ? [...path(from, middle), range(tiles, middle, to)]
      : [...path(middle, to), range(tiles, from, middle)];
  };
  return path(0, size);
}

/** RFC 6962 2.1.2: what proves that the tree of `size` leaves begins with that of `older` leaves. */
export function consistencyProof(tiles: Tiles, older: number, size: number): Buffer[] {
  const path = (from: number, to: number, whole: boolean): Buffer[] => {
    if (to === older) return whole ? [] : [range(tiles, from, to)];
    const middle = from + splitOf(to - from);
    return older <= middle
      ? [...path(from, middle, whole), range(tiles, middle, to)]
      : [...path(middle, to, false), range(tiles, from, middle)];
  };
  return older === 0 || older === size ? [] : path(0, size, true);
}

/** Hashes that must be there are not. */
export class ShortTile extends Error {}

interface Head {
  readonly size: number;
  readonly root: Buffer;
}

/** Does the proof lead from the one root to the other? */
export function isConsistent(older: Head, newer: Head, proof: readonly Buffer[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  const isPowerOfTwo = Number.isInteger(Math.log2(older.size));
  const roots = climb(older.size - 1, newer.size - 1, isPowerOfTwo ? [older.root, ...proof] : proof);
  return roots !== null && roots.older.equals(older.root) && roots.newer.equals(newer.root);
}

/** RFC 9162 2.1.4.2: both roots as the proof gives them, from the last leaf of each tree; null where it does not fit. */
function climb(
  olderLast: number,
  newerLast: number,
  proof: readonly Buffer[],
): { older: Buffer; newer: Buffer } | null {
  const [first, ...rest] = proof;
  if (!first) return null;
  let [fn, sn] = [olderLast, newerLast];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [older, newer] = [first, first];
  for (const step of rest) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      [older, newer] = [nodeHash(step, older), nodeHash(step, newer)];
      while (fn !== 0 && fn % 2 === 0) [fn, sn] = [half(fn), half(sn)];
    } else newer = nodeHash(newer, step);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? { older, newer } : null;
}

/** Not by shifts: an index may be larger than 32 bits. */
const half = (n: number) => Math.floor(n / 2);

/** The largest power of two below `n`. */
function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

/** Hash over leaves `from` up to but not with `to`, a range that occurs in the tree. */
function range(tiles: Tiles, from: number, to: number): Buffer {
  const length = to - from;
  const split = splitOf(length);
  if (length === 1 || split * 2 === length) return perfect(tiles, Math.log2(length), from / length);
  return nodeHash(range(tiles, from, from + split), range(tiles, from + split, to));
}

/** Root of the full subtree `n` of 2^height leaves. */
function perfect(tiles: Tiles, height: number, n: number): Buffer {
  const level = Math.floor(height / TILE_BITS);
  const width = 2 ** (height % TILE_BITS);
  const first = n * width;
  const tile = tiles({ level, no: Math.floor(first / TILE) });
  const hashes = Array.from({ length: width }, (_, i) => hashAt(tile, (first % TILE) + i));
  if (hashes.some((one) => one.length !== HASH_BYTES))
    throw new ShortTile(`Tile ${level}/${first} of the log is short.`);
  return join(hashes);
}

/** A tree that keeps nothing but the roots of its full subtrees, largest first: for whoever reads all leaves in their order. */
export class Peaks {
  size = 0;
  private readonly roots: Buffer[] = [];

  add(leaf: Buffer): void {
    let node = leaf;
    for (let n = this.size; n % 2 === 1; n = half(n)) node = nodeHash(this.roots.pop() ?? EMPTY_ROOT, node);
    this.roots.push(node);
    this.size += 1;
  }

  root(): Buffer {
    return this.size === 0 ? EMPTY_ROOT : this.roots.reduceRight((right, left) => nodeHash(left, right));
  }
}
