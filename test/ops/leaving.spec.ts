/** S9: what leaves the house, by mail, webhook, stream, export and report, says nothing of the applicant and shows no free text. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { startApp, type TestApp } from '../support/app.js';
import { addEndpoint, giveAddress, LOOPBACK } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { exampleOf, PATH, type CaseBody, type Person } from '../support/http.js';
import { sealed } from '../support/log.js';
import { Mailbox } from '../support/mailbox.js';
import { Receiver } from '../support/receiver.js';

const MARK = 'canary51c2';
const APPLICANT = {
  name: `${MARK}name`,
  kim: `${MARK}kim`,
  village: `${MARK}village`,
  phone: '0899-5151-0202',
  purpose: `${MARK}purpose`,
};
const MARKS = [MARK, APPLICANT.phone];
/** Free text each event takes, beside its example. */
const TEXTS: Readonly<Record<string, object>> = {
  RECEIVE_APPLICANT: { note: `${MARK}note` },
  REGISTER_LETTER: { sender: `${MARK}sender`, subject: `${MARK}subject` },
  ISSUE_DISPOSITION: { instruction: `${MARK}instruction` },
};
const PERIOD = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';

let server: TestApp;
let mailbox: Mailbox;
let receiver: Receiver;
let done: CaseBody;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  receiver = await Receiver.open();
  const mail = { SMTP_URL: mailbox.url, MAIL_FROM: 'Alur <alur@kantor.example>' };
  server = await startApp({ environment: { ...mail, ...LOOPBACK, SWEEP_SECONDS: '1', LOG_CHECKPOINT_SECONDS: '1' } });
  await server.database.setNow('2026-11-25T01:00:00Z');
  for (const person of ['kasi', 'sekdin'] as const)
    await giveAddress(server.database, person, `${person}@kantor.example`);
  await addEndpoint(server, receiver);
  done = await wholeCase();
  // Late at once, and never done.
  await open();
  await server.database.setNow('2026-11-25T03:00:00Z');
  await server.drain();
  await sealed(server.database);
}, 120_000);
afterAll(async () => {
  await server.stop();
  await mailbox.down();
  await receiver.close();
});

async function open(): Promise<CaseBody> {
  const reply = await server.http.post<CaseBody>('staf', '/cases', { service: service.id, applicant: APPLICANT });
  expect(reply.status).toBe(201);
  return reply.body;
}

async function wholeCase(): Promise<CaseBody> {
  let now = await open();
  const pause = async (type: string) => {
    const payload = { ...exampleOf(type), reason: `${MARK}reason` };
    now = (await server.http.event('staf', now.id, now.stepSeq, type, payload)).body;
  };
  await pause('HOLD');
  await pause('RESUME');
  for (const [person, , event] of PATH) {
    const payload = { ...exampleOf(event), ...TEXTS[event] };
    now = (await server.http.event(person, now.id, now.stepSeq, event, payload)).body;
  }
  expect(now.state).toBe('archived');
  return now;
}

const found = (text: string) => MARKS.filter((mark) => text.includes(mark));

async function bytes(person: Person, path: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${await server.http.token(person)}` };
  const response = await fetch(`${server.http.base}/api/v1${path}`, { headers });
  const body = Buffer.from(await response.arrayBuffer());
  expect([path, response.status]).toEqual([path, 200]);
  return body;
}

it('mails and webhooks', async () => {
  await eventually('the mails', () => mailbox.mails.length >= 2);
  await eventually('the webhooks', () => receiver.received.length >= 2);
  for (const mail of mailbox.mails) expect(found(JSON.stringify(mail))).toEqual([]);
  for (const { body, headers, path } of receiver.received)
    expect(found(body + path + JSON.stringify(headers))).toEqual([]);
  expect(JSON.stringify(mailbox.mails)).toContain('KIM-2026-');
});

it('exports, event logs, reports and what else an inspector or a section head takes away', async () => {
  const paths: readonly (readonly [Person, string])[] = [
    ['inspektur', '/inspection/export'],
    ['inspektur', `/inspection/export?${PERIOD}`],
    ['inspektur', `/inspection/cases/${done.id}/export`],
    ['inspektur', `/inspection/cases/${done.id}/history`],
    ['inspektur', `/inspection/cases/${done.id}/verify`],
    ['inspektur', `/inspection/cases/${done.id}/state?at=2026-11-25T02:00:00Z`],
    ['inspektur', `/inspection/event-log?${PERIOD}`],
    ['inspektur', `/inspection/event-log?${PERIOD}&format=xes`],
    ['inspektur', `/inspection/report?${PERIOD}`],
    ['inspektur', `/inspection/report?${PERIOD}&format=csv`],
    ['inspektur', `/inspection/findings?${PERIOD}`],
    ['kasi', '/reports/sla?from=2026-11&to=2026-11'],
    ['kasi', '/reports/sla?from=2026-11&to=2026-11&format=csv'],
    ['kasi', '/kasi/board'],
    ['kasi', '/notices'],
    ['admin', '/admin/deliveries'],
    ['admin', '/admin/log'],
  ];
  for (const [person, path] of paths) {
    const text = (await bytes(person, path)).toString('utf8');
    expect([path, text.length]).not.toEqual([path, 0]);
    expect([path, found(text)]).toEqual([path, []]);
  }
});

it('the audit report as PDF, read as a reader does', async () => {
  const input = await bytes('inspektur', `/inspection/report?${PERIOD}&format=pdf`);
  const read = spawnSync(process.execPath, [join(PROJECT_ROOT, 'test/support/pdf-text.mjs')], { input });
  const text = read.stdout.toString('utf8');
  expect(text).toContain(done.caseNo);
  expect([found(text), found(input.toString('latin1'))]).toEqual([[], []]);
});

it('are found where they may be: with a reason, by the inspector', async () => {
  const path = `/inspection/cases/${done.id}/personal`;
  const { text } = await server.http.get('inspektur', path, { reason: 'Aduan 12 tahun 2026 diperiksa' });
  expect(found(text)).toEqual(MARKS);
});
