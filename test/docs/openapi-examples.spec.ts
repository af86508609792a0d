/** Every example body of the OpenAPI document works as it stands: nothing is sent here that is not read there. */
import { startApp, type TestApp } from '../support/app.js';
import { PATH, type CaseBody, type Person, type Reply } from '../support/http.js';
import { operationsOf, type OpenApi, type Placed } from '../support/openapi.js';

const API = '/api/v1';
/** Who comes through which role's doors, and in which role. */
const DOORS: readonly (readonly [door: string, person: Person, role: string])[] = [
  ['staff', 'staf', 'staff'],
  ['kadin', 'kadin', 'kadin'],
  ['sekdin-kabid', 'kabid', 'kabid'],
  ['kasi', 'kasi', 'kasi'],
];
/** The pauses, and the event that brings a case there. */
const PAUSES: Readonly<Record<string, string>> = { held: 'HOLD', returned: 'RETURN_INCOMPLETE' };

let server: TestApp;
let operations: Placed[];
beforeAll(async () => {
  server = await startApp();
  const reply = await fetch(`${server.http.base}/api/openapi.json`);
  operations = operationsOf((await reply.json()) as OpenApi);
});
afterAll(() => server.stop());

function exampleAt(at: string, type = 'application/json'): Record<string, unknown> {
  const example = operations.find((one) => one.at === at)?.requestBody?.content?.[type]?.schema?.example;
  if (!example) throw new Error(`${at} shows no example`);
  return example;
}

const doorOf = (door: string, event: string) => `/${door}/cases/{id}/${event.toLowerCase().replaceAll('_', '-')}`;

async function open(): Promise<CaseBody> {
  const reply = await server.http.post<CaseBody>('staf', '/cases', exampleAt(`POST ${API}/cases`));
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)]);
  return reply.body;
}

/** Sends the document's own example through the door to the case. */
function send(person: Person, path: string, { id, stepSeq }: CaseBody): Promise<Reply<CaseBody>> {
  const body = exampleAt(`POST ${API}${path}`);
  return server.http.post<CaseBody>(person, path.replace('{id}', id), body, { 'if-match': `"${stepSeq}"` });
}

async function accepted(person: Person, path: string, from: CaseBody): Promise<CaseBody> {
  const { status, text, body } = await send(person, path, from);
  expect([path, status, text]).toEqual([path, 200, expect.any(String)]);
  return body;
}

/** Along the printed path, by the document's examples, until the case is in `state`. */
async function driveTo(state: string): Promise<CaseBody> {
  let now = await open();
  for (const [person, door, event] of PATH) {
    if (now.state === state) break;
    now = await accepted(person, doorOf(door, event), now);
  }
  expect(now.state).toBe(state);
  return now;
}

interface StateInfo {
  readonly name: string;
  readonly events: readonly { readonly event: string; readonly roles: readonly string[] }[];
}

async function states(): Promise<readonly StateInfo[]> {
  const { body } = await server.http.get<{ states: StateInfo[] }>('staf', '/services/kim-member-service');
  return body.states;
}

/** A case in a state where `role` may send `event`; a pause is reached through the role's own doors. */
async function ready(door: string, person: Person, role: string, event: string): Promise<CaseBody> {
  const takes = (await states()).filter(({ events }) =>
    events.some((one) => one.event === event && one.roles.includes(role)),
  );
  const state = takes.find(({ name }) => !(name in PAUSES))?.name;
  if (state !== undefined) return driveTo(state);
  const pausing = PAUSES[takes[0]?.name ?? ''] ?? '';
  return accepted(person, doorOf(door, pausing), await ready(door, person, role, pausing));
}

describe('the examples of the OpenAPI document', () => {
  it('are there for every body a request may have', () => {
    const without = operations.flatMap(({ at, requestBody }) =>
      Object.entries(requestBody?.content ?? {})
        .filter(([, { schema }]) => schema?.title === undefined || schema.example === undefined)
        .map(([type]) => `${at} (${type})`),
    );
    expect(without).toEqual([]);
  });

  it('lead a case along the printed path from opening to archive', async () => {
    expect(await driveTo('archived')).toMatchObject({ closed: true });
  });

  it('work at every door there is', async () => {
    const doors = operations.flatMap(({ path }) => {
      const [, door, name] = /^\/api\/v1\/([a-z-]+)\/cases\/\{id\}\/([a-z-]+)$/.exec(path) ?? [];
      const plan = DOORS.find(([one]) => one === door);
      return plan && name ? [{ plan, path, event: name.toUpperCase().replaceAll('-', '_') }] : [];
    });
    expect(doors.length).toBeGreaterThan(20);
    for (const { plan, path, event } of doors) {
      const [door, person, role] = plan;
      await accepted(person, path.slice(API.length), await ready(door, person, role, event));
    }
  });

  it('work at the generic door and for a paper', async () => {
    const moved = await accepted('staf', '/cases/{id}/events', await open());
    expect(moved.state).toBe('registration');
    const paper = await send('staf', '/cases/{id}/documents', moved);
    expect([paper.status, paper.body.last.event]).toEqual([201, 'RECORD_PAPER']);
  });

  it('sign in, once the password is the one the installation showed', async () => {
    const example = exampleAt(`POST ${API}/auth/token`);
    const signIn = (password: unknown) =>
      fetch(`${server.http.base}${API}/auth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...example, password }),
      });
    expect((await signIn(example.password)).status).toBe(401);
    expect((await signIn('demo-password')).status).toBe(200);
  });
});
