/** The real application on a free port, over a database of its own. Nothing of ours is replaced. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../src/app-config.js';
import { localTokenKey, Tokens } from '../../src/access/tokens.js';
import { readConfig } from '../../src/config.js';
import { createHttpApp } from '../../src/http/http-app.js';
import { makeLogger } from '../../src/ops/logger.js';
import { AlarmWorker } from '../../src/sla/alarm.worker.js';
import { createDatabase, type TestDatabase } from './database.js';
import { Http } from './http.js';

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly http: Http;
  readonly dataDir: string;
  /** Fires everything that is due now, as the sweep does. */
  drain(): Promise<boolean>;
  /** Stops the application and, where it brought its own, drops the database. */
  stop(): Promise<void>;
}

export interface AppOptions {
  /** Share another application's database and files: a second process of the same installation. */
  readonly beside?: TestApp;
  readonly redisUrl?: string | undefined;
  /** The way to the database, where it leads through a door of the test. */
  readonly through?: (databaseUrl: string) => string;
  readonly process?: 'all' | 'api' | 'worker';
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  const database = options.beside?.database ?? (await createDatabase());
  const dataDir = options.beside?.dataDir ?? mkdtempSync(join(tmpdir(), 'alur-app-'));
  const appUrl = options.through?.(database.appUrl) ?? database.appUrl;
  const config = readConfig({
    PROCESS: options.process ?? 'all',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: appUrl,
    TOKEN_KEY: localTokenKey(dataDir),
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    DEMO: 'on',
    ...(process.env.TEST_POOLER && { PREPARED_STATEMENTS: 'off', REDIS_URL: process.env.TEST_REDIS_URL }),
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    ...options.environment,
  });
  const tokens = Tokens.by(config);
  const app = await createHttpApp(config, new AppConfig(config, appUrl), tokens, makeLogger(config.logLevel));
  await app.listen(0, '127.0.0.1');
  return {
    app,
    database,
    dataDir,
    http: new Http(await app.getUrl(), tokens),
    drain: () => app.get(AlarmWorker, { strict: false }).drain('sweep'),
    stop: async () => {
      await app.close();
      if (options.beside) return;
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
