/**
 * Hears from the database (triggers of migrations CallOnAccess and CallOnCalendar) that somebody may do something else now,
 * or that an office goes by another calendar, and drops what this process keeps of it, whichever process or hand changed it. A help, not a promise: where no call comes through, as
 * behind PgBouncer, what is kept ends by its age (fresh.ts).
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { QuietClient } from '../db/quiet-client.js';

interface Kept {
  clear(): void;
}

const CHANNEL = 'alur_access';
const AGAIN_MS = 2000;
const CONNECT_MS = 5000;

@Injectable()
export class AccessChanges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('access');
  private readonly kept = new Set<Kept>();
  private client: QuietClient | null = null;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly config: AppConfig) {}

  /** From now on dropped at each change. */
  keep<T extends Kept>(kept: T): T {
    this.kept.add(kept);
    return kept;
  }

  /** Nobody waits for it. */
  onApplicationBootstrap(): void {
    if (this.config.runsApi) void this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.client?.end();
  }

  private async listen(): Promise<void> {
    const client = new QuietClient({
      connectionString: this.config.databaseUrl,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'alur-access',
    });
    client.on('notification', () => this.drop());
    client.once('end', () => this.listenAgain(client));
    this.client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      // What was changed while nobody listened.
      this.drop();
    } catch (error) {
      this.log.debug(`not listening for changes of access: ${(error as Error).message}`);
      await client.end().catch(() => undefined);
      this.listenAgain(client);
    }
  }

  /** Once for each connection: one that fails may say so twice. */
  private listenAgain(client: QuietClient): void {
    if (this.stopped || this.client !== client) return;
    this.client = null;
    this.again = setTimeout(() => void this.listen(), AGAIN_MS).unref();
  }

  private drop(): void {
    for (const kept of this.kept) kept.clear();
  }
}
