/**
 * The signer's own memory: every checkpoint it signed, one JSON line each, where no database login reaches. Who restores an
 * old database or rewrites it does not thereby rewrite this file.
 */
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** More than the longest line. */
const TAIL_BYTES = 8192;

/** The last note in the file; null where there is none yet. A line cut short by a crash is passed over. */
export function lastNote(file: string): string | null {
  if (!existsSync(file)) return null;
  const lines = tailOf(file).split('\n').slice(0, -1);
  for (const line of lines.reverse()) {
    const note = noteIn(line);
    if (note !== null) return note;
  }
  if (lines.length > 0) throw new Error(`${file} holds no checkpoint that can be read.`);
  return null;
}

/** Returns once the note is on disk. */
export function appendNote(file: string, note: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const needsBreak = existsSync(file) && !['', '\n'].includes(tailOf(file).slice(-1));
  const handle = openSync(file, 'a', 0o644);
  try {
    writeSync(handle, `${needsBreak ? '\n' : ''}${JSON.stringify({ checkpoint: note })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function tailOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

function noteIn(line: string): string | null {
  try {
    const { checkpoint } = JSON.parse(line) as { checkpoint?: unknown };
    return typeof checkpoint === 'string' ? checkpoint : null;
  } catch {
    return null;
  }
}
