/** The program as people start it, in a process of its own, with all it writes kept. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

export interface LoggedServer {
  readonly base: string;
  /** Lines of standard output and error so far. */
  lines(): readonly string[];
  /** Asks it to stop, and gives its exit code. */
  stop(): Promise<number | null>;
}

export async function startLogged(environment: Readonly<Record<string, string>>): Promise<LoggedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'alur-logged-'));
  const base = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'scripts/start.mjs')], {
    env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, PORT: new URL(base).port, ...environment },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await eventually(
    'the server',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      return output.includes('Alur is ready');
    },
    90_000,
  );
  return {
    base,
    lines: () => output.split('\n'),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}
