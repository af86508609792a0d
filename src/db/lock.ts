/** One program at a time on a data folder. A lock left by a program that no longer runs is taken over. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Lock {
  release(): void;
}

/** The message is one line that says who holds the folder. */
export class LockHeld extends Error {}

export function acquireLock(dataDir: string): Lock {
  const file = join(dataDir, 'alur.lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(file, 'utf8'));
    if (Number.isInteger(holder) && holder > 0 && holder !== process.pid && isAlive(holder)) {
      throw new LockHeld(
        `Another Alur (process ${holder}) uses ${dataDir}. Stop it, or give this one its own DATA_DIR. ` +
          `If that process is something else, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new LockHeld(`Cannot lock ${dataDir}: another program is starting on it right now.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
