/** The built program as a process of its own, which can be stopped, killed and frozen. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../src/paths.js';

const READY = /Alur is ready at (http:\/\/\S+)/;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** None outlives us, however we end. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class Alur {
  /** All it has said, on both outputs. */
  log = '';
  base = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  /** `preload`: a file of drills/preload that the process loads first. */
  constructor(environment: Readonly<Record<string, string>>, preload?: string) {
    const first = preload ? ['--import', pathToFileURL(join(PROJECT_ROOT, 'drills/preload', preload)).href] : [];
    this.child = spawn(process.execPath, [...first, join(PROJECT_ROOT, 'dist/scripts/serve.js')], {
      cwd: PROJECT_ROOT,
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(this.child);
    this.child.once('close', () => living.delete(this.child));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** True once it serves, false where it ended first. */
  async ready(): Promise<boolean> {
    while (this.isAlive) {
      this.base = READY.exec(this.log)?.[1] ?? '';
      if (this.base !== '') return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
