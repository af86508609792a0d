/** What a drill acts on: a database of its own, a queue, and as many processes of the program as it starts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTokenKey, Tokens } from '../src/access/tokens.js';
import { createDatabase, type TestDatabase } from '../test/support/database.js';
import { Http } from '../test/support/http.js';
import { truncateQueue } from '../test/support/queue-tables.js';
import { startRedis, type TestRedis } from '../test/support/redis-door.js';
import { Alur } from './alur.js';
import type { Queue } from './drills.types.js';
import { Random } from './random.js';

/** Longer than any drill, whatever its clocks do. */
const TOKEN_MINUTES = 720;

export interface Start {
  readonly environment?: Readonly<Record<string, string>>;
  readonly preload?: string;
}

export class World {
  readonly random: Random;
  private readonly tokens: Tokens;
  private readonly processes: Alur[] = [];

  private constructor(
    readonly queue: Queue,
    readonly seed: number,
    readonly database: TestDatabase,
    readonly redis: TestRedis | null,
    private readonly dataDir: string,
    readonly say: (line: string) => void,
  ) {
    this.random = new Random(seed);
    this.tokens = new Tokens(localTokenKey(dataDir), TOKEN_MINUTES);
  }

  static async make(queue: Queue, seed: number, say: (line: string) => void): Promise<World> {
    const redis = queue === 'redis' ? await startRedis() : null;
    const dataDir = mkdtempSync(join(tmpdir(), 'alur-drill-'));
    return new World(queue, seed, await createDatabase(), redis, dataDir, say);
  }

  /** Not waited for: see `started`. */
  spawn(kind: 'all' | 'api' | 'worker', { environment, preload }: Start = {}): Alur {
    const alur = new Alur(
      {
        PROCESS: kind,
        PORT: '0',
        DATA_DIR: this.dataDir,
        DATABASE_URL: this.database.appUrl,
        TOKEN_KEY: localTokenKey(this.dataDir),
        DEMO: 'on',
        DEMO_PASSWORD: 'demo-password',
        LOG_LEVEL: 'warn',
        ...(this.redis && { REDIS_URL: this.redis.url }),
        ...environment,
      },
      preload,
    );
    this.processes.push(alur);
    return alur;
  }

  async started(kind: 'all' | 'api' | 'worker', start: Start = {}): Promise<Alur> {
    const alur = this.spawn(kind, start);
    if (await alur.ready()) return alur;
    throw new Error(`the ${kind} process ended instead of starting: ${alur.log}`);
  }

  many(count: number, kind: 'all' | 'api' | 'worker', start: Start = {}): Promise<Alur[]> {
    return Promise.all(Array.from({ length: count }, () => this.started(kind, start)));
  }

  /** The people of office 2, whose working minute lasts a second and which never closes; of office 1 where named. */
  people({ base }: Pick<Alur, 'base'>, office: 1 | 2 = 2): Http {
    return new Http(base, this.tokens, office);
  }

  /** Every wake-up call forgotten. */
  async loseJobs(): Promise<void> {
    if (this.redis) await this.redis.direct.flushdb();
    else await truncateQueue(this.database);
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.kill()));
    await this.redis?.stop();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
