/** S6: which addresses may be connected to, and which may be saved. */
import fc from 'fast-check';
import { mayConnect, type AddressRules } from '../../../src/notices/webhooks/address.js';
import { urlFlaw } from '../../../src/notices/webhooks/endpoint-url.js';
import { runs } from '../../support/property.js';
import { ADDRESSES, URLS } from '../../support/ssrf.js';

const OUTSIDE: AddressRules = { plainHttp: false, allow: [] };
const DEMO: AddressRules = { plainHttp: true, allow: [] };
const OWN: AddressRules = { plainHttp: false, allow: ['10.20.0.0/16', 'fd00:1::/64'] };

describe('an address', () => {
  it.each(ADDRESSES)('%s is not connected to', (address) => {
    for (const port of [443, 8443]) expect(mayConnect(address, port, OUTSIDE)).toBe(false);
  });

  it.each(['8.8.8.8', '103.28.12.1', '::ffff:8.8.8.8', '2606:4700::1111', '2404:6800:4003:c00::64'])(
    '%s is public, by the HTTPS ports only',
    (address) => {
      expect([443, 8443].map((port) => mayConnect(address, port, OUTSIDE))).toEqual([true, true]);
      expect([22, 25, 80, 3306, 5432, 6379, 8080, 9200].some((port) => mayConnect(address, port, OUTSIDE))).toBe(false);
      expect([80, 8080].map((port) => mayConnect(address, port, DEMO))).toEqual([true, false]);
    },
  );

  it('of the office’s own networks is connected to by any port, and its neighbours are not', () => {
    expect(
      ['10.20.0.1', '10.20.255.255', '::ffff:10.20.3.4', 'fd00:1::5'].map((one) => mayConnect(one, 9000, OWN)),
    ).toEqual([true, true, true, true]);
    expect(['10.21.0.1', '10.19.255.255', 'fd00:2::5', '127.0.0.1'].some((one) => mayConnect(one, 443, OWN))).toBe(
      false,
    );
  });

  it('of a private network is never public, written as IPv4 or wrapped in IPv6', () => {
    const octet = fc.nat(255);
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(0), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    fc.assert(
      fc.property(inside, (parts) => {
        const plain = parts.join('.');
        const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
        const tail = `${hex(parts[0], parts[1])}:${hex(parts[2], parts[3])}`;
        const forms = [
          plain,
          `::ffff:${plain}`,
          `::${plain}`,
          `64:ff9b::${tail}`,
          `2002:${tail}::1`,
          `::ffff:0:${tail}`,
        ];
        return forms.every((form) => !mayConnect(form, 443, OUTSIDE));
      }),
      runs(2000),
    );
  });

  it.each(['', 'localhost', '127.1', '0x7f.0.0.1', '8.8.8.8:443', '[::1]', '1.2.3.4.5', ' 8.8.8.8'])(
    'that is none ("%s") is not connected to',
    (text) => expect(mayConnect(text, 443, OUTSIDE)).toBe(false),
  );
});

describe('a webhook address', () => {
  it.each(URLS)('%s is not saved', (given) => expect(urlFlaw(given, OUTSIDE)).not.toBeNull());

  it.each([
    'https://hooks.example.go.id/alur',
    'https://hooks.example.go.id:8443/alur?token=abc',
    'https://8.8.8.8/x',
    'https://[2606:4700::1111]/x',
    'https://xn--bcher-kva.example/x',
    'HTTPS://Hooks.Example.go.id/x',
  ])('%s is saved', (given) => expect(urlFlaw(given, OUTSIDE)).toBeNull());

  it('may be plain HTTP in a demo only', () => {
    expect(urlFlaw('http://hooks.example.go.id/x', OUTSIDE)).toContain('https://');
    expect(urlFlaw('http://hooks.example.go.id/x', DEMO)).toBeNull();
  });

  it('may be of the office’s own network where that is allowed, and of no other', () => {
    for (const given of ['https://10.20.1.1:9000/x', 'https://dasbor.internal:9000/x', 'https://[fd00:1::5]/x']) {
      expect([given, urlFlaw(given, OWN)]).toEqual([given, null]);
      expect([given, urlFlaw(given, OUTSIDE)]).not.toEqual([given, null]);
    }
    expect(urlFlaw('https://10.21.1.1/x', OWN)).not.toBeNull();
  });

  it('longer than two thousand characters is not saved', () =>
    expect(urlFlaw(`https://hooks.example.go.id/${'x'.repeat(2000)}`, OUTSIDE)).toContain('longer'));
});
