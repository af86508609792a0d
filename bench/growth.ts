/**
 * How a grown installation does: every documented filter, inboxes and histories over HTTP, then transitions. Run it on
 * what `npm run seed` has filled, with the same DATA_DIR: node dist/bench/growth.js <data folder>
 */
import { Client } from 'pg';
import { load, summary, type Measured } from './load.js';
import { startServer } from './server.js';
import { signIn } from './sign-in.js';

const TIMES = 200;
const SECONDS = 10;
const say = (line: string) => process.stdout.write(`${line}\n`);

const QUESTIONS: readonly (readonly [path: string, person?: string, times?: number])[] = [
  ['/cases'],
  ['/cases?state=followUp'],
  ['/cases?state=held'],
  ['/cases?step=7'],
  ['/cases?late=true'],
  ['/cases?late=false'],
  ['/cases?officer=staf'],
  ['/cases?officer=kasi'],
  ['/cases?from=2026-03-01&to=2026-03-31'],
  ['/cases?text=pemohon%20123456'],
  ['/cases?text=desa%20contoh%2017'],
  // One case in 211: too few among the newest 2,000 to fill a page.
  ['/cases?text=kim%20contoh%2045'],
  ['/cases?text=tidak%20ada'],
  ['/cases?text=2026-000777'],
  ['/staff/inbox'],
  ['/sekdin-kabid/inbox', 'kabid'],
  ['/cases/:id'],
  ['/cases/:id/history'],
  ['/kasi/board', 'kasi'],
  // A few times only: it reads all that happened in the month.
  ['/reports/sla?from=2026-03&to=2026-03', 'kasi', TIMES / 40],
];

async function ask(url: string, token: string): Promise<number> {
  const at = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - at;
}

/** What was seeded has no place in the log yet, and sealing eight million entries is no part of what is measured. */
async function sealed(url: string): Promise<void> {
  for (let said = Infinity; ;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const waiting = Number(/^alur_log_waiting (\d+)$/m.exec(text)?.[1] ?? 0);
    if (waiting === 0) return;
    if (waiting < said - 500_000) say(`  ${(said = waiting)} entries wait for their place in the log`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function someCases(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('SELECT id FROM cases TABLESAMPLE system (0.1) LIMIT 500');
  await client.end();
  return rows.map(({ id }) => id);
}

function show(what: string, { n, ratePerSecond, p50Ms, p95Ms, p99Ms }: Measured): void {
  const cells = [n, ratePerSecond, p50Ms, p95Ms, p99Ms].map((value) => String(value).padStart(9)).join('');
  say(`${what.padEnd(44)}${cells}`);
}

const [dataDir] = process.argv.slice(2);
if (!dataDir) throw new Error('node dist/bench/growth.js <data folder>');
const begun = performance.now();
const server = await startServer(dataDir);
say(`serving after ${Math.round(performance.now() - begun)} ms`);
try {
  const tokens = await signIn(server.url, server.password);
  await sealed(server.url);
  const ids = await someCases(server.databaseUrl);
  say(`${'what'.padEnd(44)}${['n', 'per s', 'p50 ms', 'p95 ms', 'p99 ms'].map((name) => name.padStart(9)).join('')}`);
  for (const [path, person = 'staf', n = TIMES] of QUESTIONS) {
    const times: number[] = [];
    const started = performance.now();
    for (let i = 0; i < n; i++) {
      const id = ids[i % ids.length] ?? '';
      times.push(await ask(`${server.url}/api/v1${path.replace(':id', id)}`, tokens.get(person) ?? ''));
    }
    show(path, summary(times, (performance.now() - started) / 1000));
  }
  await load({ url: server.url, tokens, connections: 16, seconds: 5 });
  for (const connections of [64, 256]) {
    show(
      `transitions, ${connections} connections`,
      await load({ url: server.url, tokens, connections, seconds: SECONDS }),
    );
  }
} finally {
  await server.stop();
}
