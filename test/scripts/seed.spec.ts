/** npm run seed, as a process: the cases it makes are what the machine would have made, to the last hash. */
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../support/command.js';

const dataDir = mkdtempSync(join(tmpdir(), 'alur-seed-'));
// As root, the database's own user must be able to pass through.
chmodSync(dataDir, 0o755);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it('fills an empty installation twice, and replay agrees with every case', async () => {
  for (const cases of ['200', '100']) {
    const { code, out, err } = await runScript('seed', { DATA_DIR: dataDir }, ['--cases', cases]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`seed: ${cases} open cases in \\d+ s\n$`));
  }
  const { code, out } = await runScript('replay', { DATA_DIR: dataDir });
  expect(out).toMatch(/replay: 300 cases, \d+ events, 0 differences\n$/);
  expect(code).toBe(0);
}, 120_000);

it.each([
  ['0', 'a whole number from 1 to'],
  ['many', 'a whole number from 1 to'],
  ['99999999', 'a whole number from 1 to'],
])('takes no --cases %s, and says what it takes', async (cases, why) => {
  const { code, out, err } = await runScript('seed', { DATA_DIR: dataDir }, ['--cases', cases]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(why);
});

it('keeps its hands off a database that was given to it', async () => {
  const { code, err } = await runScript('seed', { DATABASE_URL: 'postgres://a@127.0.0.1:1/b' });
  expect([code, err]).toEqual([1, 'seed: Unset DATABASE_URL: only the embedded demo installation is filled.\n']);
});
