/** The look at a JSON body before it is parsed. */
import fc from 'fast-check';
import { bombIn, MOST_VALUES } from '../../src/http/json-body.js';
import { runs } from '../support/property.js';

const look = (text: string) => bombIn(Buffer.from(text));
const list = (values: number) => `[${Array.from({ length: values }, () => '0').join(',')}]`;

/** Values of a parsed body, names included. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const inner = Array.isArray(value) ? value : Object.entries(value).flat();
  return 1 + inner.reduce<number>((sum, one) => sum + valuesIn(one), 0);
}

it('lets through any body of few values, and what is no JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      fc.pre(valuesIn(value) < MOST_VALUES);
      expect(look(JSON.stringify(value))).toBeNull();
    }),
    runs(1000),
  );
  for (const text of ['', '"', '"\\', '{', '}', ']]]]', '\\"', '{"a":"']) expect(look(text)).toBeNull();
});

it('counts what stands outside texts only', () => {
  const marks = '[{,:'.repeat(MOST_VALUES);
  expect(look(JSON.stringify({ note: marks }))).toBeNull();
  expect(look(JSON.stringify({ note: `\\"${marks}\\\\` }))).toBeNull();
  expect(look(`{"note":"\\\\"${','.repeat(MOST_VALUES)}}`)).toContain('values');
});

it('refuses one value too many, and a nesting that no parser should be asked to follow', () => {
  expect(look(list(MOST_VALUES))).toBeNull();
  expect(look(list(MOST_VALUES + 1))).toContain('values');
  expect(look('['.repeat(1000))).toBeNull();
  expect(look('['.repeat(1001))).toContain('deeper');
  expect(look('[]'.repeat(1001))).toBeNull();
});
