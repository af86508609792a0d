/**
 * npm run replay: runs the history of every stored case again through its machine and compares the result with the
 * case as stored. Of DATABASE_URL, else of the embedded installation under DATA_DIR (not while Alur runs on it).
 * Exit code: 0 all agree, 1 something differs, 2 it could not be checked.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Registry } from '../machines/registry.js';
import { ConfigError, readConfig, type Config } from '../src/config.js';
import { dataSourceOptions } from '../src/db/data-source.js';
import { startEmbedded } from '../src/db/embedded.js';
import { guardDatabase } from '../src/db/guard.js';
import { Sql } from '../src/db/sql.js';
import { replayAll, type ReplayCounts } from '../src/engine/replay-all.js';

/** Cases between two lines of progress. */
const EVERY = 1000;

const say = (line: string) => process.stdout.write(`replay: ${line}\n`);

interface Subject {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function subject({ databaseUrl, dataDir }: Config): Promise<Subject> {
  if (databaseUrl) return { url: databaseUrl, stop: () => Promise.resolve() };
  if (!existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) {
    throw new ConfigError(`There is no installation under ${dataDir}. Set DATA_DIR or DATABASE_URL.`);
  }
  const embedded = await startEmbedded(dataDir, say);
  return { url: embedded.appUrl, stop: () => embedded.stop() };
}

async function replayDatabase(url: string): Promise<ReplayCounts> {
  await guardDatabase(url);
  const source = await new DataSource(dataSourceOptions(url, 2)).initialize();
  try {
    return await replayAll(new Sql(source), new Registry(), {
      differs: (caseNo, caseId, why) => say(`DIFFERS ${caseNo} (${caseId}): ${why}`),
      progress: ({ cases, events }) => {
        if (cases % EVERY === 0) say(`${cases} cases, ${events} events so far`);
      },
    });
  } finally {
    await source.destroy();
  }
}

async function main(): Promise<void> {
  const { url, stop } = await subject(readConfig());
  try {
    const { cases, events, differences } = await replayDatabase(url);
    say(`${cases} cases, ${events} events, ${differences} difference${differences === 1 ? '' : 's'}`);
    process.exitCode = differences === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`replay: ${message || code || String(error)}\n`);
  process.exitCode = 2;
});
