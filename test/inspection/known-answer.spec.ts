/** A case exported once, with its checkpoint and key, verifies for ever: whatever changes here must still read it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';
import { verdictOn } from '../support/exports.js';

const at = (name: string) => join(PROJECT_ROOT, 'test/inspection/known-answer', name);
const read = (name: string) => readFileSync(at(name), 'utf8');
const verifyBy = (key: string, file: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(PROJECT_ROOT, 'verify-history.mjs'), at(file), '--key', key, ...args], {
    encoding: 'utf8',
    env: {},
  });
const verify = (file: string, ...args: string[]) => verifyBy(at('key.txt'), file, ...args);

it('the case passes, with its checkpoint and the receipt of its last act', () => {
  const args = ['--checkpoint', at('checkpoint.txt'), '--receipt', read('receipt.txt').trim()];
  const { status, stdout } = verify('case.ndjson', ...args);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^PASS 10 entries, 10 with text, 1 chains; checkpoint over 16 /),
  ]);
});

it('passes with the key as the API answers it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alur-keys-'));
  const file = join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify({ items: [{ keyId: '1', verifierKey: read('key.txt').trim() }] }));
  const { status, stdout } = verifyBy(file, 'case.ndjson');
  rmSync(folder, { recursive: true });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^PASS 10 entries/)]);
});

it('everything passes', () => {
  const { status, stdout } = verify('everything.ndjson', '--checkpoint', at('checkpoint.txt'));
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^PASS 16 entries, 16 with text, 2 chains; /)]);
});

describe('of a log whose key was rotated, of two offices', () => {
  const byFirst = (file: string, ...args: string[]) => verifyBy(at('rotated-key.txt'), file, ...args);

  it('the period passes by the first key, which vouches for the second', () => {
    const { status, stdout } = byFirst('period.ndjson');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^PASS 12 entries, 12 with text, 2 chains; /)]);
    expect(read('period.ndjson')).toContain('"endorsement":"alur-key-rotation/1');
  });

  it('everything passes, says what it does not prove, and has the record of the export before it', () => {
    const { status, stdout } = byFirst('offices.ndjson', '--receipt', read('offices-receipt.txt').trim());
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^PASS 18 entries, 16 with text, .*1 receipt/)]);
    expect(stdout).toContain('NOT PROVED: 2 of 18 lines HAVE NO TEXT');
    expect(byFirst('offices.ndjson', '--one-office')).toMatchObject({ status: 1 });
  });

  it('passes by no other key', () => {
    expect(verify('period.ndjson')).toMatchObject({ status: 1 });
  });
});

it.each(['case.ndjson', 'everything.ndjson'])('%s passes with no character of an entry changed', (name) => {
  const [text, key] = [read(name), read('key.txt')];
  const begin = text.indexOf('{"index"');
  for (let place = begin; place < text.length - 1; place += 13) {
    const changed = text.slice(0, place) + (text[place] === '5' ? '6' : '5') + text.slice(place + 1);
    expect([place, verdictOn(changed, key).result]).toEqual([place, 'FAIL']);
  }
});
