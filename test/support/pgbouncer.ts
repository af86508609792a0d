/** PgBouncer in transaction mode before the test server: each transaction may run on another connection. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

export const hasPgbouncer = spawnSync('pgbouncer', ['--version']).status === 0;

export interface Pooler {
  /** `host:port` in the place of the server's own. */
  readonly host: string;
  stop(): void;
}

export async function startPgbouncer(serverUrl: string): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(serverUrl);
  const listens = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'alur-pgbouncer-'));
  // It refuses to run as root, so somebody else must be able to read this.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: listens,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: 8,
    max_client_conn: 500,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `[databases]\n* = host=${hostname} port=${port}\n[pgbouncer]\n${lines.join('\n')}\n`);
  const child = spawn('pgbouncer', [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), file], { stdio: 'ignore' });
  const host = `127.0.0.1:${listens}`;
  await eventually('PgBouncer answers', () => answers(serverUrl, host));
  return {
    host,
    stop: () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(serverUrl: string, host: string): Promise<boolean> {
  const url = new URL(serverUrl);
  url.host = host;
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
