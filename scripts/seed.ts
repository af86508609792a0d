/**
 * npm run seed -- --cases 1000000: fills the demo office with open cases and their histories, to see how Alur does when it
 * has grown. Histories are true to the last hash (npm run replay agrees); only the due times are spread over the coming
 * month, whatever the calendar says. For the embedded demo installation under DATA_DIR, while Alur does not run on it.
 */
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Registry } from '../machines/registry.js';
import { ConfigError, readConfig, type Config } from '../src/config.js';
import { dataSourceOptions } from '../src/db/data-source.js';
import { startEmbedded } from '../src/db/embedded.js';
import { prepareDatabase } from '../src/db/prepare.js';
import { demoPassword, DEMO_OFFICES, seedDemo } from '../src/db/seed-demo.js';
import { Sql } from '../src/db/sql.js';
import { OfficeStore } from '../src/engine/office.store.js';
import * as sql from './seed.sql.js';
import { template, type Office, type TemplateStep } from './seed-template.js';

const CHUNK = 20_000;
const MOST = 10_000_000;
const BAR = 40;

function progress(done: number, total: number, startedAt: number): void {
  const full = Math.round((BAR * done) / total);
  const seconds = (performance.now() - startedAt) / 1000;
  const left = Math.round((seconds / done) * (total - done));
  const line = `  ${'#'.repeat(full)}${'.'.repeat(BAR - full)} ${done} of ${total} cases, ${left} s left`;
  process.stdout.write(process.stdout.isTTY ? `\r${line}   ` : `${line}\n`);
}

async function officeOf(url: string): Promise<Office> {
  const source = await new DataSource(dataSourceOptions(url, 2)).initialize();
  try {
    const code = DEMO_OFFICES[0]?.code;
    const [row] = await source.query<{ id: string }[]>('SELECT id FROM offices WHERE code = $1', [code]);
    if (!row) throw new ConfigError(`There is no demo office ${String(code)} here.`);
    const offices = new OfficeStore(new Sql(source));
    const directory = await offices.directory(row.id);
    const [registered] = new Registry().current();
    if (!registered) throw new Error('There is no service.');
    return { registered, directory, time: await offices.workingTime(row.id, directory.calendarVersion) };
  } finally {
    await source.destroy();
  }
}

/** `count` numbers of a counter, as the engine takes them; the last one before them. */
async function numbers(client: Client, officeId: string, name: string, year: number, count: number): Promise<number> {
  const { rows } = await client.query<{ last: number }>(
    `INSERT INTO counters AS k (office_id, name, year, last_seq) VALUES ($1, $2, $3, $4)
     ON CONFLICT (office_id, name, year) DO UPDATE SET last_seq = k.last_seq + excluded.last_seq RETURNING last_seq AS last`,
    [officeId, name, year, count],
  );
  return (rows[0]?.last ?? count) - count;
}

async function writeChunk(
  client: Client,
  { directory: { officeId }, registered: { service, hash } }: Office,
  steps: readonly TemplateStep[],
  chunk: sql.Chunk,
  salt: string,
): Promise<void> {
  await client.query('BEGIN');
  await client.query(sql.chunkSql(chunk), [service.casePrefix, salt]);
  for (const { seq, numberName, letter } of steps) {
    if (numberName && letter) {
      const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM chunk WHERE len >= $1', [seq]);
      const before = await numbers(client, officeId, numberName, chunk.year, rows[0]?.n ?? 0);
      await client.query(sql.NUMBERS, [before, seq]);
    }
    await client.query(sql.WRITE_ENTRY, [seq]);
    await client.query(sql.WRITE_HISTORY, [seq, officeId]);
    await client.query(sql.WRITE_ARRIVALS, [seq, officeId]);
    await client.query(sql.WRITE_APART, [seq, officeId]);
    await client.query(sql.WRITE_AGENDA, [seq, officeId, chunk.year]);
    await client.query(sql.WRITE_OFFICERS, [seq, officeId]);
  }
  const [cases, ...copies] = sql.WRITE_CASES;
  await client.query(cases, [officeId, service.id, service.version, hash]);
  for (const copy of copies) await client.query(copy, [officeId]);
  await client.query('DROP TABLE chunk');
  await client.query('COMMIT');
}

async function seed(ownerUrl: string, office: Office, total: number): Promise<void> {
  const steps = template(office);
  const { service } = office.registered;
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const year = new Date().getUTCFullYear();
    const numbersFrom = await numbers(client, office.directory.officeId, service.casePrefix, year, total);
    await client.query(sql.TEMPLATE, [JSON.stringify(steps)]);
    const startedAt = performance.now();
    const salt = String(numbersFrom);
    for (let first = 1; first <= total; first += CHUNK) {
      const last = Math.min(first + CHUNK - 1, total);
      await writeChunk(client, office, steps, { first, last, total, numbersFrom, year }, salt);
      progress(last, total, startedAt);
    }
    process.stdout.write('\n  tidying up (VACUUM ANALYZE)\n');
    for (const table of TABLES) await client.query(`VACUUM (ANALYZE) ${table}`);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`seed: ${total} open cases in ${seconds} s\n`);
  } finally {
    await client.end();
  }
}

const TABLES = ['cases', 'case_desks', 'case_register', 'case_officers', 'case_applicants', 'history', 'case_payloads'];

function howMany(): number {
  const { values } = parseArgs({ options: { cases: { type: 'string', default: '100000' } } });
  const total = Number(values.cases);
  if (!Number.isInteger(total) || total < 1 || total > MOST) {
    throw new ConfigError(`--cases takes a whole number from 1 to ${MOST}, not "${values.cases}".`);
  }
  return total;
}

async function main(config: Config): Promise<void> {
  const total = howMany();
  if (config.databaseUrl) throw new ConfigError('Unset DATABASE_URL: only the embedded demo installation is filled.');
  const embedded = await startEmbedded(config.dataDir, (line) => process.stdout.write(`  ${line}\n`));
  try {
    await prepareDatabase(embedded);
    const source = await new DataSource(dataSourceOptions(embedded.appUrl, 2)).initialize();
    await seedDemo(source, demoPassword(config.demoPassword, config.dataDir));
    await source.destroy();
    await seed(embedded.ownerUrl, await officeOf(embedded.appUrl), total);
  } finally {
    await embedded.stop();
  }
}

try {
  await main(readConfig());
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`seed: ${error instanceof ConfigError ? message : (stack ?? message)}\n`);
  process.exitCode = 1;
}
