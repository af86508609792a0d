/** Doors: one route for each thing a role may do, none for anything else, and each closed to everybody else. */
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { OFFICER_ROLES, ROLES, type Role } from '../../machines/contract.js';
import { RELEASES } from '../../machines/registry.js';
import { eventOf, rolesOf, stateNodes, transitionsFrom } from '../../machines/shape.js';
import { DOOR, pathOf, type DoorPlan } from '../../src/roles/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { exampleOf, HOLDERS, type CaseBody, type ProblemBody } from '../support/http.js';
import { expectRefused } from '../support/refused.js';
import { documentedRoutes, fill } from '../support/routes.js';

interface FoundDoor extends DoorPlan {
  /** Below /api/v1, as in the OpenAPI document. */
  readonly path: string;
}

let server: TestApp;
let doors: FoundDoor[];
let open: CaseBody;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
  doors = findDoors();
  open = await server.http.open();
});
afterAll(() => server.stop());

/** Reads the plan from every controller the application really has. */
function findDoors(): FoundDoor[] {
  const modules = [...server.app.get(ModulesContainer).values()];
  return modules.flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => {
      const controller = metatype as { prototype: Record<string, object> } | null;
      if (!controller) return [];
      const base = Reflect.getMetadata(PATH_METADATA, controller) as string;
      return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
        const handler = controller.prototype[name]!;
        const plan = Reflect.getMetadata(DOOR, handler) as DoorPlan | undefined;
        if (!plan || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
        const own = Reflect.getMetadata(PATH_METADATA, handler) as string;
        return [{ ...plan, path: `/${base}/${own}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}') }];
      });
    }),
  );
}

/** `staff REGISTER_LETTER`: what the machines of all versions let a role do somewhere. */
function pairsOfMachines(): string[] {
  const pairs = RELEASES.flatMap(({ service }) =>
    stateNodes(service).flatMap((node) =>
      transitionsFrom(node).flatMap((one) => rolesOf(one).map((role) => `${role} ${eventOf(one)}`)),
    ),
  );
  return [...new Set(pairs)].sort();
}

describe('the doors', () => {
  it('are exactly one for each pair of role and event the machines know', () => {
    const pairs = doors.flatMap(({ roles, event }) => roles.map((role) => `${role} ${event}`)).sort();
    expect(pairs).toEqual(pairsOfMachines());
    expect(pairs.length).toBeGreaterThanOrEqual(30);
  });

  it('are named after their event, below their role, and stand in the OpenAPI document', async () => {
    const documented = (await documentedRoutes(server.http)).map(({ method, path }) => `${method} ${path}`);
    for (const { roles, event, path } of doors) {
      expect(documented).toContain(`POST ${path}`);
      if (event === 'RECORD_PAPER') expect([path, roles]).toEqual(['/cases/{id}/documents', OFFICER_ROLES]);
      else expect(path).toBe(`/${roles.join('-')}/cases/{id}/${pathOf(event)}`);
    }
  });

  it('are all there is below a role’s prefix, but for its inbox and the board', async () => {
    const prefixes = [...new Set(doors.map(({ path }) => path.split('/')[1]!))].filter((prefix) => prefix !== 'cases');
    const documented = await documentedRoutes(server.http);
    const below = documented.filter(({ path }) => prefixes.some((prefix) => path.startsWith(`/${prefix}/`)));
    const expected = [...doors.filter(({ event }) => event !== 'RECORD_PAPER').map(({ path }) => path)];
    expected.push(...prefixes.map((prefix) => `/${prefix}/inbox`), '/kasi/board');
    expect(below.map(({ path }) => path).sort()).toEqual(expected.sort());
  });
});

describe('a door used by another role', () => {
  it('is closed, whatever the state, the step seen or the body; and nothing is written', async () => {
    for (const { roles, event, path } of doors) {
      for (const role of ROLES.filter((one) => !roles.includes(one))) {
        const problem = await expectRefused(server, 'FORBIDDEN', () =>
          server.http.post(HOLDERS[role], fill(path, { id: open.id }), exampleOf(event), {
            'if-match': `"${open.stepSeq}"`,
          }),
        );
        expect([path, problem.params]).toEqual([path, { roles: roles.join(', ') }]);
      }
    }
  });

  it('is closed to an inspector and an administrator on every writing route', async () => {
    const writing = (await documentedRoutes(server.http)).filter(({ method }) => method !== 'GET');
    // Everybody's own: signing in and out, the bell.
    for (const { method, path, body } of writing.filter((route) => !/^\/(auth|notices)\//.test(route.path))) {
      // Routes an administrator keeps (accounts, calendars) are no case steps, and not below a case.
      const closedTo: Role[] = path.includes('/cases') ? ['inspector', 'admin'] : ['inspector'];
      for (const role of closedTo) {
        const headers = { 'if-match': `"${open.stepSeq}"`, 'content-type': 'application/json' };
        const filled = fill(path, { id: open.id });
        const sent = JSON.stringify(body ?? {});
        const reply = await server.http.send<ProblemBody>(HOLDERS[role], method, filled, sent, headers);
        expect([role, path, reply.status]).toEqual([role, path, 403]);
      }
    }
  });
});

it('decides the event: a door does not take another one from its body', async () => {
  const headers = { 'if-match': `"${open.stepSeq}"` };
  for (const body of [
    { type: 'WITHDRAW', reason: 'Dicabut.' },
    { event: 'WITHDRAW', reason: 'Dicabut.' },
  ]) {
    const path = `/staff/cases/${open.id}/receive-applicant`;
    await expectRefused(server, 'INVALID_INPUT', () => server.http.post('staf', path, body, headers));
  }
});

it('lets an officer with two roles act in the role of the door', async () => {
  const { owner } = server.database;
  await owner.query(
    `INSERT INTO role_grants (office_id, id, account_id, role)
     SELECT office_id, gen_random_uuid(), id, 'kasi' FROM accounts WHERE login = 'kadin'`,
  );
  const now = await server.http.driveTo('headDisposition');
  // People are read again after two seconds at most; a second process that has never seen them knows at once.
  const beside = await startApp({ beside: server });
  try {
    const headers = { 'if-match': `"${now.stepSeq}"` };
    const held = await beside.http.post('kadin', `/kasi/cases/${now.id}/hold`, exampleOf('HOLD'), headers);
    expect(held.status).toBe(200);
    const history = await beside.http.get<{ entries: { event: string; actor: { role: string } }[] }>(
      'inspektur',
      `/inspection/cases/${now.id}/history`,
    );
    expect(history.body.entries.at(-1)).toMatchObject({ event: 'HOLD', actor: { login: 'kadin', role: 'kasi' } });
  } finally {
    await beside.stop();
  }
});
