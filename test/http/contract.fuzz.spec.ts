/**
 * S8: requests made from our own OpenAPI document. None makes a 5xx, every refusal has a code the document names, every
 * answer fits its schema. FUZZ_REQUESTS changes their number, FC_SEED repeats a run.
 */
import fc from 'fast-check';
import { ask as request } from '../support/ask.js';
import { askedOf, type Asked } from '../support/contract.js';
import { HOLDERS, PATH_STATES, type Person } from '../support/http.js';
import { judgeOf, type Answered, type Judge } from '../support/judge.js';
import { operationsOf, type OpenApi, type Placed } from '../support/openapi.js';
import { runs } from '../support/property.js';
import { startServed, type Served } from '../support/served.js';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 50_000);
const AT_ONCE = 8;
const BATCH = 1000;

/** Would end the sign-ins that all others are asked by; asked by nobody only. */
const ENDS_SIGN_INS = ['POST /api/v1/auth/sign-out'];
/** Each takes a second or reads everything: a few suffice. */
const HEAVY = /\/(report|reports\/sla|export|event-log|findings|verifier|auth\/token|auth\/password|stream)$/;

const NOBODY = '00000000-0000-4000-8000-000000000000';

let server: Served;
let document: OpenApi;
const ids: string[] = [];
beforeAll(async () => {
  server = await startServed({ SWEEP_SECONDS: '300', LOG_CHECKPOINT_SECONDS: '1' });
  document = (await (await fetch(`${server.http.base}/api/openapi.json`)).json()) as OpenApi;
  for (const state of [...PATH_STATES, 'archived']) {
    for (let copy = 0; copy < 4; copy++) ids.push((await server.http.driveTo(state)).id);
  }
  ids.push((await server.http.inOffice(2).open()).id);
}, 240_000);
afterAll(() => server.stop());

async function send({ operation, person, url, headers, body }: Asked): Promise<Answered> {
  const nobody = person === null || ENDS_SIGN_INS.includes(operation.at);
  const given = {
    ...headers,
    ...(!nobody && { authorization: `Bearer ${await server.http.token(person as Person)}` }),
    ...(body !== null && { 'content-type': 'application/json' }),
  };
  const told = await request(server.http.base + url, operation.method, given, body);
  return { status: told.status, type: told.headers.get('content-type') ?? '', text: told.text };
}

/** What was seen: how often each status, and the first request for each way the contract was broken. */
interface Seen {
  readonly statuses: Map<number, number>;
  readonly broken: Map<string, string>;
}

/** A few at a time, in their order. */
async function ask(requests: readonly Asked[], judge: Judge, { statuses, broken }: Seen) {
  const queue = requests.values();
  const work = async () => {
    for (const asked of queue) {
      const answered = await send(asked);
      statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
      const flaw = answered.status >= 500 ? 'a failure of ours' : judge(asked.operation, answered);
      const { operation, person, url, headers, body } = asked;
      const how = `${operation.at}: ${flaw ?? 'sound'}`;
      if (flaw && !broken.has(how)) {
        broken.set(how, JSON.stringify({ person, url, headers, body, answered }).slice(0, 1500));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

it(`${REQUESTS} requests: no failure, no answer beside the document`, async () => {
  const operations = operationsOf(document);
  const weighted = operations.map((operation) => ({
    weight: HEAVY.test(operation.path) ? 1 : 40,
    arbitrary: askedOf(operation, HOLDERS, ids),
  }));
  const { seed } = runs(REQUESTS);
  const judge = judgeOf(document);
  const seen: Seen = { statuses: new Map(), broken: new Map() };
  for (let begun = 0; begun < REQUESTS; begun += BATCH) {
    const requests = fc.sample(fc.oneof(...weighted), {
      numRuns: Math.min(BATCH, REQUESTS - begun),
      seed: seed + begun,
    });
    await ask(requests, judge, seen);
  }
  const counts = [...seen.statuses].sort().map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(
    `${REQUESTS} requests over ${operations.length} operations, seed ${seed}: ${counts.join(', ')}\n`,
  );
  expect(Object.fromEntries(seen.broken)).toEqual({});
  // A fuzz whose every request is refused at the door has tested the door.
  expect((seen.statuses.get(200) ?? 0) + (seen.statuses.get(201) ?? 0)).toBeGreaterThan(REQUESTS / 20);
}, 1_800_000);

it('finds an answer beside the document', () => {
  const operations = operationsOf(document);
  const operation = operations.find(({ at }) => at === 'GET /api/v1/cases/{id}') as Placed;
  const judge = judgeOf(document);
  const json = 'application/json';
  expect(judge(operation, { status: 418, type: json, text: '{}' })).toContain('status');
  expect(judge(operation, { status: 404, type: json, text: '{}' })).toContain('refusal as');
  const problem = JSON.stringify({ code: 'TOO_LARGE' });
  expect(judge(operation, { status: 404, type: 'application/problem+json', text: problem })).toContain('code');
  expect(judge(operation, { status: 200, type: json, text: '{"id":1}' })).toContain('does not fit');
  const office = operations.find(({ at }) => at === 'GET /api/v1/admin/office') as Placed;
  const form = { unitCode: '427.53', letterClassification: '800', letterTemplate: '{seq}/{year}' };
  const titles = [{ role: 'kasi', title: 'Kepala Seksi', validFrom: null }];
  const sound = { id: NOBODY, code: 'contoh', name: 'Contoh', ...form, titles };
  const told = (body: object) => judge(office, { status: 200, type: json, text: JSON.stringify(body) });
  expect(told(sound)).toBeNull();
  expect(told({ ...sound, passwordHash: 'x' })).toContain('additional properties');
});
