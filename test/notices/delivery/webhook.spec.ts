/** From a notice to somebody else's server, on both backends: signed, thin, the same message on every try, and never lost. */
import { Webhook } from 'standardwebhooks';
import type { TestApp } from '../../support/app.js';
import { onEachBackend } from '../../support/backends.js';
import { addEndpoint, allStand, deliveries, LOOPBACK, type NewEndpoint } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { accountId, type CaseBody } from '../../support/http.js';
import { tell } from '../../support/notices.js';
import { answer, Receiver, type Received } from '../../support/receiver.js';

const NO_SWEEP = { ...LOOPBACK, SWEEP_SECONDS: '300' };

/** As the official library has it: throws where the signature does not fit. */
const verify = ({ secret }: { secret: string }, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers);

onEachBackend('webhooks by the job', (backend) => {
  let server: TestApp;
  let receiver: Receiver;
  let endpoint: NewEndpoint;
  let about: CaseBody;
  beforeAll(async () => {
    server = await backend().start({ environment: NO_SWEEP });
    receiver = await Receiver.open();
    endpoint = await addEndpoint(server, receiver);
    about = await server.http.open();
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });
  beforeEach(() => {
    receiver.behave = answer(200);
    receiver.received.length = 0;
  });
  const arrived = (count: number) => eventually(`${count} messages`, () => receiver.received.length >= count, 30_000);

  it('a notice arrives, long before any sweep, signed so that the official library takes it', async () => {
    const [told] = await tell(server.database.owner, about, 'kasi', ['Berkas terlambat']);
    await arrived(1);
    const [message] = receiver.received;
    expect(() => verify(endpoint, message!)).not.toThrow();
    expect(() => verify({ secret: `whsec_${Buffer.alloc(32).toString('base64')}` }, message!)).toThrow();
    expect(() => verify(endpoint, { ...message!, body: `${message!.body} ` })).toThrow();
    const event = JSON.parse(message!.body) as Record<string, unknown>;
    const { occurredAt } = event.data as { occurredAt: string };
    expect(event).toEqual({
      specversion: '1.0',
      id: message!.id,
      source: expect.stringMatching(/^urn:alur:office:[0-9a-f-]{36}$/) as string,
      type: 'alur.notice.sla_breach',
      subject: about.id,
      time: occurredAt,
      datacontenttype: 'application/json',
      data: {
        noticeId: told!.id,
        kind: 'SLA_BREACH',
        level: 100,
        caseId: about.id,
        recipientId: accountId('kasi'),
        occurredAt,
      },
    });
    expect(message).toMatchObject({ method: 'POST', path: '/alur' });
    expect(message!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(message!.body).not.toMatch(/Berkas|KIM-|Pemohon/);
    await allStand(server.database, { sent: 1 });
  });

  it('what was refused for now comes again, with the same id and the same bytes', async () => {
    receiver.behave = (response, received) => {
      answer(receiver.received.length < 2 ? 500 : 204)(response, received);
    };
    await tell(server.database.owner, about, 'kasi', ['Sekali lagi']);
    await arrived(2);
    await allStand(server.database, { sent: 2 });
    const [first, second] = receiver.received;
    expect([second!.id, second!.body]).toEqual([first!.id, first!.body]);
    const row = (await deliveries(server.database)).find(({ id }) => id === first!.id);
    expect([receiver.received.length, row?.attempts, row?.lastResult]).toEqual([2, 2, 'HTTP_204']);
    for (const one of receiver.received) expect(() => verify(endpoint, one)).not.toThrow();
  }, 60_000);

  it('each endpoint gets each notice of its own office once, and none of another office', async () => {
    const second = await Receiver.open();
    const foreign = await Receiver.open();
    const kilat = { ...server, http: server.http.inOffice(2) };
    const added = await addEndpoint(server, second, 'Kedua');
    await addEndpoint(kilat, foreign);
    await tell(server.database.owner, about, 'kasi', ['Satu', 'Dua', 'Tiga']);
    await arrived(3);
    await eventually('three messages there', () => second.received.length >= 3, 30_000);
    await allStand(server.database, { sent: 8 });
    for (const one of [receiver, second]) expect([one.received.length, new Set(one.ids).size]).toEqual([3, 3]);
    expect(new Set([...receiver.ids, ...second.ids]).size).toBe(6);
    expect(foreign.connections).toBe(0);
    await server.http.send('admin', 'DELETE', `/admin/webhooks/${added.id}`, null);
    await Promise.all([second.close(), foreign.close()]);
  }, 60_000);

  it('while a secret is rotated each message carries two signatures, and one afterwards', async () => {
    const path = `/admin/webhooks/${endpoint.id}/rotate-secret`;
    const rotated = await server.http.post<NewEndpoint>('admin', path, { overlapHours: 1 });
    expect(rotated.status).toBe(200);
    await tell(server.database.owner, about, 'kasi', ['Dengan dua tanda tangan']);
    await arrived(1);
    const [during] = receiver.received;
    expect(during!.headers['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const one of [endpoint, rotated.body]) expect(() => verify(one, during!)).not.toThrow();

    await server.database.owner.query(`UPDATE webhook_endpoints SET previous_until = alur_now()`);
    await tell(server.database.owner, about, 'kasi', ['Dengan satu']);
    await arrived(2);
    const after = receiver.received[1]!;
    expect(() => verify(rotated.body, after)).not.toThrow();
    expect(() => verify(endpoint, after)).toThrow();
    endpoint = rotated.body;
  });

  it('a test message arrives, and one that does not is parked after its one try', async () => {
    const path = `/admin/webhooks/${endpoint.id}/test`;
    const { status, body } = await server.http.post<{ deliveryId: string }>('admin', path, {});
    expect(status).toBe(202);
    await arrived(1);
    expect(receiver.received[0]).toMatchObject({ id: body.deliveryId });
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ type: 'alur.test', id: body.deliveryId });

    receiver.behave = answer(401);
    const failing = await server.http.post<{ deliveryId: string }>('admin', path, {});
    const parked = await eventually('the parked test message', async () => {
      const list = await server.http.get<{ items: { id: string; lastResult: string }[] }>('admin', '/admin/deliveries');
      return list.body.items.find(({ id }) => id === failing.body.deliveryId);
    });
    expect(parked).toMatchObject({ status: 'parked', attempts: 1, lastResult: 'HTTP_401', noticeId: null });
    const bell = await server.http.get<{ items: object[] }>('admin', '/notices');
    expect(bell.body.items).toEqual([]);
  });
});

onEachBackend('webhooks by the sweep', (backend) => {
  const NOTICES = 120;
  let server: TestApp;
  let receiver: Receiver;
  beforeAll(async () => {
    server = await backend().start({ environment: { ...LOOPBACK, SWEEP_SECONDS: '2' } });
    receiver = await Receiver.open();
    await addEndpoint(server, receiver);
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
  });

  it('a queue that forgets everything, again and again, loses none and doubles none', async () => {
    const about = await server.http.open();
    for (let count = 0; count < NOTICES; count += 20) {
      await tell(
        server.database.owner,
        about,
        'kasi',
        Array.from({ length: 20 }, (_, index) => `n${count + index}`),
      );
      await backend().loseJobs(server);
    }
    await allStand(server.database, { sent: NOTICES }, 60_000);
    expect([receiver.ids.length, new Set(receiver.ids).size]).toEqual([NOTICES, NOTICES]);
  }, 90_000);

  it('a retry whose call is forgotten comes by the sweep', async () => {
    receiver.behave = answer(500);
    receiver.received.length = 0;
    await tell(server.database.owner, await server.http.open(), 'kasi', ['Terlupakan']);
    await eventually('a failed try', async () =>
      (await deliveries(server.database)).some(({ lastResult }) => lastResult === 'HTTP_500'),
    );
    await backend().loseJobs(server);
    receiver.behave = answer(200);
    await allStand(server.database, { sent: NOTICES + 1 });
    expect(new Set(receiver.ids).size).toBe(1);
  }, 60_000);
});
