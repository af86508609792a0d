/** One spelling for what is one address on the wire. */
import { canonicalUrl } from '../../../src/notices/webhooks/endpoint-url.js';

it.each([
  ['https://example.com/a', 'https://example.com/a'],
  ['HTTPS://EXAMPLE.com:443/a', 'https://example.com/a'],
  ['https://example.com/x/../a', 'https://example.com/a'],
  ['https://example.com/%61', 'https://example.com/a'],
  ['https://example.com/a?', 'https://example.com/a'],
  ['https://example.com', 'https://example.com/'],
  ['https://example.com/a%2fb', 'https://example.com/a%2Fb'],
  ['https://example.com/a?key=%61', 'https://example.com/a?key=%61'],
  ['https://example.com:8443/a', 'https://example.com:8443/a'],
])('%s is %s', (given, kept) => {
  expect(canonicalUrl(given)).toBe(kept);
  expect(canonicalUrl(kept)).toBe(kept);
});
