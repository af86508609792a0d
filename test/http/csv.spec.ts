/** CSV: whatever is written can be read again, and no cell is one that a spreadsheet would run. */
import fc from 'fast-check';
import { csv } from '../../src/http/csv.js';
import { parseCsv } from '../support/csv.js';
import { runs } from '../support/property.js';

const DANGEROUS = ['=', '+', '-', '@', '\t', '\r', '\n'];
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...DANGEROUS, '"', ',', "'", 'a', ' ') }),
);

it('is read again as it was written, but for the apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
      const harmless = (cell: string) => (DANGEROUS.includes(cell.charAt(0)) ? `'${cell}` : cell);
      expect(parseCsv(csv(['a', 'b'], rows))).toEqual([['a', 'b'], ...rows.map((row) => row.map(harmless))]);
    }),
    runs(300),
  );
});

it.each(DANGEROUS)('a cell that begins with %j is made harmless', (first) => {
  expect(parseCsv(csv(['a'], [[`${first}1+1`]]))[1]).toEqual([`'${first}1+1`]);
});

it('writes numbers as they are, negative ones too, and nothing for what is not there', () => {
  expect(csv(['a', 'b', 'c'], [[-1.5, null, 'x']])).toBe('a,b,c\r\n-1.5,,x\r\n');
});
