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

  /**
   * What `make` makes, in a place that is looked for and taken in one step, so that many at once are counted too; before
   * anything is recorded: what is refused here has not been made. The place is free again when the stream is read to its end
   * or given up, and at once where there is none.
   */
  async opened<Made extends { readonly stream: Readable }>(make: () => Promise<Made>): Promise<Made> {
    if (this.open >= MOST_OPEN) throw new AppError('RATE_LIMITED', { retryAfterSeconds: RETRY_SECONDS });
    this.open += 1;
    try {
      const made = await make();
      made.stream.once('close', () => (this.open -= 1));
      return made;
    } catch (error) {
      this.open -= 1;
      throw error;
    }
  }

  page<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('page', work);
  }
}
