/**
 * npm run keys: the keys that sign the log, oldest first.
 * npm run keys -- rotate [--out FILE]: makes the next one; the old key vouches for it, and the log records it.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig, type Config } from '../src/config.js';
import type { Sql } from '../src/db/sql.js';
import { CheckpointStore } from '../src/evidence/checkpoint.store.js';
import { LogStore } from '../src/evidence/log.store.js';
import { logKeyFile, makeLogKey, readLogKey } from '../src/evidence/log-key.js';
import { RecordStore } from '../src/evidence/records.store.js';
import { Rotation } from '../src/evidence/rotation.js';
import { withInstallation } from './installation.js';

const say = (line: string) => process.stdout.write(`keys: ${line}\n`);

async function list(sql: Sql): Promise<void> {
  const keys = await new CheckpointStore(sql).keys();
  if (keys.length === 0) say('the log has no key yet: the first worker makes it known');
  for (const { verifierKey, fromSize } of keys) say(`from entry ${fromSize}: ${verifierKey}`);
}

/** Where the new key goes: first under its own name, so that it is not lost whatever happens then. */
function placesFor({ logKey, dataDir }: Config, keyId: string, out: string | undefined) {
  if (!logKey && out)
    throw new ConfigError('--out is for an installation with LOG_KEY; this one keeps its key in DATA_DIR.');
  if (logKey && !out) throw new ConfigError('LOG_KEY is given: say with --out FILE where the new key goes.');
  if (out) return { file: out, inPlaceOf: null };
  return { file: join(dataDir, `log-key.${keyId}.pem`), inPlaceOf: logKeyFile(dataDir) };
}

async function rotate(sql: Sql, config: Config, out: string | undefined): Promise<void> {
  const older = readLogKey(config.logKey, config.dataDir, config.logOrigin);
  const pem = makeLogKey();
  const newer = readLogKey(pem, config.dataDir, config.logOrigin);
  const { file, inPlaceOf } = placesFor(config, newer.verifier.keyId, out);
  if (existsSync(file)) throw new ConfigError(`${file} is there already.`);
  writeFileSync(file, createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  const rotation = new Rotation(new LogStore(sql), new CheckpointStore(sql), new RecordStore(sql));
  const obstacle = await rotation.rotate(older, newer);
  if (obstacle !== null) throw new ConfigError(`${obstacle}. Nothing was changed; ${file} is of no use.`);
  if (inPlaceOf) {
    renameSync(inPlaceOf, join(dirname(inPlaceOf), `log-key.${older.verifier.keyId}.old.pem`));
    renameSync(file, inPlaceOf);
  }
  say(`the log is signed by ${newer.verifier.text} from now on`);
  say(inPlaceOf ? `private key in ${inPlaceOf}` : `start all workers with LOG_KEY_FILE=${file}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
  const [command, ...others] = positionals;
  if (others.length > 0 || (command !== undefined && command !== 'rotate')) {
    throw new ConfigError('usage: npm run keys [-- rotate [--out FILE]]');
  }
  const config = readConfig();
  await withInstallation(config, say, (sql) => (command === 'rotate' ? rotate(sql, config, values.out) : list(sql)));
}

main().catch((error: unknown) => {
  const { message, code } = error as { message: string; code?: string };
  process.stderr.write(`keys: ${message || code || String(error)}\n`);
  process.exitCode = 1;
});
