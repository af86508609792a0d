/** One running Alur: database, HTTP, workers; started in order, stopped in reverse. */
import { createServer } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { Tokens } from './access/tokens.js';
import { AppConfig } from './app-config.js';
import { ConfigError, type Config } from './config.js';
import { dataSourceOptions } from './db/data-source.js';
import { startEmbedded, type EmbeddedServer } from './db/embedded.js';
import { guardDatabase } from './db/guard.js';
import { prepareDatabase } from './db/prepare.js';
import { demoPassword, seedDemo } from './db/seed-demo.js';
import { logKeyFile } from './evidence/log-key.js';
import { createHttpApp } from './http/http-app.js';
import { makeLogger } from './ops/logger.js';
import { within } from './ops/within.js';
import { calendarSchema, isRehearsal } from './sla/calendar.js';

export interface Server {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Shown to the person who starts a demo; null elsewhere. */
  readonly password: string | null;
  readonly servesApi: boolean;
  stop(): Promise<void>;
}

/** `say` gets one line for each thing that takes time. */
export async function startServer(config: Config, say: (line: string) => void): Promise<Server> {
  refuseKeyOfItsOwn(config);
  await refuseTakenPort(config.host, config.port);
  const embedded = config.databaseUrl ? null : await startEmbedded(config.dataDir, say);
  try {
    if (embedded) await prepareDatabase({ ...embedded, say });
    const databaseUrl = config.databaseUrl ?? embedded?.appUrl ?? '';
    await guardDatabase(databaseUrl);
    const password = config.demo ? demoPassword(config.demoPassword, config.dataDir) : null;
    await furnish(databaseUrl, password, say);
    const appConfig = new AppConfig(config, databaseUrl);
    const tokens = Tokens.by(config);
    say(`starting ${config.process === 'all' ? 'API and workers' : config.process}`);
    const app = await createHttpApp(config, appConfig, tokens, makeLogger(config.logLevel));
    await app.listen(config.port, config.host);
    return {
      app,
      url: await app.getUrl(),
      password,
      servesApi: appConfig.runsApi,
      stop: () => stop(app, embedded, config),
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Requests under way are answered, then everything is let go; a deadline for what does not come to an end. */
async function stop(app: NestFastifyApplication, embedded: EmbeddedServer | null, config: Config): Promise<void> {
  await within(config.shutdownSeconds * 1000, app.close());
  await embedded?.stop();
}

async function furnish(url: string, password: string | null, say: (line: string) => void): Promise<void> {
  const source = await new DataSource(dataSourceOptions(url, 2)).initialize();
  try {
    if (password !== null) {
      say('checking the demo office');
      await seedDemo(source, password);
      return;
    }
    const calendars = await source.query<{ code: string; data: unknown }[]>(
      `SELECT o.code, c.data FROM offices o JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version`,
    );
    const rehearsing = calendars.filter(({ data }) => isRehearsal(calendarSchema.parse(data)));
    if (rehearsing.length > 0) {
      const codes = rehearsing.map(({ code }) => code).join(', ');
      throw new ConfigError(`Office ${codes} has a rehearsal calendar, refused outside demo mode (DEMO=on).`);
    }
  } finally {
    await source.destroy();
  }
}

/** Workers on several machines would each make a key, and the log would stop at the second one's. A demo has one machine. */
function refuseKeyOfItsOwn({ process, databaseUrl, logKey, demo, dataDir }: Config): void {
  if (databaseUrl === null || logKey !== null || demo || process === 'api') return;
  throw new ConfigError(
    `PROCESS=${process} signs the log and needs LOG_KEY (or LOG_KEY_FILE), the same in all workers: ` +
      '"openssl genpkey -algorithm ed25519 -out secrets/log_key.pem" makes one. A log that has been signed before keeps ' +
      `its key, as LOG_KEY_FILE=${logKeyFile(dataDir)} where it was kept there (docs/operations.md).`,
  );
}

/** Found out before anything is started, so that a taken port costs one line and no waiting. */
function refuseTakenPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const reason = taken ? 'is taken by another program' : `cannot be used (${error.code ?? error.message})`;
      reject(new ConfigError(`Port ${port} on ${host} ${reason}. Choose another, as in PORT=3001.`));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
