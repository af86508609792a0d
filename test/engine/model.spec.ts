/** Model-based: every state and every transition of the machine, through the real doors, as the people who may. */
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import type { Role } from '../../machines/contract.js';
import { eventOf, rolesOf, stateName, stateNodes, transitionsFrom } from '../../machines/shape.js';
import { freshSnapshot, leafOf } from '../../src/engine/snapshot.js';
import { startApp, type TestApp } from '../support/app.js';
import { HOLDERS, type CaseBody } from '../support/http.js';
import { coveringPaths, nameOf, type ModelEvent, type ModelStep } from '../support/model.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const DOORS: Readonly<Partial<Record<Role, string>>> = {
  staff: 'staff',
  kadin: 'kadin',
  sekdin: 'sekdin-kabid',
  kabid: 'sekdin-kabid',
  kasi: 'kasi',
};

function send(now: CaseBody, { type, role, payload }: ModelEvent) {
  const own = `/${DOORS[role]!}/cases/${now.id}/${type.toLowerCase().replaceAll('_', '-')}`;
  const path = type === 'RECORD_PAPER' ? `/cases/${now.id}/documents` : own;
  return server.http.post<CaseBody>(HOLDERS[role], path, payload, { 'if-match': `"${now.stepSeq}"` });
}

/** Every event the state knows is either allowed to this person or blocked for a reason; no other is spoken of. */
function spokenOf({ allowed, blocked }: CaseBody): string[] {
  return [...allowed, ...blocked].map(({ event }) => event).sort();
}

const covered = { states: new Set<string>(), transitions: new Set<string>(), roles: new Set<string>() };

async function walk(path: readonly ModelStep[]): Promise<CaseBody> {
  let now = await server.http.open();
  let before = freshSnapshot(service);
  covered.states.add(now.state);
  for (const { event, after } of path) {
    const reply = await send(now, event);
    const title = `${nameOf(before)} ${event.type} ${event.role}`;
    expect([title, reply.status, reply.text]).toEqual([title, event.type === 'RECORD_PAPER' ? 201 : 200, reply.text]);
    const moves = service.events[event.type]?.movesCase ?? true;
    expect([title, reply.body.state, reply.body.closed, reply.body.stepSeq]).toEqual([
      title,
      nameOf(after),
      after.status === 'done',
      now.stepSeq + (moves ? 1 : 0),
    ]);
    expect([title, spokenOf(reply.body)]).toEqual([title, transitionsFrom(leafOf(after)).map(eventOf).sort()]);
    covered.states.add(reply.body.state);
    covered.transitions.add(`${nameOf(before)} ${event.type}`);
    covered.roles.add(title);
    now = reply.body;
    before = after;
  }
  return now;
}

it('takes every transition from every state, in every role that may', async () => {
  const paths = coveringPaths(service);
  const ends = [];
  for (const path of paths) ends.push(await walk(path));

  const leaves = stateNodes(service).filter(({ type }) => type !== 'compound');
  const transitions = leaves.flatMap((leaf) => transitionsFrom(leaf).map((one) => ({ leaf: stateName(leaf), one })));
  const inRoles = transitions.flatMap(({ leaf, one }) => rolesOf(one).map((role) => `${leaf} ${eventOf(one)} ${role}`));
  const steps = paths.reduce((sum, path) => sum + path.length, 0);
  process.stdout.write(
    `model: ${paths.length} paths, ${steps} steps; states ${covered.states.size}/${leaves.length}, transitions ` +
      `${covered.transitions.size}/${transitions.length}, with roles ${covered.roles.size}/${inRoles.length}\n`,
  );
  expect([...covered.states].sort()).toEqual(leaves.map(stateName).sort());
  expect([...covered.transitions].sort()).toEqual(transitions.map(({ leaf, one }) => `${leaf} ${eventOf(one)}`).sort());
  expect([...covered.roles].sort()).toEqual(inRoles.sort());

  // What the answers said is what is stored, and the chains hold.
  for (const end of ends.filter((_, index) => index % 10 === 0)) {
    const seen = await server.http.get<CaseBody>('kasi', `/cases/${end.id}`);
    expect(seen.body).toMatchObject({ state: end.state, stepSeq: end.stepSeq, receipt: end.receipt });
    const verdict = await server.http.get('inspektur', `/inspection/cases/${end.id}/verify`);
    expect(verdict.body).toMatchObject({ result: 'PASS', lastHash: end.receipt.hash });
  }
}, 300_000);
