/** Pauses between tries. */
import fc from 'fast-check';
import { askedMs, MOST_TRIES, pauseMs } from '../../../src/notices/delivery/backoff.js';
import { runs } from '../../support/property.js';

const HOUR_MS = 3_600_000;
const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });

describe('the pause after a failed try', () => {
  it('takes all tries together over two days, and not much longer, whatever chance says', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: MOST_TRIES - 1, maxLength: MOST_TRIES - 1 }), (chances) => {
        const total = chances.reduce((sum, chance, index) => sum + pauseMs(index + 1, chance, 0), 0);
        return total >= 48 * HOUR_MS && total <= 60 * HOUR_MS;
      }),
      runs(1000),
    );
  });

  it('grows, up to half a day, and is never the same for two that failed together', () => {
    const least = Array.from({ length: MOST_TRIES - 1 }, (_, index) => pauseMs(index + 1, 0, 0) / 1000);
    expect(least).toEqual([5, 15, 45, 135, 405, 1215, 3645, 10_935, 32_805, 43_200, 43_200, 43_200]);
    expect(pauseMs(1, 0.5, 0)).toBe(5500);
  });

  it('is at least what the receiver asked for, up to a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MOST_TRIES - 1 }), random, fc.nat(10 ** 9), (tries, chance, asked) => {
        const pause = pauseMs(tries, chance, asked);
        return pause >= Math.min(asked, 24 * HOUR_MS) && pause >= pauseMs(tries, chance, 0);
      }),
      runs(1000),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T02:00:00Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Tue, 24 Nov 2026 02:05:00 GMT', 300_000],
    ['Tue, 24 Nov 2026 01:00:00 GMT', 0],
    ['-5', 0],
    ['1e9', 0],
    ['99999999999999', 0],
    ['soon', 0],
    ['', 0],
  ])('"%s" asks for %d ms', (text, expected) => expect(askedMs(text, now)).toBe(expected));

  it('that is not there asks for nothing', () => expect(askedMs(null, now)).toBe(0));
});
