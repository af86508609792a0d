/** The bare server (bare-server.ts) under the same load as ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { PROJECT_ROOT } from '../src/paths.js';
import { LIMIT_TABLES } from './limit.js';
import { load, PATH, type Measured } from './load.js';

const PORT = 3998;

export async function bare(ownerUrl: string, connections: readonly number[], seconds: number): Promise<Measured[]> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(LIMIT_TABLES);
  const script = join(PROJECT_ROOT, 'dist/bench/bare-server.js');
  const child = spawn(process.execPath, [script, ownerUrl, String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${PORT}`;
  const tokens = new Map(PATH.map(([account]) => [account, 'x'.repeat(300)]));
  const measured: Measured[] = [];
  await load({ url, tokens, connections: 16, seconds: 2 });
  for (const count of connections) measured.push(await load({ url, tokens, connections: count, seconds }));
  child.kill('SIGINT');
  await once(child, 'exit');
  await owner.query('DROP TABLE limit_cases, limit_history');
  await owner.end();
  return measured;
}
