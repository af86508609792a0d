/** A Redis that may throw jobs away without a word is refused at the door, in one line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Redis } from 'ioredis';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Program } from '../support/program.js';
import { describeWithRedis } from '../support/redis.js';

describeWithRedis('a worker before a Redis that evicts', () => {
  let server: TestApp;
  let evicting: ChildProcess;
  let redis: Redis;
  beforeAll(async () => {
    server = await startApp();
    const port = await freePort();
    // A server of its own: the policy belongs to a whole server, and other suites use the shared one.
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'allkeys-lru'];
    evicting = spawn('redis-server', options, { stdio: 'ignore' });
    redis = new Redis(port, '127.0.0.1');
    redis.on('error', () => undefined);
    await eventually('the evicting Redis answers', () => redis.status === 'ready');
  });
  afterAll(async () => {
    redis.disconnect();
    evicting.kill('SIGTERM');
    await server.stop();
  });

  const worker = () =>
    Program.start({
      PROCESS: 'worker',
      PORT: '0',
      DATA_DIR: server.dataDir,
      DATABASE_URL: server.database.appUrl,
      DEMO: 'on',
      DEMO_PASSWORD: 'demo-password',
      REDIS_URL: `redis://127.0.0.1:${redis.options.port ?? 0}`,
    });

  it('refuses to start, and says what to set', async () => {
    const refused = worker();
    expect(await refused.ended()).toBe(1);
    expect(refused.err).toMatch(/^alur: Redis' maxmemory-policy is allkeys-lru: .*noeviction.*\n$/m);
  }, 90_000);

  it('starts once the policy is noeviction', async () => {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    const started = worker();
    await started.ready();
    expect([await started.stop('SIGTERM'), started.err]).toEqual([0, '']);
  }, 90_000);
});
