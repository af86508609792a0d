/** The configuration as Nest injects it, with what is only known once the program runs. */
import type { Config } from './config.js';

export class AppConfig {
  readonly dataDir: string;
  readonly redisUrl: string | null;
  readonly databasePool: number;
  readonly sharedCommits: boolean;
  readonly sweepSeconds: number;
  readonly uploadMaxBytes: number;
  readonly shutdownSeconds: number;
  readonly runsApi: boolean;
  readonly runsWorker: boolean;

  constructor(
    config: Config,
    /** Login of the API and workers: given, or that of the embedded server. */
    readonly databaseUrl: string,
  ) {
    this.dataDir = config.dataDir;
    this.redisUrl = config.redisUrl;
    this.databasePool = config.databasePool;
    this.sharedCommits = config.sharedCommits;
    this.sweepSeconds = config.sweepSeconds;
    this.uploadMaxBytes = config.uploadMaxBytes;
    this.shutdownSeconds = config.shutdownSeconds;
    this.runsApi = config.process !== 'worker';
    this.runsWorker = config.process !== 'api';
  }
}
