/** Checkpoints out of the building: every one to the inspectorate's endpoints, one a day by mail, none that is not committed. */
import { Webhook } from 'standardwebhooks';
import { CheckpointStore } from '../../src/evidence/checkpoint.store.js';
import { Signer } from '../../src/evidence/signer.js';
import { openCheckpoint, parseKey } from '../../verify-history.mjs';
import { startApp, type TestApp } from '../support/app.js';
import { addEndpoint, eventuallyLater, type NewEndpoint } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { addressOf, letIn, messages, withMail } from '../support/inspectorate.js';
import { countOf, sealed } from '../support/log.js';
import { Mailbox } from '../support/mailbox.js';
import { answer, Receiver } from '../support/receiver.js';

interface Checkpoint {
  readonly size: number;
  readonly checkpoint: string;
}

const MAILS = "deliveries WHERE channel = 'email' AND checkpoint_size IS NOT NULL";

let mailbox: Mailbox;
let server: TestApp;
let receiver: Receiver;
let endpoint: NewEndpoint;
beforeEach(async () => {
  mailbox = await Mailbox.open();
  server = await startApp({ environment: withMail(mailbox) });
  receiver = await Receiver.open();
  endpoint = await addEndpoint(server, receiver, 'Inspektorat', { evidence: true });
});
afterEach(async () => {
  await server.stop();
  await Promise.all([receiver.close(), mailbox.down()]);
});

const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  server.database.owner.query<Row>(text, values).then(({ rows }) => rows);
const came = () => messages<Checkpoint>(receiver, 'alur.checkpoint');
const mailed = () => mailbox.mails.filter(({ subject }) => subject?.startsWith('[Alur] Titik periksa'));
const signer = () => server.app.get(Signer, { strict: false });
const keys = async () =>
  (await server.app.get(CheckpointStore, { strict: false }).keys()).map(({ verifierKey }) => parseKey(verifierKey));
/** Something new, and a checkpoint over it; its size. */
const signed = async () => {
  await server.http.open();
  await sealed(server.database);
  const size = await countOf(server.database, 'log_entries');
  await eventually('signed', async () => {
    await signer().signIfDue(true);
    return (await sql('SELECT 1 FROM log_checkpoints WHERE size = $1', size)).length;
  });
  return size;
};

it('is a thin event whose note the verifier opens, and goes to the endpoints of the inspectorate alone', async () => {
  const ordinary = await Receiver.open();
  await addEndpoint(server, ordinary);
  const size = await signed();
  const message = await eventually('the checkpoint', () => came().find(({ data }) => data.size === size));
  const [row] = await sql<{ root: Buffer; note: string; at: Date }>(
    'SELECT root, note, signed_at AS at FROM log_checkpoints WHERE size = $1',
    size,
  );
  const time = row!.at.toISOString();
  expect(message).toEqual({
    specversion: '1.0',
    id: message.id,
    source: expect.stringMatching(/^urn:alur:office:[0-9a-f-]{36}$/) as string,
    type: 'alur.checkpoint',
    time,
    datacontenttype: 'application/json',
    data: { size, checkpoint: row!.note, occurredAt: time },
  });
  expect(openCheckpoint(message.data.checkpoint, await keys())).toEqual({ size, root: row!.root });
  const sent = receiver.received.find(({ id }) => id === message.id)!;
  expect(() => new Webhook(endpoint.secret).verify(sent.body, sent.headers)).not.toThrow();
  expect(messages(ordinary, 'alur.checkpoint')).toEqual([]);
  await ordinary.close();
});

it('comes each, and each once', async () => {
  for (let n = 0; n < 4; n++) await signed();
  const sizes = (
    await sql<{ size: number }>('SELECT size::int FROM log_checkpoints ORDER BY log_checkpoints.size')
  ).map(({ size }) => size);
  expect(sizes.length).toBeGreaterThan(3);
  await eventually('all of them', () => came().length >= sizes.length);
  await eventually(
    'all settled',
    async () => (await countOf(server.database, "deliveries WHERE status <> 'sent'")) === 0,
  );
  expect(
    came()
      .map(({ data }) => data.size)
      .sort((a, b) => a - b),
  ).toEqual(sizes);
});

it('that was not taken comes again, with the same id and the same bytes', async () => {
  receiver.behave = (response, received) => answer(receiver.received.length < 2 ? 500 : 204)(response, received);
  await signed();
  await eventuallyLater(server.database, 'a second try', () => receiver.received.length >= 2);
  const [first, second] = receiver.received;
  expect([second!.id, second!.body]).toEqual([first!.id, first!.body]);
  const { body } = await server.http.get<{ items: object[] }>('admin', '/admin/deliveries?status=sent');
  expect(body.items).toContainEqual(
    expect.objectContaining({ id: first!.id, checkpointSize: came()[0]!.data.size, noticeId: null, attempts: 2 }),
  );
});

it('that meets a receiver who is gone ends its sending, and the administrator hears of it', async () => {
  receiver.behave = answer(410);
  await signed();
  await eventually('disabled', () => countOf(server.database, "webhook_endpoints WHERE disabled_because = 'GONE'"));
  const told = () => server.http.get<{ items: { kind: string }[] }>('admin', '/notices');
  await eventually('told', async () => (await told()).body.items.length);
  expect((await told()).body.items).toMatchObject([{ kind: 'WEBHOOK_DISABLED' }]);
});

it('is not sent where its transaction comes to nothing, and is when it does not', async () => {
  await server.database.owner.query(`
    CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''too late''; END';
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON log_checkpoints DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION refuse_late()`);
  await server.http.open();
  await sealed(server.database);
  await eventually('the refused commit', () =>
    signer()
      .signIfDue(true)
      .then(
        () => false,
        (error: unknown) => /too late/.test((error as Error).message),
      ),
  );
  // What is sent by the next sweep would be here before it.
  await server.http.post('admin', `/admin/webhooks/${endpoint.id}/test`, {});
  await eventually('the test message', () => messages(receiver, 'alur.test').length);
  expect([came(), await countOf(server.database, 'deliveries WHERE checkpoint_size IS NOT NULL')]).toEqual([[], 0]);
  await server.database.owner.query('DROP TRIGGER late ON log_checkpoints');
  await eventually('the checkpoint', () => came().length);
});

it('goes or stays as the administrator says, who leaves a record of it', async () => {
  const patch = (evidence: boolean) =>
    server.http.send<{ evidence: boolean }>(
      'admin',
      'PATCH',
      `/admin/webhooks/${endpoint.id}`,
      JSON.stringify({ evidence }),
      { 'content-type': 'application/json' },
    );
  expect((await patch(false)).body.evidence).toBe(false);
  const silent = await signed();
  expect((await patch(true)).body.evidence).toBe(true);
  const spoken = await signed();
  await eventually('the later one', () => came().some(({ data }) => data.size === spoken));
  expect(came().map(({ data }) => data.size)).not.toContain(silent);
  const { body } = await server.http.get<{ items: { action: string; old: object; new: object }[] }>(
    'admin',
    '/admin/log',
  );
  expect(body.items.filter(({ action }) => action === 'change-webhook').map((one) => one.new)).toEqual([
    expect.objectContaining({ evidence: true }),
    expect.objectContaining({ evidence: false }),
  ]);
});

it('goes by mail to inspectors, those by a letter too, once a day, attached as it was signed', async () => {
  await addressOf(server, 'inspektur', 1, 'inspektur@inspektorat.example');
  await addressOf(server, 'kasi', 2, 'kasi.kilat@kantor.example');
  await addressOf(server, 'kadin', 1, 'kadin@kantor.example');
  await letIn(server, 'kasi');
  const to = () => mailed().map(({ recipients }) => recipients[0]);
  await signed();
  await eventually('two mails', () => to().length >= 2);
  await signed();
  expect(await countOf(server.database, MAILS)).toBe(2);
  expect(to().sort()).toEqual(['inspektur@inspektorat.example', 'kasi.kilat@kantor.example']);
  const { attachments, text, subject } = mailed()[0]!;
  const note = Buffer.from(attachments[0]!.content as ArrayBuffer).toString('utf8');
  const opened = openCheckpoint(note, await keys());
  expect(subject).toContain(`: ${opened!.size} entri`);
  expect(attachments[0]!.filename).toBe(`checkpoint-${opened!.size}.txt`);
  expect(text).toContain(note.split('\n')[2]);

  await server.database.setNow(new Date(Date.now() + 25 * 3_600_000));
  await signed();
  await eventually('two more', () => to().length >= 4);
  expect(await countOf(server.database, MAILS)).toBe(4);
}, 120_000);
