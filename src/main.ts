/** The program: reads its configuration, starts, tells the person in front of it what to do next, stops when asked. */
import { ConfigError, readConfig } from './config.js';
import { DatabaseRefused } from './db/guard.js';
import { LockHeld } from './db/lock.js';
import { DEMO_LOGINS } from './db/seed-demo.js';
import { startServer, type Server } from './server.js';
import { MachineRefused } from '../machines/registry.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

/** Mistakes a person can mend get one line; anything else is a defect and shows where it happened. */
function explain(error: unknown): string {
  const expected = [ConfigError, DatabaseRefused, LockHeld, MachineRefused].some((kind) => error instanceof kind);
  const { message, stack } = error as Error;
  return expected ? `alur: ${message}` : `alur: ${stack ?? message}`;
}

function welcome({ url, password, servesApi }: Server): void {
  say('');
  say(
    `Alur is ready at ${url}  (${servesApi ? `documentation: ${url}/api/docs` : 'worker: /healthz, /readyz, /metrics'})`,
  );
  if (password === null || !servesApi) return;
  say('');
  say(`Demo accounts, password ${password}:`);
  for (const { login, role } of DEMO_LOGINS) say(`  ${login.padEnd(12)} ${role ?? ''}`);
  say('The rehearsal office, where a working minute lasts a second: the same with .kilat, as in kasi.kilat');
  say('');
  say('Open a case:');
  const account = JSON.stringify({ account: 'staf', password });
  const applicant = {
    name: 'Nama Pemohon',
    kim: 'KIM Contoh Makmur',
    village: 'Desa Contoh',
    purpose: 'Publikasi berita',
  };
  const body = JSON.stringify({ service: 'kim-member-service', applicant });
  say(
    `  curl -s ${url}/api/v1/cases -H 'content-type: application/json' -d '${body}' -H "authorization: Bearer ` +
      `$(curl -s ${url}/api/v1/auth/token -H 'content-type: application/json' -d '${account}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')"`,
  );
  say('');
  say('See it whole: npm run demo   Stop: Ctrl-C');
}

/** Runs until SIGINT or SIGTERM, also one that comes while it starts; the exit code says whether it ended well. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  const ask = () => {
    if (!stopping.signal.aborted) say('stopping: answering what is under way');
    stopping.abort();
  };
  // Whoever read our output may have gone: that must not keep us from stopping well.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  try {
    const server = await startServer(readConfig(), (line) => say(`  ${line}`));
    if (!stopping.signal.aborted) {
      welcome(server);
      await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
    }
    await server.stop();
    say('stopped');
    process.exit(0);
  } catch (error) {
    complain(explain(error));
    process.exit(1);
  }
}
