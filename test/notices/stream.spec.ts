/** GET /notices/stream over real HTTP: resumed without loss or repetition, never past a transaction that commits late. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.js';
import { eventually, inTime } from '../support/eventually.js';
import type { CaseBody, ProblemBody } from '../support/http.js';
import { tell } from '../support/notices.js';
import { expectProblem } from '../support/refused.js';
import { EventStream, type StreamEvent } from '../support/stream.js';

const SUNDAY = '2026-11-22T03:00:00Z';
/** A stop that waited for open streams would wait for as long as they live. */
const SOON_MS = 20_000;
/** Longer than a reader's patience, so that the reader says what did not come. */
const LONG = 100_000;

let server: TestApp;
let about: CaseBody;
const streams: EventStream[] = [];
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow(SUNDAY);
  about = await server.http.open();
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.breakOff();
});
afterAll(() => server.stop());

async function listen(headers: Record<string, string> = {}, from = server): Promise<EventStream> {
  const stream = await EventStream.open(from.http, 'kasi', headers);
  streams.push(stream);
  return stream;
}
const say = (...texts: string[]) => tell(server.database.owner, about, 'kasi', texts);
const textsOf = (events: readonly StreamEvent[]) => events.map(({ data }) => data.text);
const resume = (event: StreamEvent | undefined) => listen({ 'last-event-id': event?.id ?? '' });

describe('a stream', () => {
  it(
    'brings what comes after it was opened, to whom it was said',
    async () => {
      await say('sebelumnya');
      const stream = await listen();
      expect(stream.response.status).toBe(200);
      expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      await tell(server.database.owner, about, 'kadin', ['untuk kadin']);
      const [told] = await say('satu');
      await say('dua');
      const events = await stream.take(2);
      expect(textsOf(events)).toEqual(['satu', 'dua']);
      expect(events[0]?.data).toMatchObject({ id: told?.id, caseNo: about.caseNo, kind: 'SLA_BREACH', level: 100 });
      expect(Object.keys(events[0]?.data ?? {})).not.toContain('recipientId');
    },
    LONG,
  );

  it(
    'speaks the language that was asked for',
    async () => {
      const stream = await listen({ 'accept-language': 'en' });
      await say('satu');
      expect(textsOf(await stream.take(1))).toEqual(['In English: satu']);
    },
    LONG,
  );

  it(
    'is one of five of its listener, and takes no place of others',
    async () => {
      // Those of the tests before end in their own time.
      const [first] = await eventually('five places', async () => {
        const five = await Promise.all(Array.from({ length: 5 }, () => listen()));
        if (five.every(({ response }) => response.status === 200)) return five;
        for (const stream of streams.splice(0)) stream.breakOff();
        return null;
      });
      const sixth = await server.http.get<ProblemBody>('kasi', '/notices/stream');
      expectProblem(sixth, 'RATE_LIMITED');
      expect(sixth.headers.get('retry-after')).toBe('30');
      streams.push(await EventStream.open(server.http, 'kadin'));
      expect(streams.at(-1)!.response.status).toBe(200);
      const atOnce = await Promise.all(Array.from({ length: 8 }, () => EventStream.open(server.http, 'sekdin')));
      streams.push(...atOnce);
      expect(atOnce.filter(({ response }) => response.status === 200)).toHaveLength(5);
      first!.breakOff();
      await eventually('a place again', async () => (await listen()).response.status === 200);
    },
    LONG,
  );

  it(
    'needs a token',
    async () => {
      expect((await fetch(`${server.http.base}/api/v1/notices/stream`)).status).toBe(401);
    },
    LONG,
  );
});

describe('resuming', () => {
  it(
    'after a break brings what came meanwhile, and nothing again',
    async () => {
      const stream = await listen();
      await say('a', 'b', 'c');
      await say('d');
      const read = await stream.take(2);
      stream.breakOff();
      await say('e', 'f');
      const again = await resume(read[1]);
      await say('g');
      const rest = await again.take(5);
      const all = textsOf([...read, ...rest]);
      expect([...all].sort().join('')).toBe('abcdefg');
      expect(all.slice(3).join('')).toMatch(/^d(ef|fe)g$/);
      expect(new Set([...read, ...rest].map(({ id }) => id)).size).toBe(7);
      expect(again.waiting).toEqual([]);
    },
    LONG,
  );

  it(
    'brings more than one page, in the order in which they came',
    async () => {
      const stream = await listen();
      await say('mulai');
      const [start] = await stream.take(1);
      stream.breakOff();
      const texts = Array.from({ length: 120 }, (_, index) => `ke-${index}`);
      for (const text of texts) await say(text);
      expect(textsOf(await (await resume(start)).take(120))).toEqual(texts);
    },
    LONG,
  );

  it(
    'from another process goes on in the same place',
    async () => {
      const stream = await listen();
      await say('a', 'b');
      const [first] = await stream.take(1);
      const beside = await startApp({ beside: server, process: 'api' });
      try {
        const other = await listen({ 'last-event-id': first?.id ?? '' }, beside);
        expect(textsOf(await other.take(1))).toEqual(textsOf(await stream.take(1)));
      } finally {
        await beside.stop();
      }
    },
    LONG,
  );

  it.each(['x', '1', '.', '1.x', `1.${'-'.repeat(36)}`, `-1.${'0'.repeat(36)}`, `${'9'.repeat(20)}.${'0'.repeat(36)}`])(
    'from "%s" is refused: it is no id of ours',
    async (id) => {
      const path = '/notices/stream';
      const reply = await server.http.get<ProblemBody>('kasi', path, { 'last-event-id': id });
      expectProblem(reply, 'INVALID_CURSOR');
    },
    10_000,
  );
});

describe('a transaction that wrote early and commits late', () => {
  let slow: Client;
  beforeEach(async () => {
    slow = new Client({ connectionString: server.database.superuserUrl });
    await slow.connect();
  });
  afterEach(() => slow.end());

  /** The stream has asked, and been answered, since `instant`. */
  const asked = async () => {
    const { rows } = await server.database.owner.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    await eventually('a poll of the stream', async () => {
      const { rowCount } = await server.database.owner.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'alur'
         AND state = 'idle' AND query LIKE '%FROM notices n%$6::pg_snapshot%' AND query_start > $1`,
        [rows[0]?.now],
      );
      return rowCount !== 0;
    });
  };

  it(
    'is not skipped by a stream that asked in between',
    async () => {
      const stream = await listen();
      await say('mulai');
      await stream.take(1);
      await slow.query('BEGIN');
      await tell(slow, about, 'kasi', ['awal']);
      await say('akhir');
      await asked();
      await slow.query('COMMIT');
      expect(textsOf(await stream.take(2))).toEqual(['awal', 'akhir']);
    },
    LONG,
  );

  it(
    'nor by one that was opened in between, which does not repeat what could be read before it',
    async () => {
      await slow.query('BEGIN');
      await tell(slow, about, 'kasi', ['awal']);
      await say('akhir');
      const stream = await listen();
      await asked();
      await slow.query('COMMIT');
      await say('sesudah');
      expect(textsOf(await stream.take(2))).toEqual(['awal', 'sesudah']);
    },
    LONG,
  );

  it(
    'that is rolled back holds nothing up',
    async () => {
      const stream = await listen();
      await slow.query('BEGIN');
      await tell(slow, about, 'kasi', ['tidak pernah']);
      await say('tetap');
      await slow.query('ROLLBACK');
      expect(textsOf(await stream.take(1))).toEqual(['tetap']);
    },
    LONG,
  );
});

it(
  'ends when the application stops, and goes on at the next one',
  async () => {
    const first = await startApp({ beside: server, process: 'api' });
    const stream = await listen({}, first);
    await say('sebelum');
    const [last] = await stream.take(1);
    const started = performance.now();
    await first.stop();
    await eventually('the end of the stream', () => stream.hasEnded);
    inTime('the end of the stream', performance.now() - started, SOON_MS);
    await say('sesudah');
    expect(textsOf(await (await resume(last)).take(1))).toEqual(['sesudah']);
  },
  LONG,
);
