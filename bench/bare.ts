/** The bare server (bare-server.ts) under the same load as ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/paths.js';
import { withLimitTables } from './limit.js';
import { load, PATH, type Measured } from './load.js';

const PORT = 3998;

export function bare(ownerUrl: string, connections: readonly number[], seconds: number): Promise<Measured[]> {
  return withLimitTables(ownerUrl, async () => {
    const script = join(PROJECT_ROOT, 'dist/bench/bare-server.js');
    const child = spawn(process.execPath, [script, ownerUrl, String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const url = `http://127.0.0.1:${PORT}`;
    const tokens = new Map(PATH.map(([account]) => [account, 'x'.repeat(300)]));
    await load({ url, tokens, connections: 16, seconds: 2 });
    const measured: Measured[] = [];
    for (const count of connections) measured.push(await load({ url, tokens, connections: count, seconds }));
    child.kill('SIGINT');
    await once(child, 'exit');
    return measured;
  });
}
