/** A Redis that a drill may kill, empty and misconfigure: a server of its own, with its data on disk. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../test/support/free-port.js';

export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export class OwnRedis {
  readonly client: Redis;
  private server: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'alur-redis-'));

  private constructor(private readonly port: number) {
    this.client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, lazyConnect: true });
    this.client.on('error', () => undefined);
  }

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort());
    await redis.begin();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Killed, its folder emptied, started again: it comes back knowing nothing. */
  async loseData(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
    await this.begin();
  }

  async end(): Promise<void> {
    this.client.disconnect();
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async begin(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--dir', this.folder];
    mkdirSync(this.folder, { recursive: true });
    this.server = spawn('redis-server', options, { stdio: 'ignore' });
    await this.client.ping();
  }

  private async kill(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}
