/** The program as the person at the keyboard has it: a process of its own, with its words and its end. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';
import { eventually } from './eventually.js';

const READY = /Alur is ready at (http:\/\/\S+)/;

export class Program {
  out = '';
  err = '';
  private readonly child: ChildProcess;
  private readonly end: Promise<number | null>;

  /** `args` as node takes them, from the project's own folder; nothing of our environment but what is given. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, args, {
      cwd: PROJECT_ROOT,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.end = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }

  /** `npm start`. */
  static start(environment: Readonly<Record<string, string>>): Program {
    return new Program([join('scripts', 'start.mjs')], environment);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The address it says it is ready at. */
  ready(): Promise<string> {
    return eventually(
      'the program says it is ready',
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended instead: ${this.out}${this.err}`);
        return READY.exec(this.out)?.[1];
      },
      150_000,
    );
  }

  /** Exit code, once it has ended and said all it had to say. */
  ended(): Promise<number | null> {
    return this.end;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return this.end;
  }
}

/** Process id of the embedded server on a data folder, or null where none has left its mark. */
export function databasePid(dataDir: string): number | null {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

export function isAlive(pid: number): boolean {
  // A zombie answers signals; ps tells it from the living.
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout.trim());
}
