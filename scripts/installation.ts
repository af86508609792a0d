/** The database a command looks at: the one of DATABASE_URL, else the embedded installation under DATA_DIR, started for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { ConfigError, type Config } from '../src/config.js';
import { dataSourceOptions } from '../src/db/data-source.js';
import { startEmbedded } from '../src/db/embedded.js';
import { guardDatabase } from '../src/db/guard.js';
import { Sql } from '../src/db/sql.js';

interface Subject {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function subject({ databaseUrl, dataDir }: Config, say: (line: string) => void): Promise<Subject> {
  if (databaseUrl) return { url: databaseUrl, stop: () => Promise.resolve() };
  if (!existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) {
    throw new ConfigError(`There is no installation under ${dataDir}. Set DATA_DIR or DATABASE_URL.`);
  }
  const embedded = await startEmbedded(dataDir, say);
  return { url: embedded.appUrl, stop: () => embedded.stop() };
}

/** Does the work with a login that cannot change history, and leaves everything as it was found. */
export async function withInstallation<T>(
  config: Config,
  say: (line: string) => void,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const { url, stop } = await subject(config, say);
  try {
    await guardDatabase(url);
    const source = await new DataSource(dataSourceOptions(url, 2)).initialize();
    try {
      return await work(new Sql(source));
    } finally {
      await source.destroy();
    }
  } finally {
    await stop();
  }
}
