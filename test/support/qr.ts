/**
 * Reads a QR code from its modules (ISO/IEC 18004): versions 1 to 12 at error correction L, bytes as UTF-8. Nothing is
 * corrected: what was drawn is looked at, not a photograph of it.
 */
type Modules = readonly (readonly boolean[])[];

/** Places of alignment patterns, and data codewords of each block; by version. */
const ALIGNED = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const MORE_ALIGNED = [
  [6, 30, 54],
  [6, 32, 58],
];
const BLOCKS = [[19], [34], [55], [80], [108], [68, 68], [78, 78], [97, 97], [116, 116], [68, 68, 69, 69]];
const MORE_BLOCKS = [
  [81, 81, 81, 81],
  [92, 92, 93, 93],
];
const LOW = 0b01;
const BYTES = 0b0100;

const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

export function readQr(modules: Modules): string {
  const size = modules.length;
  const version = (size - 17) / 4;
  const blocks = [...BLOCKS, ...MORE_BLOCKS][version - 1];
  if (!blocks) throw new Error(`no QR code of ${size} modules is read here`);
  const format = formatOf(modules);
  if (format >> 3 !== LOW) throw new Error(`error correction ${format >> 3} is not read here`);
  const words = codewords(modules, version, MASKS[format & 7]!);
  return textOf(inOrder(words, blocks), version);
}

/** Error correction and mask, beside the upper left finder. */
function formatOf(modules: Modules): number {
  const row = [0, 1, 2, 3, 4, 5, 7, 8].map((column) => modules[8]![column]!);
  const column = [7, 5, 4, 3, 2, 1, 0].map((place) => modules[place]![8]!);
  const bits = [...row, ...column].reduce((sum, dark) => sum * 2 + Number(dark), 0);
  return (bits ^ 0x5412) >> 10;
}

/** From the lower right, two columns at a time, up and down, past what is no data. */
function codewords(modules: Modules, version: number, mask: (row: number, column: number) => boolean): number[] {
  const size = modules.length;
  const bits: boolean[] = [];
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (!isFunction(row, column, size, version)) bits.push(modules[row]![column]! !== mask(row, column));
      }
    }
    up = !up;
  }
  const count = Math.floor(bits.length / 8);
  return Array.from({ length: count }, (_, n) =>
    bits.slice(n * 8, n * 8 + 8).reduce((sum, bit) => sum * 2 + Number(bit), 0),
  );
}

function isFunction(row: number, column: number, size: number, version: number): boolean {
  const timing = row === 6 || column === 6;
  return timing || inFinder(row, column, size) || inVersion(row, column, size, version) || aligns(row, column, version);
}

/** With the white line around it, and the format beside it. */
function inFinder(row: number, column: number, size: number): boolean {
  return (row < 9 && (column < 9 || column >= size - 8)) || (row >= size - 8 && column < 9);
}

function inVersion(row: number, column: number, size: number, version: number): boolean {
  return version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11));
}

function aligns(row: number, column: number, version: number): boolean {
  const places = [...ALIGNED, ...MORE_ALIGNED][version - 1] ?? [];
  const last = places.at(-1) ?? 0;
  const near = (place: number) => places.find((one) => Math.abs(one - place) <= 2);
  const [y, x] = [near(row), near(column)];
  if (y === undefined || x === undefined) return false;
  const corners = [`6 6`, `6 ${last}`, `${last} 6`];
  return !corners.includes(`${y} ${x}`);
}

/** Codewords lie one of each block in turn. */
function inOrder(words: readonly number[], blocks: readonly number[]): number[] {
  const parts: number[][] = blocks.map(() => []);
  let at = 0;
  for (let n = 0; n < Math.max(...blocks); n++) {
    blocks.forEach((length, block) => {
      if (n < length) parts[block]!.push(words[at++]!);
    });
  }
  return parts.flat();
}

function textOf(words: readonly number[], version: number): string {
  const bits = words.map((word) => word.toString(2).padStart(8, '0')).join('');
  const number = (from: number, length: number) => parseInt(bits.slice(from, from + length), 2);
  if (number(0, 4) !== BYTES) throw new Error('not in bytes');
  const lengthBits = version < 10 ? 8 : 16;
  const from = 4 + lengthBits;
  const bytes = Array.from({ length: number(4, lengthBits) }, (_, n) => number(from + n * 8, 8));
  return Buffer.from(bytes).toString('utf8');
}
