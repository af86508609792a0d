/**
 * A connection that breaks tells whoever waits for its answer. It then says so once more, as an event: where nobody
 * listens, as to a client that a pool has lent out, Node would end the process.
 */
import { Client, type ClientConfig } from 'pg';

export class QuietClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
