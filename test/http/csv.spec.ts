/** CSV: whatever is written can be read again, and no cell is one that a spreadsheet would run. */
import fc from 'fast-check';
import { csv } from '../../src/http/csv.js';
import { parseCsv } from '../support/csv.js';
import { runs } from '../support/property.js';

const DANGEROUS = ['=', '+', '-', '@', '\t', '\r', '\n'];
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...DANGEROUS, '"', ',', "'", 'a', ' ', ';') }),
);
const SEPARATORS = [';', '\t', '\r', '\n'];

/** Written apart from the writer: character by character, what stands before the next that is neither quote nor space. */
function harmless(cell: string): string {
  const characters = Array.from(cell, (one, at) => {
    const next = Array.from(cell)
      .slice(at + 1)
      .find((after) => after !== '"' && after !== ' ');
    return SEPARATORS.includes(one) && ['=', '+', '-', '@'].includes(next ?? '') ? `${one}'` : one;
  });
  return (DANGEROUS.includes(cell.charAt(0)) ? "'" : '') + characters.join('');
}

it('is read again as it was written, but for the apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
      expect(parseCsv(csv(['a', 'b'], rows))).toEqual([['a', 'b'], ...rows.map((row) => row.map(harmless))]);
    }),
    runs(300),
  );
});

it.each(DANGEROUS)('a cell that begins with %j is made harmless', (first) => {
  expect(parseCsv(csv(['a'], [[`${first}1+1`]]))[1]).toEqual([`'${first}1+1`]);
});

it.each([
  ['800/1;=HYPERLINK("http://x";"y")', `800/1;'=HYPERLINK("http://x";"y")`],
  ['a;"=1+1"', `a;'"=1+1"`],
  ['a; " +1', `a;' " +1`],
  ['a;;-1;b', `a;;'-1;b`],
  ['a;-1;@x', `a;'-1;'@x`],
  ['a\t=1', `a\t'=1`],
  ['a\r\n=1', `a\r\n'=1`],
  ['=a;=b', `'=a;'=b`],
  ['a; b=c; d-e', 'a; b=c; d-e'],
  [`a;'=1`, `a;'=1`],
  ['a = b, -c', 'a = b, -c'],
])('%j, which falls apart where others separate, is written as %j', (given, written) => {
  expect(parseCsv(csv(['a'], [[given]]))[1]).toEqual([written]);
});

it('writes numbers as they are, negative ones too, and nothing for what is not there', () => {
  expect(csv(['a', 'b', 'c'], [[-1.5, null, 'x']])).toBe('a,b,c\r\n-1.5,,x\r\n');
});
