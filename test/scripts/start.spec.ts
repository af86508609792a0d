/** npm start on a machine that has Node and nothing else: what it says, what it leaves behind, how it ends. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { eventually } from '../support/eventually.js';
import { databasePid, isAlive, Program } from '../support/program.js';

/** A start on a busy machine takes its time: a cluster is made, an office furnished. */
const LONG = 180_000;

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alur-start-'));
  // Where we are root, the embedded server's own user must be able to pass through.
  chmodSync(folder, 0o755);
  return folder;
}

const DATA_DIR = freshFolder();
let environment: Record<string, string>;
let program: Program;
let url: string;

async function start(): Promise<void> {
  program = Program.start(environment);
  url = await program.ready();
}

/** What a busy machine answers by 503 is asked again, as that says. */
async function asked(path: string, options: RequestInit): Promise<unknown> {
  const { status, text } = await eventually(path, async () => {
    const reply = await fetch(`${url}/api/v1${path}`, options);
    return reply.status !== 503 && { status: reply.status, text: await reply.text() };
  });
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text);
}

async function casesCounted(): Promise<number> {
  const { password } = demoAccount();
  const { accessToken } = (await asked('/auth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: 'staf', password }),
  })) as { accessToken: string };
  const list = await asked('/cases', { headers: { authorization: `Bearer ${accessToken}` } });
  return (list as { counts: { total: number } }).counts.total;
}

function demoAccount(): { password: string } {
  const [, password = ''] = /Demo accounts, password (\S+):/.exec(program.out) ?? [];
  return { password };
}

beforeAll(async () => {
  environment = { DATA_DIR, PORT: String(await freePort()) };
  await start();
}, LONG);
afterAll(async () => {
  await program.stop('SIGTERM');
  rmSync(DATA_DIR, { recursive: true, force: true });
}, LONG);

describe('npm start on an empty folder', () => {
  it(
    'says where it is, who may sign in, and what to type next',
    () => {
      expect(url).toBe(`http://127.0.0.1:${environment.PORT ?? ''}`);
      expect(demoAccount().password).toBe(readFileSync(join(DATA_DIR, 'demo-password'), 'utf8').trim());
      for (const login of ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspektur']) {
        expect(program.out).toMatch(new RegExp(`^  ${login} +\\w+$`, 'm'));
      }
      expect(program.out).toContain('npm run demo');
      expect(program.err).toBe('');
    },
    LONG,
  );

  it(
    'prints a line that, pasted into a shell, opens a case',
    () => {
      const [line = ''] = /^ {2}curl .*$/m.exec(program.out) ?? [];
      const { stdout, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ state: 'intake', closed: false });
    },
    LONG,
  );

  it(
    'serves npm run demo, which shows the notice to the section head',
    async () => {
      const demo = new Program([join('scripts', 'run.mjs'), 'demo'], environment);
      expect([await demo.ended(), demo.err]).toEqual([0, '']);
      expect(demo.out).toMatch(
        /the section head was told: Berkas KIM-\d{4}-\d{6}, langkah 4 .* melewati 1 menit kerja sejak/,
      );
      expect(demo.out).toMatch(/KIM-\d{4}-\d{6} is archived/);
      expect(demo.out.match(/chain: PASS/g)).toHaveLength(2);
    },
    LONG,
  );
});

describe('a second program', () => {
  it(
    'is refused the taken port, in one line',
    async () => {
      const folder = freshFolder();
      const second = Program.start({ DATA_DIR: folder, PORT: environment.PORT! });
      expect(await second.ended()).toBe(1);
      expect(second.err).toMatch(/^alur: Port \d+ on 127\.0\.0\.1 is taken .*PORT=\d+\.\n$/);
      rmSync(folder, { recursive: true });
    },
    LONG,
  );

  it(
    'is refused the data folder of a running one, in one line',
    async () => {
      const second = Program.start({ DATA_DIR, PORT: String(await freePort()) });
      expect(await second.ended()).toBe(1);
      expect(second.err).toMatch(new RegExp(`^alur: Another Alur \\(process ${program.pid}\\) uses .*DATA_DIR.*\\n$`));
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    },
    LONG,
  );
});

describe('its end', () => {
  it(
    'is clean on Ctrl-C, and leaves no database server running',
    async () => {
      const database = databasePid(DATA_DIR)!;
      expect(isAlive(database)).toBe(true);
      expect([await program.stop('SIGINT'), program.err]).toEqual([0, '']);
      expect(program.out).toMatch(/stopped\n$/);
      expect(isAlive(database)).toBe(false);
      expect(databasePid(DATA_DIR)).toBeNull();
    },
    LONG,
  );

  it(
    'loses nothing: the next start has the data and the same password',
    async () => {
      const { password } = demoAccount();
      await start();
      expect(demoAccount().password).toBe(password);
      // One by the pasted line, one by the demo; the demo's other case lies in the other office.
      expect(await casesCounted()).toBe(2);
    },
    LONG,
  );

  it(
    'may also be kill -9: the next start cleans up and goes on',
    async () => {
      const orphan = databasePid(DATA_DIR)!;
      await program.stop('SIGKILL');
      expect(isAlive(orphan)).toBe(true);
      await start();
      expect(await casesCounted()).toBe(2);
      expect(isAlive(orphan)).toBe(false);
      expect(databasePid(DATA_DIR)).not.toBe(orphan);
    },
    LONG,
  );

  it(
    'may come while it is still starting',
    async () => {
      await program.stop();
      const early = Program.start(environment);
      await new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (!early.out.includes('starting PostgreSQL')) return;
          clearInterval(look);
          resolve();
        }, 5);
      });
      expect([await early.stop('SIGTERM'), early.err]).toEqual([0, '']);
      expect(databasePid(DATA_DIR)).toBeNull();
    },
    LONG,
  );
});
