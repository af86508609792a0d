/** How the program connects: one small pool, entities for what is not on the hot path, migrations run by their owner. */
import type { DataSourceOptions } from 'typeorm';
import { CreateCore1764000000000 } from '../../migrations/1764000000000-CreateCore.js';
import { LightenWritePath1764100000000 } from '../../migrations/1764100000000-LightenWritePath.js';
import { Account, Calendar, Notice, Office, RoleGrant, RoleTitle } from './entities.js';

export const MIGRATIONS = [CreateCore1764000000000, LightenWritePath1764100000000];

/** More connections than about eight only make two cores slower; the queue in the server waits instead. */
export function dataSourceOptions(url: string, pool: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [Account, Calendar, Notice, Office, RoleGrant, RoleTitle],
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolSize: pool,
    extra: {
      max: pool,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      // A half-open connection must give its slot back: the client gives up after the server would have.
      statement_timeout: 15_000,
      query_timeout: 20_000,
      application_name: 'alur',
    },
  };
}
