/** Keys made at first use: one for all processes, whole, readable by nobody else. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecret } from '../../src/kept-secret.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'alur-secret-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('is made once and kept, for this user alone', () => {
  const file = join(folder, 'data', 'key');
  expect(keptSecret(file, () => 'first')).toBe('first');
  expect(keptSecret(file, () => 'second')).toBe('first');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('is that of the process that came first, where two make one at once', () => {
  const file = join(folder, 'key');
  const made = keptSecret(file, () => {
    writeFileSync(file, 'theirs\n');
    return 'ours';
  });
  expect(made).toBe('theirs');
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['key'], 'theirs\n']);
});
