/** The tree against RFC 6962's own recursive definition, and against the test vectors of its reference implementation. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Growth } from '../../src/evidence/growth.js';
import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  rootOf,
  TILE,
  tilesFor,
  type TileKey,
} from '../../src/evidence/tree.js';
import { runs } from '../support/property.js';

const sha = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (data: Buffer | string) => sha(Buffer.from([0]), data);
const LEAVES = Array.from({ length: 70_000 }, (_, n) => leafOf(`leaf ${n}`));

/** MTH of RFC 6962, as it is written there. */
function mth(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha('');
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** Tiles as the sealer stores them, the unfilled ones from what is below; only those foreseen may be asked for. */
function stored(leaves: readonly Buffer[], foreseen?: readonly TileKey[]) {
  const growth = new Growth(0, []);
  const full = leaves.flatMap((leaf) => growth.add(leaf));
  const at = (level: number, no: number) => full.find((tile) => tile.level === level && tile.no === no);
  return ({ level, no }: TileKey): Buffer => {
    if (foreseen && !foreseen.some((key) => key.level === level && key.no === no)) throw new Error(`${level}/${no}`);
    const whole = at(level, no)?.hashes;
    if (whole) return whole;
    const below = full.filter((tile) => tile.level === level - 1 && Math.floor(tile.no / TILE) === no);
    const rest = level === 0 ? leaves.slice(no * TILE, (no + 1) * TILE) : below.map(({ root }) => root);
    return Buffer.concat(rest);
  };
}

/** RFC 9162 2.1.3.2. */
function isIncluded(leaf: Buffer, index: number, size: number, proof: readonly Buffer[], root: Buffer): boolean {
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const step of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = sha(Buffer.from([1]), step, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else r = sha(Buffer.from([1]), r, step);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && r.equals(root);
}

const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000];
const anySize = fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.constantFrom(...SIZES.filter((n) => n < 600)));

describe('the root', () => {
  it('is that of the reference implementation’s test vectors', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const leaves = data.map((hex) => leafOf(Buffer.from(hex, 'hex')));
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    roots.forEach((root, n) => expect(rootOf(stored(leaves.slice(0, n + 1)), n + 1).toString('hex')).toBe(root));
  });

  it.each(SIZES)('over %i leaves is the definition’s', (size) => {
    const leaves = LEAVES.slice(0, size);
    const tiles = stored(leaves, tilesFor(size - 1, size));
    expect(rootOf(tiles, size)).toEqual(mth(leaves));
  });
});

describe('proofs', () => {
  it('of inclusion lead to the root, from the tiles foreseen, and for no other leaf', () => {
    fc.assert(
      fc.property(anySize, fc.nat(), fc.nat(), (size, a, b) => {
        const [index, other] = [a % size, b % size];
        const leaves = LEAVES.slice(0, size);
        const proof = inclusionProof(stored(leaves, tilesFor(index, size)), index, size);
        const root = mth(leaves);
        expect(isIncluded(leaves[index]!, index, size, proof, root)).toBe(true);
        if (other !== index) expect(isIncluded(leaves[other]!, index, size, proof, root)).toBe(false);
      }),
      runs(150),
    );
  });

  it('of consistency lead from any older root to the newer, and from no other', () => {
    fc.assert(
      fc.property(anySize, anySize, fc.nat(), (a, b, forged) => {
        const [older, size] = [Math.min(a, b), Math.max(a, b)];
        const leaves = LEAVES.slice(0, size);
        const foreseen = [...tilesFor(older - 1, size), ...tilesFor(size - 1, size)];
        const proof = consistencyProof(stored(leaves, foreseen), older, size);
        const was = { size: older, root: mth(leaves.slice(0, older)) };
        const is = { size, root: mth(leaves) };
        expect(isConsistent(was, is, proof)).toBe(true);
        const rewritten = leaves.map((leaf, n) => (n === forged % older ? leafOf('forged') : leaf));
        const lie = { size, root: mth(rewritten) };
        expect(isConsistent(was, lie, consistencyProof(stored(rewritten), older, size))).toBe(false);
        if (older < size) expect(isConsistent(is, was, proof)).toBe(false);
      }),
      runs(150),
    );
  });

  it('go over the edge of a tile of tiles', () => {
    const tiles = stored(LEAVES);
    const root = rootOf(tiles, LEAVES.length);
    for (const index of [0, 255, 256, 65_535, 65_536, 69_999]) {
      expect(isIncluded(LEAVES[index]!, index, LEAVES.length, inclusionProof(tiles, index, LEAVES.length), root)).toBe(
        true,
      );
    }
    for (const older of [1, 256, 65_535, 65_536, 65_537, 69_999]) {
      const was = { size: older, root: rootOf(tiles, older) };
      const proof = consistencyProof(tiles, older, LEAVES.length);
      expect([older, isConsistent(was, { size: LEAVES.length, root }, proof)]).toEqual([older, true]);
    }
  });
});
