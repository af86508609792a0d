/** A stream lasts no longer than the right to hear it: it ends within seconds of the account, the sign-in or the token. */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { localTokenKey } from '../../src/access/tokens.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { accountId, type CaseBody, type Person } from '../support/http.js';
import { tell } from '../support/notices.js';
import { signInAs } from '../support/sign-in.js';
import { EventStream } from '../support/stream.js';

/** Three seconds until it is looked at, two for what is kept, five of a token's grace, and patience. */
const DEADLINE_MS = 30_000;
const LONG = 100_000;

let server: TestApp;
let about: CaseBody;
const streams: EventStream[] = [];
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
  about = await server.http.open();
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.breakOff();
});
afterAll(() => server.stop());

async function listen(person: Person, headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await EventStream.open(server.http, person, headers);
  expect(stream.response.status).toBe(200);
  streams.push(stream);
  return stream;
}
const ends = (stream: EventStream) => eventually('the stream ends', () => stream.hasEnded, DEADLINE_MS);
/** Somebody else's stream goes on: it is no stop of all of them. */
async function othersGoOn(stream: EventStream): Promise<void> {
  await tell(server.database.owner, about, 'kadin', ['masih']);
  expect((await stream.take(1))[0]?.data.text).toBe('masih');
  expect(stream.hasEnded).toBe(false);
}
const disable = (person: Person) =>
  server.database.owner.query('UPDATE accounts SET disabled_at = alur_now() WHERE id = $1', [accountId(person)]);

it(
  'ends when the account is disabled, and no other does',
  async () => {
    const [gone, stays] = [await listen('kasi'), await listen('kadin')];
    await disable('kasi');
    await ends(gone);
    await othersGoOn(stays);
  },
  LONG,
);

it(
  'ends when the officer a client listens for is disabled',
  async () => {
    const [gone, stays] = [await listen('demo-client', { 'on-behalf-of': 'sekdin' }), await listen('kadin')];
    await disable('sekdin');
    await ends(gone);
    await othersGoOn(stays);
  },
  LONG,
);

it(
  'ends with the sign-in',
  async () => {
    const { body } = await signInAs(server.http.base, 'staf');
    const authorization = `Bearer ${body.accessToken}`;
    const [gone, stays] = [await listen('staf', { authorization }), await listen('kadin')];
    await fetch(`${server.http.base}/api/v1/auth/sign-out`, { method: 'POST', headers: { authorization } });
    await ends(gone);
    await othersGoOn(stays);
  },
  LONG,
);

it(
  'ends when the token expires',
  async () => {
    const now = Math.floor(Date.now() / 1000);
    const id = accountId('kabid');
    const token = await new SignJWT({ sid: id })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
      .setSubject(id)
      .setIssuer('alur')
      .setAudience('alur-api')
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + 3)
      .sign(createPrivateKey(localTokenKey(server.dataDir)));
    const [gone, stays] = [await listen('kabid', { authorization: `Bearer ${token}` }), await listen('kadin')];
    await ends(gone);
    await othersGoOn(stays);
  },
  LONG,
);
