/**
 * npm run profile: where the server spends its time under load. Writes a flame graph to open in a browser
 * (bench/results/profile/open.html, by speedscope) and prints the functions that cost most of their own.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../src/paths.js';
import { load } from './load.js';
import { startServer } from './server.js';
import { signIn } from './sign-in.js';

const CONNECTIONS = 64;
const SECONDS = 10;
const SHOWN = 20;
const RESULT = join(PROJECT_ROOT, 'bench/results/profile');
const say = (line: string) => process.stdout.write(`${line}\n`);

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
}

async function record(folder: string): Promise<void> {
  const server = await startServer(join(folder, 'data'), {}, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  try {
    const tokens = await signIn(server.url, server.password);
    say(`  ${CONNECTIONS} connections for ${SECONDS} seconds`);
    const { n, ratePerSecond } = await load({ url: server.url, tokens, connections: CONNECTIONS, seconds: SECONDS });
    say(`  ${n} transitions, ${ratePerSecond}/s while it was watched`);
  } finally {
    await server.stop();
  }
}

/** Share of the samples in which each function was at work itself, the most first. */
function costly({ nodes, samples }: CpuProfile): (readonly [name: string, share: number])[] {
  const named = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => {
      const file = url.replace(/^.*?(node_modules|dist)\//, '');
      return [id, `${functionName || '(anonymous)'}${file && `  ${file}`}`];
    }),
  );
  const counts = new Map<string, number>();
  for (const id of samples) {
    const name = named.get(id) ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const shares = [...counts].map(([name, count]) => [name, count / samples.length] as const);
  return shares.sort(([, a], [, b]) => b - a).slice(0, SHOWN);
}

/** speedscope's own page with the profile beside it, as its command line does; nothing leaves the machine. */
function writePage(profile: string): string {
  const viewer = dirname(createRequire(import.meta.url).resolve('speedscope/dist/release/index.html'));
  rmSync(RESULT, { recursive: true, force: true });
  mkdirSync(RESULT, { recursive: true });
  cpSync(viewer, join(RESULT, 'viewer'), { recursive: true });
  copyFileSync(profile, join(RESULT, 'alur.cpuprofile'));
  const base64 = readFileSync(profile).toString('base64');
  writeFileSync(join(RESULT, 'viewer/profile.js'), `speedscope.loadFileFromBase64('alur.cpuprofile', '${base64}')`);
  const page = join(RESULT, 'open.html');
  writeFileSync(page, `<script>window.location = 'viewer/index.html#localProfilePath=profile.js'</script>\n`);
  return page;
}

const folder = mkdtempSync(join(tmpdir(), 'alur-profile-'));
// As root, the database's own user must be able to pass through.
chmodSync(folder, 0o755);
try {
  await record(folder);
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  if (!name) throw new Error('the server left no profile behind');
  const file = join(folder, name);
  for (const [what, share] of costly(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile)) {
    say(`${(share * 100).toFixed(1).padStart(6)} %  ${what}`);
  }
  say(`flame graph: open ${writePage(file).replace(`${PROJECT_ROOT}/`, '')} in a browser`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
