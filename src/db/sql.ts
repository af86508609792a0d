/**
 * The one place where statements meet the pool. A named statement is prepared once per connection; one statement is one
 * round trip and, where it writes, one commit.
 */
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { AppError } from '../errors.js';

/** SQLSTATE classes and codes that mean "the database is away", not "the statement is wrong" (08P01: parameters amiss). */
const AWAY = /^(08(?!P01)|57P0[1-3]|53300|53400)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** node-postgres reports these without a code. */
const POOL_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered|not queryable|Query read timeout/;
/** ALLOW_CONNECTIONS false, as during a restore, shares its code with much else. */
const SHUT = /is not currently accepting connections/;

export function isAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === '55000') return SHUT.test(message);
  return AWAY.test(code) || NETWORK.has(code) || (code === '' && POOL_MESSAGES.test(message));
}

@Injectable()
export class Sql {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }

  /** Rows of one statement, prepared under `name` unless its text varies (null). A database that is away is a 503 for the caller, who may try again. */
  async run<Row>(name: string | null, text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      const { rows } = await this.pool.query({ ...(name && { name }), text, values: [...values] });
      return rows as Row[];
    } catch (error) {
      throw isAway(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }) : error;
    }
  }

  /** What a repository reads, with the same answer where the database is away. */
  async read<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw isAway(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }) : error;
    }
  }

  /** Several statements in one transaction; rolled back when `work` throws. */
  async transaction<T>(work: (run: Sql['run']) => Promise<T>): Promise<T> {
    try {
      return await this.source.transaction(async ({ queryRunner }) => {
        const client = (await queryRunner?.connect()) as PoolClient;
        return work(async <Row>(name: string | null, text: string, values: readonly unknown[]) => {
          const { rows } = await client.query({ ...(name && { name }), text, values: [...values] });
          return rows as Row[];
        });
      });
    } catch (error) {
      throw isAway(error) ? new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }) : error;
    }
  }
}
