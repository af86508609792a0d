/** Mail through a real SMTP server: in two languages, when the officer wants it, once a day if they like, and never lost. */
import { firstMinuteAfter } from '../../../src/notices/delivery/plan.js';
import { startApp, type TestApp } from '../../support/app.js';
import { allStand, deliveries, eventuallyLater, giveAddress, passTime } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { accountId, type CaseBody, type Person } from '../../support/http.js';
import { time } from '../../support/ledger.js';
import { Mailbox } from '../../support/mailbox.js';
import { tell } from '../../support/notices.js';

const MAIL_FROM = 'Alur <alur@kantor.example>';
const TUESDAY_NIGHT = '2026-11-24T15:00:00Z';
const WEDNESDAY_OPENING = '2026-11-25T00:30:00Z';

let mailbox: Mailbox;
let server: TestApp;
let about: CaseBody;
const environment = () => ({ SMTP_URL: mailbox.url, MAIL_FROM, SWEEP_SECONDS: '1' });
beforeEach(async () => {
  mailbox = await Mailbox.open();
  server = await startApp({ environment: environment() });
  about = await server.http.open();
  await giveAddress(server.database, 'kasi', 'kasi@kantor.example');
});
afterEach(async () => {
  await server.stop();
  await mailbox.down();
});

const say = (...texts: string[]) => tell(server.database.owner, about, 'kasi', texts);
const arrived = (count: number) => eventually(`${count} mails`, () => mailbox.mails.length >= count, 30_000);
const prefer = (person: Person, email: object) =>
  server.http.send<Record<string, unknown>>(person, 'PUT', '/notices/preferences', JSON.stringify({ email }), {
    'content-type': 'application/json',
  });
const wishes = (change: object) => ({ enabled: true, warningsInWorkingHours: false, digest: 'off', ...change });

describe('a mail about a notice', () => {
  it('is text and HTML, Bahasa Indonesia first, to its recipient alone', async () => {
    await say('Berkas <b>terlambat</b> & "lama"');
    await arrived(1);
    const [mail] = mailbox.mails;
    expect(mail).toMatchObject({
      recipients: ['kasi@kantor.example'],
      from: { name: 'Alur', address: 'alur@kantor.example' },
      subject: `[Alur] Langkah melewati waktu: ${about.caseNo} / A step is late`,
    });
    const { text = '', html = '' } = mail!;
    expect(text.indexOf('Berkas <b>terlambat</b> & "lama"')).toBe(0);
    expect(text.indexOf('In English: Berkas')).toBeGreaterThan(text.indexOf('dikirim otomatis'));
    expect(html).toContain('<div lang="id"><p>Berkas &lt;b&gt;terlambat&lt;/b&gt; &amp; &quot;lama&quot;</p>');
    expect(html).not.toContain('<b>');
    expect(mail!.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    await allStand(server.database, { sent: 1 });
    const [row] = await deliveries(server.database);
    expect(mail!.messageId).toBe(`<${row!.id}@kantor.example>`);
  });

  it('is not written where there is no address, a disabled account, or no wish', async () => {
    await giveAddress(server.database, 'kasi', null);
    await say('Tanpa alamat');
    await giveAddress(server.database, 'kadin', 'kadin@kantor.example');
    await server.database.owner.query('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', [
      accountId('kadin'),
    ]);
    await tell(server.database.owner, about, 'kadin', ['Nonaktif']);
    await giveAddress(server.database, 'kabid', 'kabid@kantor.example');
    expect((await prefer('kabid', wishes({ enabled: false }))).status).toBe(200);
    await tell(server.database.owner, about, 'kabid', ['Tidak mau']);
    await eventually('all relayed', async () => {
      const { rowCount } = await server.database.owner.query('SELECT 1 FROM notices WHERE NOT relayed');
      return rowCount === 0;
    });
    expect(await deliveries(server.database)).toEqual([]);
  });
});

describe('a server that is down', () => {
  it('loses nothing: all arrives when it is up again, each with the id it was first tried with', async () => {
    await mailbox.down();
    await say(...Array.from({ length: 20 }, (_, index) => `Pemberitahuan ${index}`));
    await eventually('a first try of each lane', async () =>
      (await deliveries(server.database)).some(({ lastResult }) => lastResult !== null),
    );
    const before = (await deliveries(server.database)).map(({ id }) => id);
    expect((await server.http.get('kasi', '/notices')).status).toBe(200);
    await mailbox.up();
    await eventuallyLater(server.database, 'twenty mails', () => mailbox.mails.length >= 20);
    await allStand(server.database, { sent: 20 });
    const ids = mailbox.mails.map(({ messageId }) => messageId);
    expect(new Set(ids)).toEqual(new Set(before.map((id) => `<${id}@kantor.example>`)));
  }, 90_000);

  it('that has taken a mail and is not heard to say so gets it again, under the same id', async () => {
    let broken = false;
    mailbox.onMail = async () => {
      if (broken) return;
      broken = true;
      await mailbox.down();
    };
    await say('Dua kali');
    await eventually('the first try has failed', async () =>
      (await deliveries(server.database)).some(({ lastResult }) => lastResult !== null),
    );
    await mailbox.up();
    await passTime(server.database);
    await arrived(2);
    const [first, second] = mailbox.mails;
    expect(second!.messageId).toBe(first!.messageId);
    await allStand(server.database, { sent: 1 });
  }, 60_000);

  it('a mailbox that does not exist is refused for good, one that is full is not', async () => {
    mailbox.refuse = (address) => (address.startsWith('kasi') ? 550 : 452);
    await giveAddress(server.database, 'kadin', 'kadin@kantor.example');
    await say('Tidak ada');
    await tell(server.database.owner, about, 'kadin', ['Penuh']);
    await eventually('both were tried', async () => {
      const tried = (await deliveries(server.database)).filter(({ lastResult }) => lastResult !== null);
      return tried.length === 2;
    });
    const rows = await deliveries(server.database);
    const of = (person: Person) => rows.find(({ endpointId }) => endpointId === accountId(person));
    expect(of('kasi')).toMatchObject({ status: 'refused', attempts: 1, lastResult: 'SMTP_550' });
    expect(of('kadin')).toMatchObject({ status: 'pending', lastResult: 'SMTP_452' });
  });
});

describe('what an officer prefers', () => {
  it('is kept, shown, and one’s own', async () => {
    const before = await server.http.get('kasi', '/notices/preferences');
    expect(before.body).toEqual({
      inApp: { enabled: true },
      email: { ...wishes({}), address: 'kasi@kantor.example', available: true },
    });
    const chosen = wishes({ warningsInWorkingHours: true, digest: 'daily' });
    const reply = await prefer('kasi', chosen);
    expect([reply.status, reply.body]).toEqual([
      200,
      { inApp: { enabled: true }, email: { ...chosen, address: 'kasi@kantor.example', available: true } },
    ]);
    expect((await server.http.get('kasi', '/notices/preferences')).body).toEqual(reply.body);
    const other = await server.http.get<{ email: object }>('kadin', '/notices/preferences');
    expect(other.body.email).toMatchObject(wishes({}));
  });

  it.each([
    [{}],
    [{ enabled: true }],
    [wishes({ digest: 'hourly' })],
    [wishes({ address: 'elsewhere@example.com' })],
    [wishes({ enabled: 'yes' })],
    [{ ...wishes({}), inApp: false }],
  ])('%j is refused', async (email) => expect((await prefer('kasi', email)).status).toBe(400));

  it('the bell cannot be switched off', async () => {
    await prefer('kasi', wishes({ enabled: false }));
    const [told] = await say('Tetap di lonceng');
    const { body } = await server.http.get<{ items: { id: string }[] }>('kasi', '/notices');
    expect(body.items.map(({ id }) => id)).toContain(told!.id);
  });

  it('a warning outside office hours waits for the office to open, a breach does not', async () => {
    await server.database.setNow(TUESDAY_NIGHT);
    await prefer('kasi', wishes({ warningsInWorkingHours: true }));
    await say('Terlambat malam');
    await server.database.owner.query(
      `INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at)
       SELECT office_id, gen_random_uuid(), $1, 1, 'SLA_WARNING', 80, id, 'Peringatan', 'Warning', alur_now()
       FROM accounts WHERE id = $2`,
      [about.id, accountId('kasi')],
    );
    await arrived(1);
    await allStand(server.database, { sent: 1, pending: 1 });
    const waiting = (await deliveries(server.database)).find(({ status }) => status === 'pending');
    expect(waiting?.nextAt?.toISOString()).toBe(new Date(WEDNESDAY_OPENING).toISOString());
    await server.database.setNow('2026-11-25T00:30:01Z');
    await arrived(2);
    expect(mailbox.mails.map(({ subject = '' }) => /: KIM/.exec(subject)?.length)).toEqual([1, 1]);
    expect(mailbox.mails[1]?.subject).toContain('Waktu hampir habis');
  });

  it('a digest is one mail in the first working minute of the next day, with all of the day', async () => {
    await server.database.setNow('2026-11-24T03:00:00Z');
    await prefer('kasi', wishes({ digest: 'daily' }));
    await say('Pagi');
    await allStand(server.database, { pending: 1 });
    await say('Siang', 'Sore');
    await eventually('three in the digest', async () => {
      const { rowCount } = await server.database.owner.query('SELECT 1 FROM digest_notices');
      return rowCount === 3;
    });
    const [row] = await deliveries(server.database);
    expect(row?.nextAt?.getTime()).toBe(firstMinuteAfter(time, Date.parse('2026-11-24T03:00:00Z')));
    expect(mailbox.mails).toEqual([]);
    await server.database.setNow('2026-11-25T00:30:00Z');
    await arrived(1);
    await allStand(server.database, { sent: 1 });
    expect(mailbox.mails).toHaveLength(1);
    for (const text of ['Pagi', 'Siang', 'Sore']) expect(mailbox.mails[0]?.text).toContain(text);
    expect(mailbox.mails[0]?.subject).toContain('3 pemberitahuan');
  });

  it('a notice that comes when the day’s digest has begun to leave is in the next one', async () => {
    await server.database.setNow('2026-11-24T00:00:00Z');
    await prefer('kasi', wishes({ digest: 'daily' }));
    await say('Masuk');
    await allStand(server.database, { pending: 1 });
    // Its first try has been made, and failed: what it says must not change any more.
    await server.database.owner.query(
      `UPDATE deliveries SET attempts = 1, next_attempt_at = alur_now() + interval '1 hour'`,
    );
    await say('Terlambat untuk hari ini');
    await allStand(server.database, { pending: 2 });
    const { rows } = await server.database.owner.query<{ day: string; said: string }>(
      `SELECT d.digest_on::text AS day, n.text_id AS said FROM deliveries d JOIN digest_notices m ON m.delivery_id = d.id
       JOIN notices n ON n.id = m.notice_id ORDER BY 1`,
    );
    expect(rows).toEqual([
      { day: '2026-11-24', said: 'Masuk' },
      { day: '2026-11-25', said: 'Terlambat untuk hari ini' },
    ]);
  });
});
