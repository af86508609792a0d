/** Known answers: the leaf hash of RFC 6962, as the Certificate Transparency test vectors have it. */
import { commitment, GENESIS, leafHash, sha256Hex } from '../../src/engine/chain.js';

const text = (hex: string) => Buffer.from(hex, 'hex').toString('utf8');

describe('leaf hash', () => {
  it.each([
    ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ['00', '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'],
    ['10', '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7'],
    ['2021', '07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7'],
    ['3031', 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'],
    ['40414243', '4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658'],
  ])('of %s', (hex, expected) => {
    expect(leafHash(text(hex))).toBe(expected);
  });

  it('is not the plain hash of the text: a leaf can never pass for an inner node', () => {
    expect(leafHash('abc')).not.toBe(sha256Hex('abc'));
    expect(leafHash('abc')).toBe(sha256Hex('\0abc'));
  });

  it('is made of the UTF-8 bytes, and of their exact form', () => {
    expect(leafHash('é')).not.toBe(leafHash('e\u0301'));
    expect(leafHash('{"a":1}')).not.toBe(leafHash('{"a": 1}'));
  });
});

describe('sha256Hex and commitment', () => {
  it('are SHA-256 (FIPS 180-2, "abc"), the salt first and as bytes', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Hex('abc')).toBe(abc);
    expect(commitment('', 'abc')).toBe(abc);
    expect(commitment('61', 'bc')).toBe(abc);
    expect(commitment('6162', 'c')).toBe(abc);
  });

  it('another salt or another text gives another commitment', () => {
    const one = commitment('00', 'Nama Pemohon');
    expect(commitment('01', 'Nama Pemohon')).not.toBe(one);
    expect(commitment('00', 'Nama pemohon')).not.toBe(one);
  });

  it('the first entry follows 64 zeros', () => {
    expect(GENESIS).toMatch(/^0{64}$/);
  });
});
