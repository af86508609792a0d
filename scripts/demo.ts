/**
 * npm run demo: one request through all eight steps as the right officers, against the running server; then one step
 * that runs late, in the office whose working minute lasts a second. Prints the path, the breach notice, the history.
 */
import { kimMemberServiceV1 as service } from '../machines/kim-member-service.v1.service.js';
import { readConfig } from '../src/config.js';
import { demoPassword } from '../src/db/seed-demo.js';
import { Client } from './client.js';

const say = (line = '') => process.stdout.write(`${line}\n`);

/** Who does what on the printed path, in order. */
const PATH: readonly (readonly [account: string, door: string, event: string])[] = [
  ['staf', 'staff', 'RECEIVE_APPLICANT'],
  ['staf', 'staff', 'REGISTER_LETTER'],
  ['kadin', 'kadin', 'ISSUE_DISPOSITION'],
  ['staf', 'staff', 'RECORD_DISPOSITION'],
  ['staf', 'staff', 'DELIVER_DISPOSITION'],
  ['kabid', 'sekdin-kabid', 'FOLLOW_UP_DISPOSITION'],
  ['staf', 'staff', 'COMPLETE_SERVICE'],
  ['staf', 'staff', 'FILE_DOCUMENTS'],
  ['kasi', 'kasi', 'CONFIRM_ARCHIVE'],
];

/** Step 4 has one standard minute: a second in the rehearsal office, so that is where the demo dawdles. */
const LATE_EVENT = 'RECORD_DISPOSITION';
const LATE_DEADLINE_MS = 20_000;

interface HistoryItem {
  readonly seq: number;
  readonly event: string;
  readonly stepNo: number | null;
  readonly usedMinutes: number | null;
  readonly budgetMinutes: number | null;
  readonly verdict: string | null;
  readonly actor: { readonly login: string } | null;
  readonly hash: string;
  readonly prev: string;
}

async function open(client: Client, account: string): Promise<{ id: string; caseNo: string; stepSeq: number }> {
  const body = { service: service.id, applicant: service.applicantExample };
  const { status, body: opened } = await client.post(account, '/cases', body);
  if (status !== 201) throw new Error(`opening a case gave ${status}: ${JSON.stringify(opened)}`);
  return opened as unknown as { id: string; caseNo: string; stepSeq: number };
}

async function drive(client: Client, suffix: string, beforeEach: (event: string, id: string) => Promise<void>) {
  const { id, caseNo } = await open(client, `staf${suffix}`);
  let stepSeq = 1;
  for (const [account, door, event] of PATH) {
    await beforeEach(event, id);
    const path = `/${door}/cases/${id}/${event.toLowerCase().replaceAll('_', '-')}`;
    const headers = { 'if-match': `"${stepSeq}"`, 'idempotency-key': `demo-${id}-${event}` };
    const { status, body } = await client.post(
      `${account}${suffix}`,
      path,
      service.events[event]?.example ?? {},
      headers,
    );
    if (status !== 200) throw new Error(`${event} gave ${status}: ${JSON.stringify(body)}`);
    stepSeq = body.stepSeq as number;
  }
  return { id, caseNo };
}

async function showHistory(client: Client, account: string, id: string): Promise<void> {
  const { body } = await client.get(account, `/inspection/cases/${id}/history`);
  const entries = body.entries as HistoryItem[];
  say('  seq  step  event                  who           used/budget min  verdict  hash (first 16)   follows');
  for (const { seq, stepNo, event, actor, usedMinutes, budgetMinutes, verdict, hash, prev } of entries) {
    const minutes = usedMinutes === null ? '' : `${usedMinutes.toFixed(2)}/${budgetMinutes ?? 0}`;
    say(
      `  ${String(seq).padEnd(4)} ${String(stepNo ?? '-').padEnd(5)} ${event.padEnd(22)} ${(actor?.login ?? 'the clock').padEnd(13)} ` +
        `${minutes.padEnd(16)} ${(verdict ?? '').padEnd(8)} ${hash.slice(0, 16)}  ${prev.slice(0, 16)}`,
    );
  }
  const verdict = await client.get(account, `/inspection/cases/${id}/verify`);
  say(
    `  chain: ${String(verdict.body.result)}, ${String(verdict.body.entries)} entries, last ${String(verdict.body.lastHash).slice(0, 16)}`,
  );
}

async function breachNotice(client: Client, id: string): Promise<string> {
  const deadline = Date.now() + LATE_DEADLINE_MS;
  for (;;) {
    const { body } = await client.get('kasi.kilat', '/notices?limit=100');
    const items = body.items as { caseId: string; kind: string; text: string }[];
    const found = items.find(({ caseId, kind }) => caseId === id && kind === 'SLA_BREACH');
    if (found) return found.text;
    if (Date.now() > deadline) throw new Error('the section head was not told within 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function main(): Promise<void> {
  const config = readConfig();
  const base = `http://${config.host}:${config.port}`;
  const client = new Client(base, demoPassword(config.demoPassword, config.dataDir));
  await fetch(`${base}/healthz`).catch(() => {
    throw new Error(`no server answers at ${base}. Start one first: npm start`);
  });

  say(`1. One request through the eight steps, in the demo office (${base})`);
  const regular = await drive(client, '', () => Promise.resolve());
  say(`  ${regular.caseNo} is archived`);
  await showHistory(client, 'inspektur', regular.id);

  say();
  say('2. A late step, in the rehearsal office (open day and night, a working minute lasts one second)');
  let notice = '';
  const late = await drive(client, '.kilat', async (event, id) => {
    if (event !== LATE_EVENT) return;
    say('  step 4 has one minute; waiting for the bell ...');
    notice = await breachNotice(client, id);
  });
  say(`  the section head was told: ${notice}`);
  say(`  ${late.caseNo} is archived all the same`);
  await showHistory(client, 'inspektur.kilat', late.id);
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
