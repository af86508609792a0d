/** One program at a time on a data folder. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, LockHeld } from '../../src/db/lock.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alur-lock-'));
  file = join(folder, 'alur.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Some process that is certainly alive and certainly not this one. */
const ALIVE = process.ppid;

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the lock of a data folder', () => {
  it('names its holder, and is gone once released', () => {
    const lock = acquireLock(folder);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  it('held by a living program: one line that names it and the way out', () => {
    writeFileSync(file, String(ALIVE));
    const taken = () => acquireLock(folder);
    expect(taken).toThrow(LockHeld);
    expect(taken).toThrow(new RegExp(`^Another Alur \\(process ${ALIVE}\\) uses .*DATA_DIR.*alur\\.lock\\.$`));
    expect(readFileSync(file, 'utf8')).toBe(String(ALIVE));
  });

  it.each([
    ['a program that no longer runs', () => String(deadPid())],
    // In a container every start has the same process id.
    ['an earlier program with our own process id', () => String(process.pid)],
    ['a write that was cut short', () => ''],
    ['something that is no process id', () => 'x; -1'],
  ])('left by %s: taken over', (_what, content) => {
    writeFileSync(file, content());
    const lock = acquireLock(folder);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    lock.release();
  });
});
