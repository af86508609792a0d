/** npm run drill reads what it is asked before it installs, builds or starts anything. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DRILLS } from '../../drills/all.js';
import { SIZES as KNOWN_SIZES } from '../../drills/drills.types.js';
import { FAULTS, readOptions, SIZES } from '../../drills/options.mjs';
import { PROJECT_ROOT } from '../../src/paths.js';

/** Long before any build could have ended. */
const AT_ONCE_MS = 5000;

/** Without a PATH there is no npm: whoever gets as far as the build says so. */
function drill(...args: string[]) {
  const options = { env: { PATH: '' }, encoding: 'utf8', timeout: AT_ONCE_MS } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT_ROOT, 'drills/run.mjs'), ...args],
    options,
  );
  return { status, stdout, stderr };
}

describe('npm run drill', () => {
  it.each([
    [['--size', 'huge'], '--size is small, ci, nightly, not "huge"'],
    [['--queue', 'kafka'], '--queue is postgres or redis, not "kafka"'],
    [['--only', 'R2,R99'], '--only: there is no "R99", but R1, '],
    [['--only', ''], '--only: there is no "", but'],
    [['--only', '__proto__'], '--only: there is no "__PROTO__"'],
    [['--only', 'R4', '--queue', 'postgres'], '--queue: R4 is not for a queue in postgres'],
    [['--seed', ''], '--seed is a whole number, not ""'],
    [['--seed', '1.5'], '--seed is a whole number, not "1.5"'],
    [['--seed', '99999999999999999999'], '--seed is a whole number'],
    [['--sise', 'ci'], "Unknown option '--sise'"],
    [['R2'], "Unexpected argument 'R2'"],
    [['--only'], "Option '--only <value>' argument missing"],
  ])('%j is refused in one line, and costs nothing', (args, why) => {
    const { status, stdout, stderr } = drill(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`drill: ${why}`);
    expect(stderr).toContain('npm run drill -- --help');
  });

  it('--help says what there is', () => {
    const { status, stdout, stderr } = drill('--help');
    expect([status, stderr]).toEqual([0, '']);
    for (const word of [...Object.keys(FAULTS), ...SIZES, '--only', '--queue', '--seed'])
      expect(stdout).toContain(word);
  });

  it('knows every drill, its queues, and the sizes', () => {
    expect(FAULTS).toEqual(Object.fromEntries(DRILLS.map(({ id, queues }) => [id, queues])));
    expect(SIZES).toEqual(KNOWN_SIZES);
  });

  it('takes everything, nightly, by a seed of its own, where nothing is said', () => {
    const { seed, ...rest } = readOptions([]);
    expect(rest).toEqual({ help: false, only: Object.keys(FAULTS), queues: ['postgres', 'redis'], size: 'nightly' });
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect(readOptions(['--only', 'r2, R4', '--size', 'ci', '--queue', 'redis', '--seed', '7'])).toEqual({
      help: false,
      only: ['R2', 'R4'],
      queues: ['redis'],
      size: 'ci',
      seed: 7,
    });
  });
});
