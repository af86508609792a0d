/**
 * docker-compose.yml and Dockerfile against the program they run. No container engine is needed: what they name must
 * exist here, and what they start is what docs/operations.md starts by hand.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentSchema, readConfig, SECRETS } from '../../src/config.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp } from '../support/app.js';
import { execForm, restsOf, stagesOf } from '../support/dockerfile.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly container_name?: string;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus?: string; readonly memory?: string } } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const read = (name: string) => readFileSync(join(PROJECT_ROOT, name), 'utf8');
const text = read('docker-compose.yml');
const { services, volumes, secrets } = parse(text, { merge: true }) as Compose;
const stages = stagesOf(read('Dockerfile'));
const final = stages.at(-1);
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const service = (name: string): Service => {
  const found = services[name];
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
};

/** `dist/scripts/serve.js` is built from `scripts/serve.ts`. */
const sourceOf = (built = '') => join(PROJECT_ROOT, built.replace(/^dist\//, '').replace(/\.js$/, '.ts'));

describe('docker-compose.yml', () => {
  it('has the database, the queue, one migration, the API and the workers', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'redis', 'migrate', 'api', 'worker']);
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
  });

  it.each(ours)('gives %s only variables the program reads', (_name, { environment = {} }) => {
    const known = [...Object.keys(environmentSchema.shape), ...SECRETS.map((name) => `${name}_FILE`)];
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(ours)('gives %s values the program takes', (name, { environment = {} }) => {
    const values = Object.entries(environment).map(([variable, value]) => {
      if (variable.endsWith('_FILE')) return [variable.slice(0, -5), 'postgres://login@postgres/alur'];
      return [variable, value.replace(/\$\{\w+:-(.*)\}/, '$1')];
    });
    const config = readConfig(Object.fromEntries(values) as NodeJS.ProcessEnv);
    expect(config).toMatchObject({ process: name === 'migrate' ? 'all' : name, demo: false });
  });

  it.each(ours)('gives %s its secrets as files it declares', (_name, { environment = {}, secrets: given = [] }) => {
    const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(given).toContain(file.replace('/run/secrets/', ''));
  });

  it('keeps secrets in files that git does not know, and none in itself', () => {
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^secrets\//);
    expect(read('.gitignore').split('\n')).toContain('secrets/');
    const values = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const bare = values.filter(([name]) => /PASSWORD|KEY|DATABASE_URL/.test(name) && !name.endsWith('_FILE'));
    expect(bare).toEqual([]);
    expect(text).not.toMatch(/:\/\/[^\s/]*:[^\s/]*@|PRIVATE KEY/);
  });

  it('runs commands that are built here', () => {
    const commands = [
      ...ours.flatMap(([, { command }]) => (command ? [command] : [])),
      execForm(restsOf(final, 'CMD')[0] ?? ''),
    ];
    for (const [program, ...rest] of commands) {
      const entry = rest.find((argument) => !argument.startsWith('--'));
      expect(program).toBe('node');
      expect([entry, existsSync(sourceOf(entry))]).toEqual([entry, true]);
      expect(existsSync(join(PROJECT_ROOT, entry ?? ''))).toBe(true);
    }
  });

  it('gives the program the same room as npm start does', () => {
    const room = (command: string) => command.match(/--max-\S+=\d+/g);
    expect(room(execForm(restsOf(final, 'CMD')[0] ?? '').join(' '))).toEqual(room(scripts.start ?? ''));
    expect(room(scripts.start ?? '')).toHaveLength(2);
  });

  it('migrates once, when the database is there, and serves after that', () => {
    expect(service('migrate')).toMatchObject({
      command: ['node', 'dist/scripts/migrate.js'],
      restart: 'no',
      depends_on: { postgres: { condition: 'service_healthy' } },
    });
    for (const name of ['api', 'worker']) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    }
  });

  it('knows of everything that runs on whether it is healthy', () => {
    for (const name of ['postgres', 'redis']) expect(service(name).healthcheck?.test[0]).toBe('CMD');
    expect(restsOf(final, 'HEALTHCHECK')).toHaveLength(1);
  });

  it('lets Redis keep every wake-up call, also over a restart', () => {
    const command = (service('redis').command ?? []).join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
    expect(service('redis').volumes?.[0]).toMatch(/:\/data$/);
  });

  it('lets api and worker be any number', () => {
    for (const name of ['api', 'worker']) expect(service(name).container_name).toBeUndefined();
    expect(service('worker').ports).toBeUndefined();
    const [, first, last] =
      /^127\.0\.0\.1:\$\{API_PORTS:-(\d+)-(\d+)\}:3000$/.exec(service('api').ports?.[0] ?? '') ?? [];
    expect(Number(last) - Number(first)).toBeGreaterThanOrEqual(1);
  });

  it('keeps data in volumes, the documents in one that all processes share', () => {
    const mounted = Object.values(services).flatMap(({ volumes: of = [] }) => of);
    expect([...new Set(mounted.map((mount) => mount.split(':')[0]))].sort()).toEqual(Object.keys(volumes).sort());
    for (const [, { volumes: of }] of ours) expect(of).toEqual(['documents:/data']);
    expect(restsOf(final, 'ENV').join(' ')).toContain('DATA_DIR=/data');
  });

  it('lets nothing take the whole machine, and nothing be cut short', () => {
    for (const { deploy } of Object.values(services)) {
      expect(deploy?.resources.limits).toEqual({
        cpus: expect.any(String) as string,
        memory: expect.any(String) as string,
      });
    }
    const seconds = environmentSchema.parse({}).SHUTDOWN_SECONDS;
    for (const name of ['api', 'worker']) {
      expect(Number.parseInt(service(name).stop_grace_period ?? '')).toBeGreaterThan(seconds);
    }
  });

  it('takes from the environment only what docs/operations.md names', () => {
    const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    const page = read('docs/operations.md');
    expect([...new Set(asked)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  it('builds in one stage and runs from another, with what runs and nothing else', () => {
    expect(stages).toHaveLength(2);
    expect(restsOf(final, 'COPY')).toEqual([
      'package.json package-lock.json ./',
      'data data',
      'verify-history.mjs ./',
      '--from=build /app/dist dist',
    ]);
    expect(restsOf(final, 'RUN').join(' ')).toContain('npm ci --omit=dev');
  });

  it('copies what exists and calls scripts that exist', () => {
    const copied = stages.flatMap((stage) => restsOf(stage, 'COPY')).filter((rest) => !rest.startsWith('--from'));
    const sources = copied.flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources.filter((name) => !existsSync(join(PROJECT_ROOT, name)))).toEqual([]);
    const called = [...read('Dockerfile').matchAll(/npm run (\w+)/g)].map(([, name = '']) => name);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
    const letIn = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    expect(letIn.map((line) => line.slice(1)).sort()).toEqual([...new Set(sources)].sort());
  });

  it('runs as a user without power, on a Node the program runs on', () => {
    expect(restsOf(final, 'USER')).toEqual(['node']);
    const [, version = ''] = /ARG NODE_VERSION=(\d+)/.exec(read('Dockerfile')) ?? [];
    expect(Number(version)).toBeGreaterThanOrEqual(20);
    for (const stage of stages) expect(restsOf(stage, 'FROM')[0]).toContain('node:${NODE_VERSION}-');
  });

  it('has a health check that tells a running server from none', async () => {
    const [program = '', ...args] = execForm(restsOf(final, 'HEALTHCHECK')[0] ?? '');
    expect(args.join(' ')).toContain('/readyz');
    const server = await startApp();
    const { port } = new URL(server.http.base);
    const ask = () =>
      new Promise((resolve) => {
        spawn(program, args, { env: { ...process.env, PORT: port, NODE_OPTIONS: '' } }).on('exit', resolve);
      });
    expect(await ask()).toBe(0);
    await server.stop();
    expect(await ask()).toBe(1);
  });
});
