/** The services as data and as pictures: what a client draws its forms from. */
import { readFileSync } from 'node:fs';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { contentHash } from '../../machines/registry.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Person } from '../support/http.js';

interface Described {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  readonly totalMinutes: number;
  readonly steps: { no: number; minutes: number; state: string }[];
  readonly states: {
    name: string;
    kind: string;
    events: { event: string; roles: string[]; target: string[] | null }[];
  }[];
  readonly events: Record<string, { schema: string; outsideSop: boolean; payload: { type: string }; example: object }>;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ process: 'api' });
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const PEOPLE: readonly Person[] = ['staf', 'kadin', 'sekdin', 'kabid', 'kasi', 'inspektur', 'admin', 'demo-client'];
const read = async (path: string, person: Person = 'staf') => {
  const reply = await server.http.get<Described>(person, path);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply;
};
const ONE = `/services/${service.id}`;

it('are listed for everybody, at the version new cases get', async () => {
  const { sop, title, id, version } = service;
  for (const person of PEOPLE) {
    const { body } = await read('/services', person);
    expect(body).toEqual({ items: [{ id, version, hash: contentHash(service), title, sop }] });
  }
});

describe('a service', () => {
  it('is the printed table: eight steps, 34 minutes, in order', async () => {
    const printed = JSON.parse(
      readFileSync(new URL('../../data/sop-427.53-4-01.01-2018.json', import.meta.url), 'utf8'),
    ) as { steps: { no: number; minutes: number }[] };
    const { body } = await read(ONE);
    expect(body).toMatchObject({ id: service.id, version: 1, hash: contentHash(service), totalMinutes: 34 });
    expect(body.steps.map(({ no, minutes }) => [no, minutes])).toEqual(
      printed.steps.map(({ no, minutes }) => [no, minutes]),
    );
  });

  it('says for each state which events lead where, by whom', async () => {
    const { body } = await read(ONE);
    const state = (name: string) => body.states.find((one) => one.name === name);
    expect(state('headDisposition')?.events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'ISSUE_DISPOSITION', roles: ['kadin'], target: ['dispositionRecording'] }),
        expect.objectContaining({ event: 'REJECT', roles: ['kadin'], target: ['rejected'] }),
      ]),
    );
    expect(state('archived')).toMatchObject({ kind: 'end', events: [] });
    expect(body.states.map(({ name }) => name)).toContain('archiving.confirming');
  });

  it('gives each event a schema and an example that is accepted as it stands', async () => {
    const { body } = await read(ONE);
    expect(Object.keys(body.events).sort()).toEqual(Object.keys(service.events).sort());
    for (const [event, { schema, payload, example }] of Object.entries(body.events)) {
      expect([event, payload.type, schema]).toEqual([event, 'object', service.events[event]?.schema]);
      expect([event, service.events[event]?.payload.safeParse(example).success]).toEqual([event, true]);
    }
  });
});

describe('its diagram', () => {
  it('is Mermaid text: every state, the printed path, the ends', async () => {
    const reply = await read(`${ONE}/diagram`);
    expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = reply.text.split('\n').map((line) => line.trim());
    expect(lines[0]).toBe('stateDiagram-v2');
    expect(lines).toContain('[*] --> intake');
    expect(lines).toContain('registration --> headDisposition : REGISTER_LETTER (staff)');
    expect(lines).toContain('archiving_confirming --> archived : CONFIRM_ARCHIVE (kasi)');
    for (const end of ['archived', 'rejected', 'withdrawn', 'cancelled']) expect(lines).toContain(`${end} --> [*]`);
    expect(reply.text).not.toContain('classDef current');
  });

  it('is SVG when asked for', async () => {
    const reply = await read(`${ONE}/diagram?format=svg`);
    expect(reply.headers.get('content-type')).toBe('image/svg+xml');
    expect(reply.text).toContain('<svg');
    expect(reply.text).toContain('3. Disposisi, 5 menit');
    expect(reply.text).not.toContain('#ffd54f');
  });

  it.each(['intake', 'followUp', 'archiving.confirming', 'archived'])('marks %s where a case stands', async (state) => {
    const { id } = await server.http.driveTo(state);
    const text = await read(`${ONE}/diagram?case=${id}`, 'inspektur');
    expect(text.text).toContain(`class ${state.replace('.', '_')} current`);
    expect(text.text.match(/^ *class /gm)).toHaveLength(1);
    const picture = await read(`${ONE}/diagram?case=${id}&format=svg`);
    expect(picture.text.match(/#ffd54f/g)).toHaveLength(1);
    const node = /<title>([^<]*)<\/title>\s*<path fill="#ffd54f"/.exec(picture.text);
    expect(node?.[1]).toBe(state);
  });
});
