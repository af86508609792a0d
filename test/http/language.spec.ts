/** Bahasa Indonesia first: English only for those who ask for it before Indonesian. */
import fc from 'fast-check';
import { languageOf } from '../../src/http/language.js';
import { runs } from '../support/property.js';

it.each<[string | undefined, 'id' | 'en']>([
  [undefined, 'id'],
  ['', 'id'],
  ['*', 'id'],
  ['id', 'id'],
  ['id-ID', 'id'],
  ['ID', 'id'],
  ['en', 'en'],
  ['EN-us', 'en'],
  ['en-GB,en;q=0.9', 'en'],
  ['id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7', 'id'],
  ['en-US,en;q=0.9,id;q=0.8', 'en'],
  ['id;q=0.5, en;q=0.9', 'en'],
  ['en;q=0.5, id;q=0.9', 'id'],
  ['en;q=0.5, id;q=0.5', 'en'],
  ['id;q=0.5, en;q=0.5', 'id'],
  ['en;q=0', 'id'],
  ['en;q=0, id;q=0', 'id'],
  ['jv, su;q=0.9', 'id'],
  ['jv, en;q=0.3', 'en'],
  ['en ; q=0.4 , id ; q=0.6', 'id'],
  ['en;q=much', 'id'],
  ['english', 'id'],
  ['en_US', 'id'],
  [',,;;q=,', 'id'],
])('%j is answered in %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});

it('anything at all is answered in one of the two', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (header) => {
      expect(['id', 'en']).toContain(languageOf(header));
    }),
    runs(1000),
  );
});
