/**
 * npm run migrate: brings the database to this version, as its owner, and makes the login of the API and workers. Run it
 * before the first start and at each upgrade; running it again changes nothing. DEMO=on adds the demo offices.
 */
import { DataSource } from 'typeorm';
import { ConfigError, readConfig, type Config } from '../src/config.js';
import { dataSourceOptions } from '../src/db/data-source.js';
import { guardDatabase } from '../src/db/guard.js';
import { prepareDatabase } from '../src/db/prepare.js';
import { demoPassword, seedDemo } from '../src/db/seed-demo.js';

const say = (line: string) => process.stdout.write(`migrate: ${line}\n`);

function urls({ migrationDatabaseUrl: ownerUrl, databaseUrl: appUrl }: Config): { ownerUrl: string; appUrl: string } {
  if (!ownerUrl) throw new ConfigError('MIGRATION_DATABASE_URL is missing: the URL of the database as its owner.');
  if (!appUrl) throw new ConfigError('DATABASE_URL is missing: the URL of the database as the API and workers log in.');
  if (new URL(ownerUrl).username === new URL(appUrl).username) {
    throw new ConfigError(
      'MIGRATION_DATABASE_URL and DATABASE_URL name the same login: the owner could change history.',
    );
  }
  return { ownerUrl, appUrl };
}

async function seed(config: Config, appUrl: string): Promise<void> {
  const source = await new DataSource(dataSourceOptions(appUrl, 2)).initialize();
  try {
    await seedDemo(source, demoPassword(config.demoPassword, config.dataDir));
  } finally {
    await source.destroy();
  }
}

async function main(): Promise<void> {
  const config = readConfig();
  const { ownerUrl, appUrl } = urls(config);
  const { host, pathname } = new URL(ownerUrl);
  const applied = await prepareDatabase({ ownerUrl, appUrl, say });
  say(`${host}${pathname}: ${applied === 0 ? 'was up to date' : `${applied} migration(s) applied`}`);
  await guardDatabase(appUrl);
  say(`login ${new URL(appUrl).username} works and cannot change history`);
  if (!config.demo) return;
  await seed(config, appUrl);
  say('demo offices are there');
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`migrate: ${message || code || String(error)}\n`);
  process.exitCode = 1;
});
