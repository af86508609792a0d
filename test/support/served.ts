/**
 * The built program in a process of its own, over a database of the test: for suites of many thousand requests, which within
 * the runner cost several times as much.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTokenKey, Tokens } from '../../src/access/tokens.js';
import { readConfig } from '../../src/config.js';
import { createDatabase, type TestDatabase } from './database.js';
import { Http } from './http.js';
import { Program } from './program.js';

export interface Served {
  readonly database: TestDatabase;
  readonly http: Http;
  /** Stops the program and drops the database. */
  stop(): Promise<void>;
}

export async function startServed(environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const database = await createDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'alur-served-'));
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: database.appUrl,
    TOKEN_KEY: localTokenKey(dataDir),
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    DEMO: 'on',
    DEMO_PASSWORD: 'demo-password',
    ...environment,
  };
  const program = new Program(['dist/scripts/serve.js'], settings);
  return {
    database,
    http: new Http(await program.ready(), Tokens.by(readConfig(settings))),
    stop: async () => {
      await program.stop('SIGTERM');
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
