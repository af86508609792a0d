/** Cursors: what we gave out comes back as it was; anything else is refused by one code. */
import fc from 'fast-check';
import { z } from 'zod';
import { AppError } from '../../src/errors.js';
import { cursorOf, instantKey, readCursor } from '../../src/http/cursor.js';
import { runs } from '../support/property.js';

const ID = '0f1ce000-0000-4000-8000-000000000001';

/** The last millisecond of the year 9999. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

it('comes back as it was given', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1, max: LAST }), fc.uuid(), (at, id) => {
      expect(readCursor(cursorOf([at, id]), instantKey)).toEqual([at, id]);
    }),
    runs(500),
  );
});

it('is made of characters a query needs no escape for', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (key) => {
      expect(cursorOf(key)).toMatch(/^[A-Za-z0-9_-]*$/);
    }),
    runs(300),
  );
});

it('is the first page where there is none', () => {
  expect(readCursor(undefined, instantKey)).toBeNull();
});

it.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', Buffer.from('{').toString('base64url')],
  ['another type', cursorOf([String(Date.now()), ID])],
  ['a key too short', cursorOf([1])],
  ['a key too long', cursorOf([1, ID, 2])],
  ['no uuid', cursorOf([1, "' OR 1=1 --"])],
  ['a fraction', cursorOf([1.5, ID])],
  ['a number no instant has', cursorOf([1e300, ID])],
  ['an instant after the year 9999', cursorOf([LAST + 1, ID])],
  ['an instant before there were any', cursorOf([-2, ID])],
  ['an object', Buffer.from('{"0":1,"1":"x"}').toString('base64url')],
  ['null', Buffer.from('null').toString('base64url')],
])('%s is refused', (_what, cursor) => {
  let thrown: unknown;
  try {
    readCursor(cursor, instantKey);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'INVALID_CURSOR', status: 400 });
});

it('random text is a cursor of ours or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (cursor) => {
      try {
        expect(instantKey.safeParse(readCursor(cursor, instantKey)).success).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    runs(1000),
  );
});

it('goes by the schema it is read with', () => {
  const key = z.tuple([z.string()]);
  expect(readCursor(cursorOf(['a']), key)).toEqual(['a']);
  expect(() => readCursor(cursorOf(['a']), instantKey)).toThrow(AppError);
});
