/** The printed table of the SOP against the machine, both ways: what one has the other has, in the same order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepMeta } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { metaOf, rolesOf, stateName, stateNodes, stepMetaOf, transitionsFrom } from '../../machines/shape.js';
import { Registry } from '../../machines/registry.js';
import { describe as describeService } from '../../src/cases/service-description.js';
import { PROJECT_ROOT } from '../../src/paths.js';

interface PrintedRow {
  readonly no: number;
  readonly activity: string;
  readonly boxes: string[];
  readonly requirements: string[];
  readonly minutes: number;
  readonly output: string;
}
const printed = JSON.parse(readFileSync(join(PROJECT_ROOT, 'data/sop-427.53-4-01.01-2018.json'), 'utf8')) as {
  number: string;
  flowTitle: string;
  approvedOn: string;
  performers: string[];
  steps: PrintedRow[];
};

const leaves = stateNodes(service).filter(({ type }) => type !== 'compound');
const steps = stateNodes(service).flatMap((node) => {
  const meta = metaOf(node);
  return meta?.kind === 'step' ? [{ state: stateName(node), ...meta }] : [];
});
const open = leaves.filter((leaf) => stepMetaOf(leaf) !== undefined);
const pauses = leaves.filter((leaf) => metaOf(leaf)?.kind === 'pause');

/** `{state: roles}` for every place where the event can be sent. */
function whereAndWho(event: string): Record<string, readonly string[]> {
  const found = leaves.flatMap((leaf) =>
    transitionsFrom(leaf)
      .filter(({ eventType }) => eventType === event)
      .map((transition) => [stateName(leaf), rolesOf(transition)] as const),
  );
  return Object.fromEntries(found);
}

const lower = ({ output, ...row }: PrintedRow) => ({ ...row, output: output.toLowerCase() });
const asPrinted = ({ no, activity, boxes, requirements, minutes, output }: StepMeta): PrintedRow => ({
  no,
  activity,
  boxes: [...boxes],
  requirements: requirements.map(({ label }) => label),
  minutes,
  output: output.label,
});

describe('the printed table', () => {
  it('has the same eight rows: performers, papers, minutes, outputs', () => {
    expect(steps.map(asPrinted).map(lower)).toEqual(printed.steps.map(lower));
    expect(steps).toHaveLength(8);
  });

  it('is described to clients as it is printed, 34 minutes in all', () => {
    const registered = new Registry().find(service.id)!;
    const described = describeService(registered);
    expect(described.steps.map(asPrinted).map(lower)).toEqual(printed.steps.map(lower));
    expect(described.totalMinutes).toBe(34);
    expect(printed.steps.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(34);
  });

  it('names the performers of the page, each of them at least once, and nobody else', () => {
    const named = new Set(steps.flatMap(({ boxes }) => boxes));
    expect([...named].sort()).toEqual([...printed.performers].sort());
  });

  it('is the SOP of that number, title and date', () => {
    expect(service.sop.number).toBe(printed.number);
    expect(printed.flowTitle).toContain(service.sop.name);
    expect(service.sop.effectiveFrom).toBe(printed.approvedOn);
  });
});

/** Domain: state, whose clock, what completes it, and where that leads. */
const ROWS: readonly (readonly [
  no: number,
  state: string,
  accountable: readonly string[],
  event: string,
  to: string,
])[] = [
  [1, 'intake', ['staff'], 'RECEIVE_APPLICANT', 'registration'],
  [2, 'registration', ['staff'], 'REGISTER_LETTER', 'headDisposition'],
  [3, 'headDisposition', ['kadin'], 'ISSUE_DISPOSITION', 'dispositionRecording'],
  [4, 'dispositionRecording', ['staff'], 'RECORD_DISPOSITION', 'dispositionDelivery'],
  [5, 'dispositionDelivery', ['staff'], 'DELIVER_DISPOSITION', 'followUp'],
  [6, 'followUp', ['sekdin', 'kabid'], 'FOLLOW_UP_DISPOSITION', 'serviceDelivery'],
  [7, 'serviceDelivery', ['staff'], 'COMPLETE_SERVICE', 'archiving'],
  [8, 'archiving.filing', ['staff'], 'FILE_DOCUMENTS', 'archiving.confirming'],
  [8, 'archiving.confirming', ['kasi'], 'CONFIRM_ARCHIVE', 'archived'],
];

describe('who completes what', () => {
  it('has exactly these open states, in the order of the page', () => {
    expect(open.map(stateName)).toEqual(ROWS.map(([, state]) => state));
    expect(open.map((leaf) => stepMetaOf(leaf)?.no)).toEqual(ROWS.map(([no]) => no));
  });

  it.each(ROWS)('row %i, %s: accountable %j, completed by %s, leads to %s', (_no, state, accountable, event, to) => {
    const leaf = open.find((one) => stateName(one) === state)!;
    const meta = metaOf(leaf);
    expect(meta && 'accountable' in meta && meta.accountable).toEqual(accountable);
    const onward = transitionsFrom(leaf).filter(
      ({ eventType, target }) => target !== undefined && !service.events[eventType as string]?.outsideSop,
    );
    expect(onward.map((one) => [one.eventType as string, rolesOf(one), one.target?.map((t) => stateName(t))])).toEqual([
      [event, accountable, [to]],
    ]);
  });

  it('keeps row 8 one step with one clock for its two boxes', () => {
    expect(steps.filter(({ no }) => no === 8).map(({ state, minutes }) => [state, minutes])).toEqual([
      ['archiving', 1],
    ]);
  });
});

const everyOpenState = (roles: readonly string[]) =>
  Object.fromEntries([...open, ...pauses].map((leaf) => [stateName(leaf), roles]));

const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  RETURN_INCOMPLETE: { intake: ['staff'], registration: ['staff'], serviceDelivery: ['staff'] },
  RESUBMIT: { returned: ['staff'] },
  REJECT: { headDisposition: ['kadin'] },
  WITHDRAW: everyOpenState(['staff']),
  CANCEL: everyOpenState(['kasi']),
  RECALL_DISPOSITION: { dispositionRecording: ['kadin'], dispositionDelivery: ['kadin'] },
  HOLD: Object.fromEntries(ROWS.map(([, state, accountable]) => [state, [...new Set([...accountable, 'kasi'])]])),
  RESUME: { held: ['staff', 'kadin', 'sekdin', 'kabid', 'kasi'] },
};

describe('exceptions outside the page', () => {
  it('are exactly those of the domain', () => {
    const flagged = Object.keys(service.events).filter((event) => service.events[event]?.outsideSop);
    expect(flagged.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });

  it.each(Object.keys(EXCEPTIONS))('%s is taken where the domain says, from whom it says', (event) => {
    expect(whereAndWho(event)).toEqual(EXCEPTIONS[event]);
  });

  it.each(Object.keys(EXCEPTIONS))('%s is refused without a reason', (event) => {
    const { payload, example } = service.events[event]!;
    const { reason, ...rest } = example;
    expect(payload.safeParse(example).success).toBe(true);
    expect(reason).toEqual(expect.any(String));
    for (const body of [rest, { ...rest, reason: '' }, { ...rest, reason: '    ' }, { ...rest, reason: null }]) {
      expect(payload.safeParse(body).success).toBe(false);
    }
  });

  it('holds a case for the listed causes only', () => {
    const { payload, example } = service.events.HOLD!;
    for (const cause of ['WAITING_FOR_APPLICANT', 'FIELD_OBSERVATION', 'FORCE_MAJEURE']) {
      expect(payload.safeParse({ ...example, cause }).success).toBe(true);
    }
    for (const cause of ['BUSY', 'waiting_for_applicant', '', undefined]) {
      expect(payload.safeParse({ ...example, cause }).success).toBe(false);
    }
  });

  it('leave two further acts, which only add a record and never move the case', () => {
    const path = ROWS.map(([, , , event]) => event);
    const others = Object.keys(service.events).filter((event) => !path.includes(event) && !(event in EXCEPTIONS));
    expect(others.sort()).toEqual(['RECORD_PAPER', 'REGISTER_OUTGOING_LETTER']);
    for (const event of others) {
      expect(service.events[event]?.movesCase).toBe(false);
      for (const leaf of leaves) {
        const targets = transitionsFrom(leaf).filter(({ eventType }) => eventType === event);
        expect(targets.every(({ target }) => target === undefined)).toBe(true);
      }
    }
  });
});
