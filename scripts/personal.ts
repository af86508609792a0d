/**
 * npm run personal: what the law on personal data (UU 27/2022) asks of an office. As the owner, by MIGRATION_DATABASE_URL.
 *
 *   npm run personal -- gather --office diskominfo --name 'Nama Pemohon' [--phone 0812…]
 *   npm run personal -- destroy --office diskominfo --case KIM-2026-000123 --years 5
 *
 * `gather` prints everything held on one person as JSON. `destroy` ends it for a case that has been closed for that many
 * years: applicant, free text, letters and scans; its history stays, and still verifies.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { ConfigError, readConfig } from '../src/config.js';
import { destroy, gather } from '../src/privacy/personal.store.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const text = { type: 'string' } as const;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { office: text, name: text, phone: text, case: text, years: text },
  });
  const { migrationDatabaseUrl, dataDir } = readConfig();
  if (!migrationDatabaseUrl) throw new ConfigError('MIGRATION_DATABASE_URL is missing: the database as its owner.');
  const client = new Client({ connectionString: migrationDatabaseUrl });
  await client.connect();
  try {
    const { office, name, phone = null, case: caseNo, years = '' } = values;
    if (positionals[0] === 'gather' && office && name) {
      say(JSON.stringify(await gather(client, office, name, phone), null, 2));
    } else if (positionals[0] === 'destroy' && office && caseNo && /^[1-9]\d?$/.test(years)) {
      const gone = await destroy(client, office, caseNo, Number(years));
      if (!gone)
        throw new ConfigError(`Office ${office} has no case ${caseNo} that has been closed for ${years} years.`);
      // The row first: a scan without a row is swept away at the next start, a row without its scan would be a lie.
      rmSync(join(dataDir, 'documents', gone.officeId, gone.caseId), { recursive: true, force: true });
      say(`personal: nothing personal is held on ${caseNo} any more`);
    } else {
      throw new ConfigError('Say gather --office --name [--phone], or destroy --office --case --years (1 to 99).');
    }
  } finally {
    await client.end();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`personal: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
