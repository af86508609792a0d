/** libfaketime, where it is installed (Debian: faketime): the clock that the kernel gives a process jumps, not only JavaScript's. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARY = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
const SHIFTS = ['+0', '+3600', '-3600'] as const;

export class FakeTime {
  private readonly folder = mkdtempSync(join(tmpdir(), 'alur-faketime-'));
  private readonly file = join(this.folder, 'shift');
  private readonly timer: NodeJS.Timeout;
  private jumps = 0;

  private constructor(
    private readonly library: string,
    everyMs: number,
  ) {
    this.jump();
    this.timer = setInterval(() => this.jump(), everyMs).unref();
  }

  static start(everyMs: number): FakeTime | null {
    return LIBRARY ? new FakeTime(LIBRARY, everyMs) : null;
  }

  /** For a process whose clock is to jump; timers go by the monotonic clock, which no real clock change moves either. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  end(): void {
    clearInterval(this.timer);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private jump(): void {
    writeFileSync(this.file, `${SHIFTS[this.jumps++ % SHIFTS.length] ?? '+0'}\n`);
  }
}
