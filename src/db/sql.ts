/**
 * The one place where statements meet the pool. A named statement is prepared once per connection; one statement is one
 * round trip and, where it writes, one commit.
 */
import type { Connection, Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { AppError } from '../errors.js';

/** SQLSTATE classes and codes that mean "the database is away", not "the statement is wrong" (08P01: parameters amiss; 25P03: we hung). */
const AWAY = /^(08(?!P01)|57P0[1-3]|53300|53400|25P03)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** node-postgres reports these without a code. */
const POOL_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered|not queryable|Query read timeout/;
/** Ours: PostgreSQL would have cancelled a slow statement before, so nobody is there any more. */
const SILENT = /Query read timeout/;
/** ALLOW_CONNECTIONS false, as during a restore, shares its code with much else. */
const SHUT = /is not currently accepting connections/;

export function isAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === '55000') return SHUT.test(message);
  return AWAY.test(code) || NETWORK.has(code) || (code === '' && POOL_MESSAGES.test(message));
}

/** A statement that was stopped because it took longer than it may. */
export function isOvertime(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}

/** Data in a column is not what the statement takes it for (class 22): somebody has changed a stored text. */
export function isBrokenText(error: unknown): boolean {
  return /^22/.test((error as { code?: string }).code ?? '');
}

/** The client gives up this much after the server would have. */
const GRACE_MS = 5000;

export class Sql {
  private readonly clients = new Set<PoolClient>();

  constructor(
    private readonly source: DataSource,
    private readonly prepares = true,
  ) {
    this.pool.on('acquire', (client) => this.clients.add(client));
    this.pool.on('remove', (client) => this.clients.delete(client));
  }

  get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }

  /** Rows of one statement, prepared under `name` unless its text varies (null). A database that is away is a 503 for the caller, who may try again. */
  run<Row>(name: string | null, text: string, values: readonly unknown[]): Promise<Row[]> {
    return this.pool.query(this.statement(name, text, values)).then(
      ({ rows }) => rows as Row[],
      (error: unknown) => {
        throw this.judgedShort(error);
      },
    );
  }

  /**
   * A read behind the second wall: row security shows this office's rows only, whatever the statement forgot. It costs two
   * round trips more, so it is for reads; what is written goes by its own filter.
   */
  async inOffice<Row>(officeId: string, name: string | null, text: string, values: readonly unknown[]): Promise<Row[]> {
    let client: PoolClient | undefined;
    let broken: Error | undefined;
    try {
      client = await this.pool.connect();
      await client.query(`BEGIN READ ONLY; SET LOCAL ROLE alur_office; SET LOCAL alur.office = ${quoted(officeId)}`);
      const { rows } = await client.query(this.statement(name, text, values));
      await client.query('COMMIT');
      return rows as Row[];
    } catch (error) {
      // A connection in an unknown state, and in another role, goes back to nobody.
      broken = error as Error;
      throw this.judgedShort(error);
    } finally {
      client?.release(broken);
    }
  }

  /** What a repository reads, with the same answer where the database is away. */
  async read<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.judged(error);
    }
  }

  /** Several statements in one transaction; rolled back when `work` throws. */
  async transaction<T>(work: (run: Sql['run']) => Promise<T>, limitMs?: number): Promise<T> {
    try {
      return await this.source.transaction(async ({ queryRunner }) => {
        const client = (await queryRunner?.connect()) as PoolClient;
        return work(async <Row>(name: string | null, text: string, values: readonly unknown[]) => {
          try {
            const limit = limitMs && { query_timeout: limitMs };
            const { rows } = await client.query({ ...this.statement(name, text, values), ...limit });
            return rows as Row[];
          } catch (error) {
            // At once, or the ROLLBACK would wait for nobody once more.
            if (isSilent(error)) this.hangUp();
            throw error;
          }
        });
      });
    } catch (error) {
      throw this.judged(error);
    }
  }

  /**
   * What follows the lock sees all that was committed by those it waited for: within one statement, the snapshot would be
   * older than the wait.
   */
  async afterLock<T>(lock: string, values: readonly unknown[], work: (run: Sql['run']) => Promise<T>): Promise<T> {
    try {
      return await this.transaction(async (run) => {
        await run(null, lock, values);
        return work(run);
      });
    } catch (error) {
      throw this.judgedShort(error);
    }
  }

  /** Reads that take long: each statement has so many seconds, and may be planned by these ways too (see prepare.ts). */
  reading<T>(limitSeconds: number, plans: readonly string[], work: (run: Sql['run']) => Promise<T>): Promise<T> {
    const limitMs = limitSeconds * 1000;
    const settings = [`statement_timeout = ${limitMs}`, ...plans.map((name) => `${name} = on`)];
    const prologue = ['SET TRANSACTION READ ONLY', ...settings.map((setting) => `SET LOCAL ${setting}`)].join('; ');
    return this.transaction(async (run) => {
      await run(null, prologue, []);
      return work(run);
    }, limitMs + GRACE_MS);
  }

  private statement(name: string | null, text: string, values: readonly unknown[]) {
    return { ...(name && this.prepares && { name }), text, values: [...values] };
  }

  private judged(error: unknown): unknown {
    if (isSilent(error)) this.hangUp();
    return isAway(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }) : error;
  }

  /** A statement of milliseconds that was stopped after seconds met a stall or a lock: whoever asks again gets past it. */
  private judgedShort(error: unknown): unknown {
    return isOvertime(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }) : this.judged(error);
  }

  /** One connection that is up and dead is seldom alone: found one after the other, they would cost a deadline each. */
  private hangUp(): void {
    for (const client of this.clients) (client as unknown as { connection: Connection }).connection.stream.destroy();
  }
}

function isSilent(error: unknown): boolean {
  return SILENT.test((error as Error).message);
}

/** SET takes no parameters. */
function quoted(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error('an office is named by its id');
  return `'${id}'`;
}
