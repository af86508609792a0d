/** R13: SMTP down for ten minutes. Nothing is lost, nothing comes twice, and nobody else notices. */
import type { TestApp } from '../../support/app.js';
import { onABackend } from '../../support/backends.js';
import { allStand, deliveries, giveAddress, standing } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { Mailbox } from '../../support/mailbox.js';
import { tell } from '../../support/notices.js';

const MINUTES = 10;
const MINUTE_MS = 60_000;
const EACH_MINUTE = 2;
const N = MINUTES * EACH_MINUTE;
const DAYS = 2;
/** The first minute of a Saturday in Lumajang: until Monday no alarm adds a mail of its own. */
const BEGUN = Date.parse('2026-11-27T17:00:00Z');
/** A claim lasts a minute; the pauses after the tries of ten minutes are longer. */
const DUE_OR_CLAIMED = `
SELECT 1 FROM deliveries WHERE status = 'pending' AND next_attempt_at <= alur_now() + interval '1 minute'`;

onABackend('ten minutes without SMTP', (backend) => {
  let mailbox: Mailbox;
  let server: TestApp;
  beforeAll(async () => {
    mailbox = await Mailbox.open();
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: 'Alur <alur@kantor.example>', SWEEP_SECONDS: '1' };
    server = await backend().start({ environment });
    await giveAddress(server.database, 'kasi', 'kasi@kantor.example');
  });
  afterAll(async () => {
    await server.stop();
    await mailbox.down();
  });

  it(`all ${N} mails arrive, once, under the id of their first try; acts succeed meanwhile`, async () => {
    await mailbox.down();
    await server.database.setNow(new Date(BEGUN));
    for (let minute = 0; minute < MINUTES; minute++) {
      const about = await server.http.open();
      await tell(
        server.database.owner,
        about,
        'kasi',
        Array.from({ length: EACH_MINUTE }, (_, index) => `Menit ${minute}, pemberitahuan ${index}`),
      );
      await eventually('all were tried', async () => {
        const rows = await deliveries(server.database);
        return rows.length === (minute + 1) * EACH_MINUTE && rows.every(({ lastResult }) => lastResult !== null);
      });
      await server.database.setNow(new Date(BEGUN + (minute + 1) * MINUTE_MS));
    }
    const before = await deliveries(server.database);
    expect(before.every(({ status, attempts }) => status === 'pending' && attempts > 0)).toBe(true);
    expect(Math.max(...before.map(({ attempts }) => attempts))).toBeGreaterThan(2);
    expect(mailbox.mails).toHaveLength(0);
    await mailbox.up();
    // A try that failed just before the server was back comes again after hours; thirteen tries take two days.
    for (let hour = 1; hour < DAYS * 24 && (await standing(server.database))['pending']; hour++) {
      await server.database.setNow(new Date(BEGUN + hour * 60 * MINUTE_MS));
      await eventually('what is due was tried', async () => {
        const { rows } = await server.database.owner.query(DUE_OR_CLAIMED);
        return rows.length === 0;
      });
    }
    await allStand(server.database, { sent: N });
    const ids = mailbox.mails.map(({ messageId }) => messageId);
    const lost = N - new Set(ids).size;
    expect([lost, ids.length - N]).toEqual([0, 0]);
    expect(new Set(ids)).toEqual(new Set(before.map(({ id }) => `<${id}@kantor.example>`)));
    process.stdout.write(`mails over ${MINUTES} minutes without SMTP: LOST 0, twice 0 of n = ${N}\n`);
  }, 240_000);
});
