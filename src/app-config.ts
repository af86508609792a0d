/** The configuration as Nest injects it, with what is only known once the program runs. */
import type { Config } from './config.js';

export class AppConfig {
  readonly dataDir: string;
  readonly redisUrl: string | null;
  readonly databasePool: number;
  readonly sharedCommits: boolean;
  readonly demo: boolean;
  readonly sweepSeconds: number;
  readonly mail: Config['mail'];
  readonly sealKey: string | null;
  readonly webhookAllow: readonly string[];
  readonly truthSeconds: number;
  readonly uploadMaxBytes: number;
  readonly shutdownSeconds: number;
  readonly sessionHours: number;
  readonly requestsPerMinute: number | null;
  readonly logOrigin: string;
  readonly logKey: string | null;
  readonly checkpointFile: string;
  readonly checkpointMailHours: number;
  readonly selfCheckSeconds: number;
  readonly deliveryRetentionDays: number;
  readonly reportSeconds: number;
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
    this.demo = config.demo;
    this.sweepSeconds = config.sweepSeconds;
    this.mail = config.mail;
    this.sealKey = config.sealKey;
    this.webhookAllow = config.webhookAllow;
    this.truthSeconds = config.truthSeconds;
    this.uploadMaxBytes = config.uploadMaxBytes;
    this.shutdownSeconds = config.shutdownSeconds;
    this.sessionHours = config.sessionHours;
    this.requestsPerMinute = config.requestsPerMinute;
    this.logOrigin = config.logOrigin;
    this.logKey = config.logKey;
    this.checkpointFile = config.checkpointFile;
    this.checkpointMailHours = config.checkpointMailHours;
    this.selfCheckSeconds = config.selfCheckSeconds;
    this.deliveryRetentionDays = config.deliveryRetentionDays;
    this.reportSeconds = config.reportSeconds;
    this.runsApi = config.process !== 'worker';
    this.runsWorker = config.process !== 'api';
  }
}
