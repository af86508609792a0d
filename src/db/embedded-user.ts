/**
 * PostgreSQL refuses to run as root. Where we are root, its programs run as an ordinary user: `postgres`, created when
 * missing; or, where that user cannot reach our folders (a clone under /root), as a user namespace's ordinary user.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';

export interface Runner {
  run(program: string, args: string[]): SpawnSyncReturns<string>;
  /** Hands a file or folder to the user the programs run as. */
  give(path: string): void;
}

const USER = 'postgres';

export function runnerFor(program: string, dataDir: string): Runner {
  if (process.getuid?.() !== 0) return asOurselves;
  const dropped = asUser(program, dataDir);
  if (dropped) return dropped;
  const inNamespace = runWith('unshare', ['--user', '--map-user=65534', '--map-group=65534']);
  if (inNamespace.run(program, ['--version']).status === 0) return inNamespace;
  throw new Error(
    `PostgreSQL cannot run as root, and user "${USER}" cannot read ${program} or ${dataDir}: ` +
      'run as an ordinary user, move the project out of a private folder, or set DATABASE_URL.',
  );
}

const asOurselves: Runner = runWith(null, []);

/** Output goes to pipes, but a daemon keeps them open: the server's own output goes to its log file instead. */
function runWith(wrapper: string | null, wrapperArgs: string[], ids: { uid?: number; gid?: number } = {}): Runner {
  return {
    run: (program, args) =>
      spawnSync(wrapper ?? program, wrapper ? [...wrapperArgs, program, ...args] : args, {
        ...ids,
        cwd: '/',
        encoding: 'utf8',
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
        stdio: ['ignore', args[0] === 'start' ? 'ignore' : 'pipe', args[0] === 'start' ? 'ignore' : 'pipe'],
      }),
    give: (path) => {
      if (ids.uid !== undefined && ids.gid !== undefined) chownSync(path, ids.uid, ids.gid);
    },
  };
}

function asUser(program: string, dataDir: string): Runner | null {
  const ids = idsOf(USER) ?? (createUser() ? idsOf(USER) : undefined);
  if (!ids) return null;
  const runner = runWith(null, [], ids);
  const reaches = runner.run('/bin/sh', ['-c', `test -x "$0" && test -x "$1"`, program, dataDir]).status === 0;
  return reaches ? runner : null;
}

function createUser(): boolean {
  return spawnSync('useradd', ['--system', '--no-create-home', USER], { stdio: 'ignore' }).status === 0;
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((one) => one.startsWith(`${user}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
  } catch {
    return undefined;
  }
}
