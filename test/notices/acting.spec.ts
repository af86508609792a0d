/** An acting officer (Plh., Plt.) gets the bell, and the mail, for as long as the order lasts; whom they act for, too. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { giveAddress } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { accountId, type Person } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';

const MORNING = '2026-11-24T02:00:00Z';
const LATE = '2026-11-24T02:04:00Z';

let mailbox: Mailbox;
let server: TestApp;
beforeEach(async () => {
  mailbox = await Mailbox.open();
  server = await startApp({
    environment: { SMTP_URL: mailbox.url, MAIL_FROM: 'alur@kantor.example', SWEEP_SECONDS: '300' },
  });
  await server.database.setNow(MORNING);
});
afterEach(async () => {
  await server.stop();
  await mailbox.down();
});

function order(person: Person, role: string, from: string, until: string): Promise<unknown> {
  return server.database.owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until, acting_for, letter_number)
     SELECT office_id, $1, id, $2, $3, $4, $5, '800/12/Plh/2026' FROM accounts WHERE id = $6`,
    [randomUUID(), role, from, until, accountId('kasi'), accountId(person)],
  );
}

const heard = async (person: Person) =>
  (await server.http.get<{ items: { kind: string }[] }>(person, '/notices')).body.items.map(({ kind }) => kind);

/** A step of the staff that is late: the section head hears of it. */
async function breach(): Promise<void> {
  await server.http.open();
  await server.database.setNow(LATE);
  await server.drain();
}

it('hears of a breach like the section head, by bell and by mail', async () => {
  await order('kabid', 'kasi', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z');
  await giveAddress(server.database, 'kabid', 'kabid@kantor.example');
  await breach();
  expect([await heard('kabid'), await heard('kasi')]).toEqual([['SLA_BREACH'], ['SLA_BREACH']]);
  const mail = await eventually('the mail', () => mailbox.mails[0]);
  expect(mail.recipients).toEqual(['kabid@kantor.example']);
});

it.each([
  ['has ended', '2026-11-01T00:00:00Z', '2026-11-24T02:00:00Z'],
  ['has not begun', '2026-11-25T00:00:00Z', '2026-11-30T00:00:00Z'],
])('hears nothing when the order %s', async (_, from, until) => {
  await order('kabid', 'kasi', from, until);
  await breach();
  expect([await heard('kabid'), await heard('kasi')]).toEqual([[], ['SLA_BREACH']]);
});
