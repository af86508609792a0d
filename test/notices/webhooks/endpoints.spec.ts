/** Webhook endpoints by their doors: secrets are shown once and kept sealed, odd addresses are refused, admins alone come in. */
import { randomBytes } from 'node:crypto';
import { AppConfig } from '../../../src/app-config.js';
import { readConfig } from '../../../src/config.js';
import { Sealer } from '../../../src/notices/webhooks/sealer.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addEndpoint, allStand, deliveries, LOOPBACK, type NewEndpoint } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import type { ProblemBody } from '../../support/http.js';
import { tell } from '../../support/notices.js';
import { Receiver } from '../../support/receiver.js';
import { expectProblem } from '../../support/refused.js';
import { URLS } from '../../support/ssrf.js';

const GOOD = 'https://hooks.example.go.id/alur';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ environment: { ...LOOPBACK, SWEEP_SECONDS: '1' } });
});
afterAll(() => server.stop());

interface Item {
  readonly id: string;
  readonly enabled: boolean;
}

const list = async (app = server) => (await app.http.get<{ items: Item[] }>('admin', '/admin/webhooks')).body.items;
const patch = (id: string, body: object) =>
  server.http.send<ProblemBody & Item>('admin', 'PATCH', `/admin/webhooks/${id}`, JSON.stringify(body), {
    'content-type': 'application/json',
  });
const remove = (id: string) => server.http.send<ProblemBody>('admin', 'DELETE', `/admin/webhooks/${id}`, null);

describe('a secret', () => {
  it('is shown when it is made and rotated, never again, and not to be read in the database', async () => {
    const made = await addEndpoint(server, { url: GOOD });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const path = `/admin/webhooks/${made.id}/rotate-secret`;
    const rotated = await server.http.post<NewEndpoint & { previousSecretUntil: string }>('admin', path, {});
    expect(rotated.body.secret).not.toBe(made.secret);
    expect(Date.parse(rotated.body.previousSecretUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const shown = (await server.http.get('admin', '/admin/webhooks')).text;
    const { rows } = await server.database.owner.query<{ secret: Buffer; previous_secret: Buffer }>(
      'SELECT secret, previous_secret FROM webhook_endpoints WHERE id = $1',
      [made.id],
    );
    const stored = Buffer.concat([rows[0]!.secret, rows[0]!.previous_secret]);
    for (const { secret } of [made, rotated.body]) {
      const bare = secret.slice('whsec_'.length);
      expect(shown).not.toContain(bare);
      for (const form of [Buffer.from(bare), Buffer.from(bare, 'base64')]) expect(stored.includes(form)).toBe(false);
    }
    await remove(made.id);
    const after = await server.database.owner.query(
      'SELECT secret, previous_secret FROM webhook_endpoints WHERE id = $1',
      [made.id],
    );
    expect(after.rows).toEqual([{ secret: null, previous_secret: null }]);
  });

  it('opens with its own key and for its own endpoint only, and not when a bit is changed', () => {
    const sealer = (key: string) => new Sealer(new AppConfig(readConfig({ SEAL_KEY: key }), ''));
    const [one, other] = [sealer('k'.repeat(32)), sealer('l'.repeat(32))];
    const sealed = one.seal('whsec_x', 'endpoint-1');
    expect(one.open(sealed, 'endpoint-1')).toBe('whsec_x');
    expect([one.open(sealed, 'endpoint-2'), other.open(sealed, 'endpoint-1')]).toEqual([null, null]);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect([index, one.open(changed, 'endpoint-1')]).toEqual([index, null]);
    }
    expect(one.open(randomBytes(3), 'endpoint-1')).toBeNull();
  });
});

describe('an address', () => {
  it.each(URLS.map((url) => url.replace(/127\.0\.0\.1:1(?=\/)/, '127.1.1.1:1')))(
    '%s is refused when it is added and when it is changed',
    async (url) => {
      const strict = await strictApp();
      const before = (await list(strict)).length;
      const reply = await strict.http.post<ProblemBody>('admin', '/admin/webhooks', { label: 'Uji', url });
      expectProblem(reply, 'INVALID_INPUT');
      expect(reply.body.issues?.map(({ path }) => path)).toEqual(['url']);
      expect(await list(strict)).toHaveLength(before);
    },
  );

  it('that is changed is looked at as one that is new', async () => {
    const { id } = await addEndpoint(server, { url: GOOD });
    const refused = await patch(id, { url: 'https://user@hooks.example.go.id/' });
    expectProblem(refused, 'INVALID_INPUT');
    expect(refused.body.issues?.map(({ path }) => path)).toEqual(['url']);
    const url = 'https://hooks.example.go.id/lain';
    expect((await patch(id, { url, label: 'Lain' })).body).toMatchObject({ url, label: 'Lain', enabled: true });
    await remove(id);
  });

  it.each([
    {},
    { label: '' },
    { label: 'x'.repeat(101) },
    { secret: 'whsec_mine' },
    { enabled: 'no' },
    { officeId: 'x' },
  ])('a change %j is refused', async (body) => {
    const { id } = await addEndpoint(server, { url: GOOD });
    expectProblem(await patch(id, body), 'INVALID_INPUT');
    await remove(id);
  });
});

let strict: TestApp | undefined;
/** As an office has it: no demo, no allowed networks. */
async function strictApp(): Promise<TestApp> {
  strict ??= await startApp({ environment: { DEMO: 'off' } });
  return strict;
}
afterAll(() => strict?.stop());

it('no more than twenty are taken, however many come at once', async () => {
  const replies = await Promise.all(
    Array.from({ length: 25 }, (_, index) =>
      server.http
        .inOffice(2)
        .post<ProblemBody & NewEndpoint>('admin', '/admin/webhooks', { label: `n${index}`, url: `${GOOD}/${index}` }),
    ),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(20);
  for (const reply of replies.filter(({ status }) => status !== 201)) expectProblem(reply, 'TOO_MANY_WEBHOOKS');
});

it('the same address makes one endpoint, however often it is sent', async () => {
  const office = server.http.inOffice(2);
  for (const { id } of (await office.get<{ items: Item[] }>('admin', '/admin/webhooks')).body.items) {
    await office.send('admin', 'DELETE', `/admin/webhooks/${id}`, null);
  }
  const body = { label: 'Dasbor', url: GOOD };
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => office.post<ProblemBody & NewEndpoint>('admin', '/admin/webhooks', body)),
  );
  const made = replies.filter(({ status }) => status === 201);
  expect(made).toHaveLength(1);
  for (const reply of replies.filter(({ status }) => status !== 201)) {
    expectProblem(reply, 'WEBHOOK_EXISTS');
    expect(reply.body.detail).toContain(made[0]!.body.id);
  }
  const { id } = made[0]!.body;
  // Nor in another spelling, nor by changing another one.
  const spelled = GOOD.replace('https://', 'HTTPS://').replace(/^(.*)(.)$/, (_, head: string, last: string) => {
    return `${head}%${last.charCodeAt(0).toString(16)}`;
  });
  expectProblem(
    await office.post<ProblemBody>('admin', '/admin/webhooks', { ...body, url: spelled }),
    'WEBHOOK_EXISTS',
  );
  const other = await office.post<NewEndpoint>('admin', '/admin/webhooks', { ...body, url: `${GOOD}/lain` });
  const changed = await office.send<ProblemBody>(
    'admin',
    'PATCH',
    `/admin/webhooks/${other.body.id}`,
    JSON.stringify({ url: GOOD }),
    { 'content-type': 'application/json' },
  );
  expectProblem(changed, 'WEBHOOK_EXISTS');
  await office.send('admin', 'DELETE', `/admin/webhooks/${id}`, null);
  expect((await office.post('admin', '/admin/webhooks', body)).status).toBe(201);
});

it('what is done to an endpoint is recorded with old and new, and no secret', async () => {
  const { id, secret } = await addEndpoint(server, { url: `${GOOD}/catatan` });
  await patch(id, { enabled: false });
  await server.http.post('admin', `/admin/webhooks/${id}/rotate-secret`, { overlapHours: 3 });
  await remove(id);
  const { body, text } = await server.http.get<{ items: { subjectId: string; actor: string }[] }>(
    'admin',
    '/admin/log',
  );
  const url = `${GOOD}/catatan`;
  expect(body.items.filter(({ subjectId }) => subjectId === id)).toMatchObject([
    { action: 'delete-webhook', old: { url, enabled: false }, new: null, actor: 'admin' },
    { action: 'rotate-webhook-secret', old: null, new: { overlapHours: 3 } },
    { action: 'change-webhook', old: { url, enabled: true }, new: { url, enabled: false } },
    { action: 'create-webhook', old: null, new: { url } },
  ]);
  expect(text).not.toContain(secret.slice('whsec_'.length));
});

it('admins alone come in', async () => {
  const { id } = await addEndpoint(server, { url: GOOD });
  for (const person of ['staf', 'kadin', 'kabid', 'kasi', 'inspektur', 'demo-client'] as const) {
    expectProblem(await server.http.get<ProblemBody>(person, '/admin/webhooks'), 'FORBIDDEN');
    const body = { label: 'x', url: GOOD };
    expectProblem(await server.http.post<ProblemBody>(person, '/admin/webhooks', body), 'FORBIDDEN');
    for (const act of ['rotate-secret', 'test']) {
      expectProblem(await server.http.post<ProblemBody>(person, `/admin/webhooks/${id}/${act}`, {}), 'FORBIDDEN');
    }
  }
  await remove(id);
});

describe('an endpoint that is taken away', () => {
  const SLOW = { timeout: 60_000 };
  it(
    'gets nothing any more, and what waited for it is refused and can be retried when it is back',
    async () => {
      const receiver = await Receiver.open();
      const { id } = await addEndpoint(server, receiver);
      const about = await server.http.open();
      // Relayed while it was wanted, due after it was not.
      receiver.behave = (response) => void response.writeHead(500).end();
      await tell(server.database.owner, about, 'kasi', ['Sebelum']);
      await eventually('a first try', () => receiver.received.length > 0);
      expect((await patch(id, { enabled: false })).body).toMatchObject({ enabled: false, disabledBecause: 'ADMIN' });
      await tell(server.database.owner, about, 'kasi', ['Sesudah']);
      const row = await eventually('refused', async () =>
        (await deliveries(server.database)).find(({ endpointId, status }) => endpointId === id && status === 'refused'),
      );
      expect(row.lastResult).toBe('ENDPOINT_DISABLED');
      const tried = receiver.received.length;
      receiver.behave = (response) => void response.writeHead(200).end();
      await patch(id, { enabled: true });
      await server.http.post('admin', `/admin/deliveries/${row.id}/retry`, {});
      await eventually('it arrives', () => receiver.received.length > tried);
      expect(receiver.ids.at(-1)).toBe(row.id);
      expect((await deliveries(server.database)).filter(({ endpointId }) => endpointId === id)).toHaveLength(1);

      expect((await remove(id)).status).toBe(204);
      expectProblem(await remove(id), 'NOT_FOUND');
      expectProblem(await patch(id, { enabled: true }), 'NOT_FOUND');
      await receiver.close();
    },
    SLOW.timeout,
  );

  it('a secret that cannot be opened sends nothing and is tried again when the key is back', async () => {
    const receiver = await Receiver.open();
    const own = await startApp({
      environment: { ...LOOPBACK, SWEEP_SECONDS: '1', SEAL_KEY: 'k'.repeat(40) },
      process: 'api',
    });
    await addEndpoint(own, receiver);
    await tell(own.database.owner, await own.http.open(), 'kasi', ['Terkunci']);
    const wrong = await startApp({
      beside: own,
      process: 'worker',
      environment: { ...LOOPBACK, SEAL_KEY: 'l'.repeat(40) },
    });
    await eventually('a try', async () =>
      (await deliveries(own.database)).some(({ lastResult }) => lastResult === 'SECRET_UNREADABLE'),
    );
    expect(receiver.connections).toBe(0);
    await wrong.stop();
    const right = await startApp({
      beside: own,
      process: 'worker',
      environment: { ...LOOPBACK, SWEEP_SECONDS: '1', SEAL_KEY: 'k'.repeat(40) },
    });
    await allStand(own.database, { sent: 1 });
    await right.stop();
    await own.stop();
    await receiver.close();
  });
});
