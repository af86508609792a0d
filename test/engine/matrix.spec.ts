/** Authorisation and order of work, whole: state × event × role against the table kept by hand in matrix.csv. */
import { ROLES, type Role } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { stateName, stateNodes } from '../../machines/shape.js';
import { startApp, type TestApp } from '../support/app.js';
import { footprint } from '../support/footprint.js';
import { readHandTable } from '../support/hand-table.js';
import { HOLDERS, type CaseBody, type ProblemBody, type Reply } from '../support/http.js';
import { caseAt, stateOf } from '../support/places.js';
import { expectProblem } from '../support/refused.js';

const CELLS = ['ok', '403', 'STATE', 'NAMED', 'DESK'] as const;
type Cell = (typeof CELLS)[number];

interface Row {
  readonly place: string;
  readonly event: string;
  readonly to: string;
  readonly cells: Readonly<Record<Role, Cell>>;
}

/** Blocker behind each refusal that is not a matter of role alone. */
const BLOCKERS = { STATE: 'WRONG_STATE', NAMED: 'NOT_NAMED_RECIPIENT', DESK: 'NOT_THIS_DESK' } as const;

const TABLE: readonly Row[] = readHandTable('engine/matrix.csv').rows.map(
  ({ state: place = '', event = '', 'leads to': to = '', ...cells }) => ({
    place,
    event,
    to,
    cells: cells as Record<Role, Cell>,
  }),
);
const PLACES = [...new Set(TABLE.map(({ place }) => place))];
const rowsAt = (place: string) => TABLE.filter((row) => row.place === place);

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  await server.database.setNow('2026-11-22T03:00:00Z');
});
afterAll(() => server.stop());

const ask = (role: Role, { id, stepSeq }: CaseBody, event: string) =>
  server.http.event(HOLDERS[role], id, stepSeq, event);

function expectCell(title: string, cell: Cell, to: string, reply: Reply<CaseBody & ProblemBody>): void {
  const { status, body } = reply;
  const blockers = (body.blockers ?? []).map(({ code }) => code);
  if (cell === 'ok') {
    expect([title, status, body.state]).toEqual([title, 200, to]);
  } else if (cell === '403') {
    expect([title, status]).toEqual([title, 403]);
    expectProblem(reply, 'FORBIDDEN');
  } else {
    expect([title, status, blockers]).toEqual([title, 409, [BLOCKERS[cell]]]);
    expectProblem(reply, 'TRANSITION_REFUSED');
  }
}

describe('the table', () => {
  it('has a row for every state and event of the machine, and a known word in every cell', () => {
    const leaves = stateNodes(service).filter(({ type }) => type !== 'compound');
    expect([...new Set(PLACES.map(stateOf))].sort()).toEqual(leaves.map(stateName).sort());
    for (const place of PLACES) {
      expect([
        place,
        rowsAt(place)
          .map(({ event }) => event)
          .sort(),
      ]).toEqual([place, Object.keys(service.events).sort()]);
    }
    for (const { place, event, cells } of TABLE) {
      expect([place, event, Object.keys(cells)]).toEqual([place, event, [...ROLES]]);
      for (const cell of Object.values(cells)) expect(CELLS).toContain(cell);
    }
  });
});

describe.each(PLACES)('a case at %s', (place) => {
  const tries = rowsAt(place).flatMap(({ event, to, cells }) =>
    ROLES.map((role) => ({ event, to, role, cell: cells[role], title: `${place} ${event} ${role}` })),
  );

  it('refuses what the table refuses, for the reason it gives, and stays as it was', async () => {
    const now = await caseAt(server.http, place);
    const before = await footprint(server.database);
    for (const { event, to, role, cell, title } of tries.filter((one) => one.cell !== 'ok')) {
      expectCell(title, cell, to, await ask(role, now, event));
    }
    expect(await footprint(server.database)).toEqual(before);
    const { body } = await server.http.get<CaseBody>('kasi', `/cases/${now.id}`);
    expect(body).toMatchObject({ state: now.state, stepSeq: now.stepSeq, receipt: now.receipt });
  });

  const accepted = tries.filter(({ cell }) => cell === 'ok');
  // A closed case takes nothing: there is nothing to try.
  if (accepted.length > 0) {
    it('takes what the table allows and goes where it says', async () => {
      for (const { event, to, role, cell, title } of accepted) {
        expectCell(title, cell, to, await ask(role, await caseAt(server.http, place), event));
      }
    });
  }
});
