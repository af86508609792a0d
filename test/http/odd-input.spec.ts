/** Input no schema thinks of: refused before any schema, with the place where it is. */
import fc from 'fast-check';
import { AppError } from '../../src/errors.js';
import { refuseOddInput } from '../../src/http/odd-input.js';
import { runs } from '../support/property.js';

const refusal = (value: unknown): AppError | null => {
  try {
    refuseOddInput(value);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};
const placeOf = (value: unknown) => refusal(value)?.extras.issues?.[0]?.path;
const nested = (levels: number, inner: unknown = 1): unknown =>
  Array.from({ length: levels }).reduce<unknown>((value) => ({ a: value }), inner);

it.each<[string, unknown]>([
  ['plain values', { a: 'x', b: 1, c: true, d: null, e: undefined }],
  ['no body', undefined],
  ['letters of any script', { text: 'Permohonan “publikasi” – é, 字, Я' }],
  ['a whole character outside the first plane', { text: '😀' }],
  ['marks a text may have', { text: 'a\nb\tc\u200bd' }],
  ['20 levels', nested(20)],
  ['20 levels of lists', JSON.parse('['.repeat(20) + ']'.repeat(20))],
])('lets through %s', (_what, value) => {
  expect(refusal(value)).toBeNull();
});

it.each<[string, unknown, string]>([
  ['a NUL byte', { a: { b: 'x\0y' } }, 'a.b'],
  ['a NUL byte in a list', { papers: ['x', '\0'] }, 'papers.1'],
  ['the first half of a character', { text: 'x\ud83d' }, 'text'],
  ['the second half of a character', { text: '\ude00x' }, 'text'],
  ['halves in the wrong order', { text: '\ude00\ud83d' }, 'text'],
  ['a first half twice', { text: '\ud83d\ud83d\ude00' }, 'text'],
  ['a NUL byte in a name', { 'a\0b': 1 }, ''],
  ['half a character in a name, further in', { a: [{ '\ud800': 1 }] }, 'a.0'],
  ['a name that is no name', JSON.parse('{"a": {"__proto__": {}}}'), 'a'],
  ['a bare text', 'x\0', ''],
  ['21 levels', nested(21), Array.from({ length: 20 }, () => 'a').join('.')],
])('refuses %s and says where', (_what, value, path) => {
  expect(refusal(value)).toMatchObject({ code: 'INVALID_INPUT', status: 400 });
  expect(placeOf(value)).toBe(path);
});

it('takes a bomb of a hundred thousand levels without falling over', () => {
  expect(refusal(nested(100_000))).toMatchObject({ code: 'INVALID_INPUT' });
});

it('refuses names that every object inherits, wherever they stand, and no others that look like them', () => {
  expect(refusal(JSON.parse('{"__proto__": {"x": "a\\u0000"}}'))).toMatchObject({ code: 'INVALID_INPUT' });
  expect(placeOf(JSON.parse('{"constructor": {"prototype": {"x": 1}}}'))).toBe('');
  expect(placeOf(JSON.parse('{"a": [{"prototype": 1}]}'))).toBe('a.0');
  expect(refusal({ proto: 1, constructors: 2, toString: 'x', hasOwnProperty: 3 })).toBeNull();
});

it('refuses exactly the texts that have no UTF-8 form or a NUL byte, wherever they stand', () => {
  const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
  const odd = fc.constantFrom('\0', '\ud800', '\udc00', '\ud83d\ude00', 'a');
  const text = fc.array(fc.oneof(anyText, odd), { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.nat(19), (value, depth) => {
      const storable = !value.includes('\0') && Buffer.from(value, 'utf8').toString('utf8') === value;
      expect(refusal(nested(depth, value)) === null).toBe(storable);
    }),
    runs(1000),
  );
});
