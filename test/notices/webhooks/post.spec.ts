/** S6 and R13, at the wire: where a connection goes, and how long a stranger can keep us. */
import type { LookupAddress } from 'node:dns';
import { createServer, type AddressInfo } from 'node:net';
import { post, type Posted, type Resolve } from '../../../src/notices/webhooks/post.js';
import type { AddressRules } from '../../../src/notices/webhooks/address.js';
import { inTime } from '../../support/eventually.js';
import { answer, flood, hang, Receiver, reset, trickle } from '../../support/receiver.js';
import { ADDRESSES, URLS } from '../../support/ssrf.js';

const TRY_MS = 1500;
/** What a busy machine may need on top. */
const SLACK_MS = 3000;
const NOTHING: AddressRules = { plainHttp: true, allow: [] };
const LOOPBACK: AddressRules = { plainHttp: true, allow: ['127.0.0.1/32'] };
const BOTH: AddressRules = { plainHttp: true, allow: ['127.0.0.2/32'] };

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.open();
});
afterEach(() => receiver.close());

const resolving = (...answers: (readonly string[])[]): Resolve & { asked: () => number } =>
  Object.assign(
    ((_host, _options, callback) => {
      const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as Resolve,
    { asked: () => asked },
  );
let asked = 0;
beforeEach(() => {
  asked = 0;
});

const send = (url: string, rules: AddressRules, resolve?: Resolve): Promise<Posted> =>
  post(
    { url, headers: { 'content-type': 'application/json' }, body: '{}' },
    { rules, stopping: new AbortController().signal, tryMs: TRY_MS, ...(resolve && { resolve }) },
  );

describe('a name', () => {
  it.each(ADDRESSES)('that resolves to %s is not connected to', async (address) => {
    const url = `http://hooks.example.go.id:${receiver.port}/`;
    expect(await send(url, NOTHING, resolving([address]))).toEqual({ failed: 'ADDRESS_REFUSED' });
    expect([asked, receiver.connections]).toEqual([1, 0]);
  });

  it('that has one address among others that may not be is not connected to at all', async () => {
    const url = `http://hooks.example.go.id:${receiver.port}/`;
    expect(await send(url, LOOPBACK, resolving(['127.0.0.1', '10.0.0.1']))).toEqual({ failed: 'ADDRESS_REFUSED' });
    expect(receiver.connections).toBe(0);
  });

  it('is connected to where it was judged: another answer a moment later changes nothing', async () => {
    const allowed = await Receiver.open('127.0.0.2', receiver.port);
    const rebinding = resolving(['127.0.0.2'], ['127.0.0.1']);
    const url = `http://hooks.example.go.id:${receiver.port}/`;
    expect(await send(url, BOTH, rebinding)).toMatchObject({ status: 200 });
    expect([rebinding.asked(), allowed.connections, receiver.connections]).toEqual([1, 1, 0]);
    expect(await send(url, BOTH, rebinding)).toEqual({ failed: 'ADDRESS_REFUSED' });
    expect([allowed.connections, receiver.connections]).toEqual([1, 0]);
    await allowed.close();
  });

  it('that nobody knows is a failure with its code', async () => {
    const unknown: Resolve = (_host, _options, callback) =>
      callback(Object.assign(new Error('who?'), { code: 'ENOTFOUND' }), undefined);
    expect(await send('https://hooks.example.go.id/', NOTHING, unknown)).toEqual({ failed: 'ENOTFOUND' });
  });

  it('that the machine’s own resolver does not know is one as well', async () => {
    const posted = await send('https://nowhere.invalid/', NOTHING);
    expect(posted).toEqual({ failed: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN|TIMEOUT)$/) as string });
  });
});

describe('an address in the URL itself', () => {
  // Whatever got past the door, or was saved under other rules, meets the same judge here.
  const readable = URLS.filter((url) => /^https?:/.test(url) && URL.canParse(url))
    // Public, and refused at the door for its form alone.
    .filter((url) => new URL(url).hostname !== '8.8.8.8');
  it.each(readable)('%s leads to no connection', async (given) => {
    const url = new URL(given);
    if (url.port === '1') url.port = String(receiver.port);
    url.protocol = 'http:';
    const posted = await send(url.href, NOTHING, resolving(['127.0.0.1']));
    expect([posted, receiver.connections]).toEqual([{ failed: 'ADDRESS_REFUSED' }, 0]);
  });
});

describe('a receiver', () => {
  it('that answers is done', async () => {
    expect(await send(receiver.url, LOOPBACK)).toEqual({ status: 200, retryAfter: null });
  });

  it.each([301, 302, 303, 307, 308])('that redirects (%d) is not followed', async (status) => {
    const target = await Receiver.open();
    receiver.behave = answer(status, { location: target.url });
    expect(await send(receiver.url, LOOPBACK)).toEqual({ status, retryAfter: null });
    expect([receiver.received.length, target.connections]).toEqual([1, 0]);
    await target.close();
  });

  it.each([
    ['hangs', hang],
    ['trickles', trickle],
  ])('that %s is given up in time', async (_, behave) => {
    receiver.behave = behave;
    const began = performance.now();
    expect(await send(receiver.url, LOOPBACK)).toEqual({ failed: 'TIMEOUT' });
    inTime('giving up', performance.now() - began, TRY_MS + SLACK_MS);
  });

  it('that takes the connection and never reads is given up in time', async () => {
    const mute = createServer((socket) => socket.pause().on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    expect(await send(`http://127.0.0.1:${port}/`, LOOPBACK)).toEqual({ failed: 'TIMEOUT' });
    mute.close();
  });

  it('that wants to go on in another protocol has answered', async () => {
    const switching = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      );
    });
    await new Promise<void>((resolve) => switching.listen(0, '127.0.0.1', resolve));
    const { port } = switching.address() as AddressInfo;
    expect(await send(`http://127.0.0.1:${port}/`, LOOPBACK)).toEqual({ status: 101, retryAfter: null });
    switching.close();
  });

  it('that breaks off is a failure with its code', async () => {
    receiver.behave = reset;
    expect(await send(receiver.url, LOOPBACK)).toEqual({ failed: 'ECONNRESET' });
    const { url } = receiver;
    await receiver.close();
    expect(await send(url, LOOPBACK)).toEqual({ failed: 'ECONNREFUSED' });
    receiver = await Receiver.open();
  });

  it('that sends 100 MB is cut off after a little, and has answered', async () => {
    const sent = { bytes: 0 };
    receiver.behave = flood(sent, 100);
    expect(await send(receiver.url, LOOPBACK)).toEqual({ status: 200, retryAfter: null });
    // What lay in the kernel's buffers had left already.
    expect(sent.bytes).toBeLessThan(20 * 1024 ** 2);
  });

  it('that sends 100 KB of headers is a failure', async () => {
    receiver.behave = answer(200, { 'x-much': 'x'.repeat(100_000) });
    expect(await send(receiver.url, LOOPBACK)).toEqual({ failed: 'HPE_HEADER_OVERFLOW' });
  });

  it('that does not speak TLS is a failure with its code', async () => {
    const posted = await send(receiver.url.replace('http:', 'https:'), LOOPBACK);
    expect(posted).toEqual({ failed: expect.stringMatching(/^(EPROTO|ERR_SSL_\w+|ECONNRESET)$/) as string });
  });
});

it('is broken off when the program stops', async () => {
  const stopping = new AbortController();
  receiver.behave = () => stopping.abort();
  const posting = { url: receiver.url, headers: {}, body: '{}' };
  expect(await post(posting, { rules: LOOPBACK, stopping: stopping.signal })).toEqual({ failed: 'STOPPED' });
});
