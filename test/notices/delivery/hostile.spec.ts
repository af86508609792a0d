/** R13: receivers that hang, trickle, break off, refuse, redirect and flood: nobody else is harmed, and nothing is lost. */
import type { TestApp } from '../../support/app.js';
import { onABackend } from '../../support/backends.js';
import {
  addEndpoint,
  allStand,
  deliveries,
  eventuallyLater,
  LOOPBACK,
  passTime,
  type NewEndpoint,
} from '../../support/deliveries.js';
import { eventually, inTime } from '../../support/eventually.js';
import type { CaseBody } from '../../support/http.js';
import { tell } from '../../support/notices.js';
import { answer, flood, hang, Receiver, reset, trickle, type Behaviour } from '../../support/receiver.js';

const NOTICES = 40;
/** With all the others misbehaving at once, on a busy machine. */
const HEALTHY_MS = 20_000;

const flooded = { bytes: 0 };
const NAMES = ['healthy', 'hangs', 'trickles', 'resets', 'fails', 'limits', 'gone', 'redirects', 'floods'] as const;
type Name = (typeof NAMES)[number];

onABackend('deliveries among hostile receivers', (backend, queue) => {
  let server: TestApp;
  let about: CaseBody;
  let target: Receiver;
  let receivers: Record<Name, Receiver>;
  let endpoints: Record<Name, NewEndpoint>;
  beforeAll(async () => {
    server = await backend().start({ environment: { ...LOOPBACK, SWEEP_SECONDS: '1' } });
    about = await server.http.open();
    target = await Receiver.open();
    const behaviours: Record<Name, Behaviour> = {
      healthy: answer(200),
      hangs: hang,
      trickles: trickle,
      resets: reset,
      fails: answer(500),
      limits: answer(429, { 'retry-after': '3600' }),
      gone: answer(410),
      redirects: answer(302, { location: target.url }),
      floods: (response, request) => {
        flooded.bytes = 0;
        flood(flooded, 100)(response, request);
      },
    };
    const opened = await Promise.all(
      NAMES.map(async (name) => {
        const receiver = await Receiver.open();
        receiver.behave = behaviours[name];
        return [name, receiver, await addEndpoint(server, receiver, name)] as const;
      }),
    );
    receivers = Object.fromEntries(opened.map(([name, receiver]) => [name, receiver])) as typeof receivers;
    endpoints = Object.fromEntries(opened.map(([name, , endpoint]) => [name, endpoint])) as typeof endpoints;
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([target, ...Object.values(receivers)].map((one) => one.close()));
  });

  const rowsOf = async (name: Name) =>
    (await deliveries(server.database)).filter(({ endpointId }) => endpointId === endpoints[name].id);

  it('the healthy one gets everything at once, and people are served meanwhile', async () => {
    const began = performance.now();
    await tell(
      server.database.owner,
      about,
      'kasi',
      Array.from({ length: NOTICES }, (_, index) => `Pemberitahuan ${index}`),
    );
    const opening = Promise.all(Array.from({ length: 40 }, () => server.http.open()));
    await eventually('all healthy', () => receivers.healthy.received.length >= NOTICES, HEALTHY_MS);
    inTime('all healthy', performance.now() - began, HEALTHY_MS);
    expect(new Set((await opening).map(({ id }) => id)).size).toBe(40);
  }, 60_000);

  it.each([
    ['hangs', 'TIMEOUT'],
    ['trickles', 'TIMEOUT'],
    ['resets', 'ECONNRESET'],
    ['fails', 'HTTP_500'],
    ['limits', 'HTTP_429'],
    ['redirects', 'HTTP_302'],
  ] as const)(
    'one that %s is tried again later, for %s',
    async (name, code) => {
      const row = await eventually(
        'its first failure',
        async () => (await rowsOf(name)).find(({ lastResult }) => lastResult !== null),
        40_000,
      );
      expect(row).toMatchObject({ status: 'pending', lastResult: code });
    },
    60_000,
  );

  it('one that redirects leads nowhere', () => expect(target.connections).toBe(0));

  it('one that asks for an hour has it, for all its messages', async () => {
    const tried = receivers.limits.received.length;
    expect(tried).toBeLessThanOrEqual(4);
    await passTime(server.database);
    await eventually('another sweep', async () => (await rowsOf('fails')).some(({ attempts }) => attempts > 1));
    expect(receivers.limits.received.length).toBe(tried);
  });

  it('one that floods is cut off and counts as told', async () => {
    await eventually('all sent', async () => (await rowsOf('floods')).every(({ status }) => status === 'sent'), 60_000);
    expect(flooded.bytes).toBeLessThan(20 * 1024 ** 2);
  }, 90_000);

  it('one that is gone is disabled, what waits for it is refused, and the admin hears of it once', async () => {
    await eventually('all refused', async () => (await rowsOf('gone')).every(({ status }) => status === 'refused'));
    const { body } = await server.http.get<{ items: { id: string }[] }>('admin', '/admin/webhooks');
    expect(body.items.find(({ id }) => id === endpoints.gone.id)).toMatchObject({
      enabled: false,
      disabledBecause: 'GONE',
    });
    expect(receivers.gone.received.length).toBeLessThanOrEqual(4);
    const bell = await server.http.get<{ items: { kind: string }[] }>('admin', '/notices');
    const kinds = bell.body.items.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'WEBHOOK_DISABLED')).toHaveLength(1);
  });

  it('when all behave again, everything arrives everywhere: LOST 0', async () => {
    for (const name of NAMES) receivers[name].behave = answer(200);
    await server.http.send('admin', 'PATCH', `/admin/webhooks/${endpoints.gone.id}`, '{"enabled":true}', {
      'content-type': 'application/json',
    });
    await server.http.post('admin', '/admin/deliveries/retry', {});
    await server.database.owner.query('UPDATE webhook_endpoints SET held_until = NULL');
    await eventuallyLater(server.database, 'everything sent', async () =>
      (await deliveries(server.database)).every(({ status }) => status === 'sent'),
    );
    const n = NAMES.length * NOTICES;
    await allStand(server.database, { sent: n });
    const lost = NAMES.map((name) => NOTICES - new Set(receivers[name].ids).size);
    expect([n, lost]).toEqual([360, NAMES.map(() => 0)]);
    process.stdout.write(
      `deliveries to ${NAMES.length} receivers, 8 of them hostile: LOST 0 of n = ${n}, queue in ${queue}\n`,
    );
  }, 120_000);
});
