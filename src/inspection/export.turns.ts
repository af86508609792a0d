/**
 * Exports are long, and whoever takes them may read slowly: few at a time in a process, and their pages are read one after the
 * other, so that transitions keep their connections and memory stays where it is.
 */
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../errors.js';
import { Turns } from '../ops/turns.js';

const MOST_OPEN = 4;
const RETRY_SECONDS = 10;

@Injectable()
export class ExportTurns {
  private readonly turns = new Turns();
  private open = 0;

  /** Before anything is recorded: what is refused here has not been made. */
  room(): void {
    if (this.open >= MOST_OPEN) throw new AppError('RATE_LIMITED', { retryAfterSeconds: RETRY_SECONDS });
  }

  /** Counts until the stream is read to its end, or given up. */
  opened(stream: Readable): Readable {
    this.open += 1;
    return stream.once('close', () => (this.open -= 1));
  }

  page<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('page', work);
  }
}
