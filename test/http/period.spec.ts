/** A period's end is after its beginning; what is no instant is named once, as that. */
import { newGrant } from '../../src/admin/admin.schemas.js';
import { inOrder } from '../../src/http/period.js';

it.each<[from: string | undefined, to: string | undefined, ok: boolean]>([
  ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00.001Z', true],
  ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', false],
  ['2026-11-01T00:00:00Z', '2026-11-01T06:59:59+07:00', false],
  ['2026-11-01T00:00:00+07:00', '2026-10-31T17:00:01Z', true],
  [undefined, '2026-11-01T00:00:00Z', true],
  ['2026-11-01T00:00:00Z', undefined, true],
  ['2026-11', '2026-11', true],
])('from %s to %s', (from, to, ok) => {
  expect(inOrder({ from, to })).toBe(ok);
});

it('names each mistake of a grant once', () => {
  const paths = (from: string, until: string) =>
    newGrant.safeParse({ role: 'staff', from, until }).error?.issues.map(({ path }) => path.join('.'));
  expect(paths('2026-12', '2026-11')).toEqual(['from', 'until']);
  expect(paths('2026-12-01T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual(['until']);
});
