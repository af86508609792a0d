/** A built script as a process of its own, with nothing from our environment but what it is given. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function runScript(
  name: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  input = '',
): Promise<Ran> {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/scripts', `${name}.js`), ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  // A program that ends without reading all of it is not an error.
  child.stdin.on('error', () => undefined).end(input);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
