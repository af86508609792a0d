/** Kelengkapan, outputs, persons: what a step needs, what may stand in its place, and what is said when it is missing. */
import type { Requirement } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import { stateNodes, stepMetaOf, stateName } from '../../machines/shape.js';
import {
  letterUnnumbered,
  missingPapers,
  notNamed,
  outputMissing,
  papersMissing,
  samePerson,
  wrongDesk,
} from '../../machines/rules.js';
import { at, blockers, contextOf, KABID, must, nameOf, send, stepFrom, type Sent } from '../support/walk.js';

const PRINTOUT: Requirement = { paper: 'NEWS_PRINTOUT', label: 'Print Out Berita' };
const LETTER: Requirement = { paper: 'ASSIGNMENT_LETTER', label: 'Surat Tugas', or: ['WALK_IN'] };
const RECEIVE: Sent = { type: 'RECEIVE_APPLICANT', by: 'the-staff', role: 'staff' };
const codes = (list: readonly { code: string }[]) => list.map(({ code }) => code);

describe('papers', () => {
  it.each([
    ['nothing', [], [], ['NEWS_PRINTOUT', 'ASSIGNMENT_LETTER']],
    ['one on file', ['NEWS_PRINTOUT'], [], ['ASSIGNMENT_LETTER']],
    ['one on file, one seen now', ['NEWS_PRINTOUT'], ['ASSIGNMENT_LETTER'], []],
    ['the other paper in its place', ['WALK_IN'], ['NEWS_PRINTOUT'], []],
    ['a paper that stands for nothing', ['SERVICE_DOCUMENT'], ['CASE_FILE'], ['NEWS_PRINTOUT', 'ASSIGNMENT_LETTER']],
  ])('%s', (_what, onFile, seen, missing) => {
    expect(missingPapers(onFile, seen, [PRINTOUT, LETTER]).map(({ paper }) => paper)).toEqual(missing);
  });

  it('a refusal lists every missing paper by name, by kind, and with what would do instead', () => {
    const [blocker, ...more] = papersMissing([PRINTOUT, LETTER]);
    expect(more).toEqual([]);
    expect(blocker).toMatchObject({
      code: 'PAPERS_MISSING',
      params: { missing: ['NEWS_PRINTOUT', 'ASSIGNMENT_LETTER'] },
      curable: true,
    });
    for (const text of [blocker?.id, blocker?.en]) {
      expect(text).toContain('Print Out Berita, Surat Tugas');
      expect(text).toContain('NEWS_PRINTOUT, ASSIGNMENT_LETTER / WALK_IN');
    }
    expect(papersMissing([])).toEqual([]);
  });

  it('an output that was not made is named, and so is the field that makes it', () => {
    const output = { paper: 'ARCHIVE', label: 'Arsip' };
    expect(outputMissing(true, output, '"archiveCode"')).toEqual([]);
    const [blocker] = outputMissing(false, output, '"archiveCode"');
    expect(blocker).toMatchObject({ code: 'OUTPUT_MISSING', params: { missing: 'ARCHIVE' }, curable: true });
    expect(blocker?.id).toContain('Arsip');
    expect(blocker?.en).toContain('"archiveCode"');
  });
});

describe('persons', () => {
  it.each([
    ['the one who is named', { role: 'kabid', id: 'a' } as const, 'a', []],
    ['somebody else', { role: 'kabid', id: 'a' } as const, 'b', ['NOT_NAMED_RECIPIENT']],
    ['nobody is named', null, 'a', ['NOT_NAMED_RECIPIENT']],
  ])('follow-up by %s', (_who, named, by, expected) => {
    expect(codes(notNamed(named, by))).toEqual(expected);
  });

  it('nobody confirms what they filed', () => {
    expect(codes(samePerson('a', 'a'))).toEqual(['SAME_PERSON']);
    expect(samePerson('a', 'b')).toEqual([]);
  });

  it('a pause is lifted by the roles it remembers only', () => {
    expect(wrongDesk(['staff', 'kasi'], 'staff')).toEqual([]);
    expect(wrongDesk(['staff', 'kasi'], 'kadin')[0]).toMatchObject({
      code: 'NOT_THIS_DESK',
      params: { roles: ['staff', 'kasi'] },
      curable: false,
    });
  });

  it.each([
    [false, false, []],
    [false, true, []],
    [true, true, []],
    [true, false, ['OUTGOING_LETTER_UNNUMBERED']],
  ])('an outgoing letter made: %s, numbered: %s', (made, numbered, expected) => {
    expect(codes(letterUnnumbered(made, numbered))).toEqual(expected);
  });
});

const steps = stateNodes(service)
  .filter(({ type }) => type !== 'compound')
  .flatMap((node) => {
    const meta = stepMetaOf(node);
    return meta ? [[stateName(node), meta] as const] : [];
  });

describe('the machine asks for them', () => {
  it.each(steps.filter(([state]) => state !== 'archiving.confirming'))(
    '%s cannot be completed with empty hands',
    (state, { output }) => {
      const { papers: _papers, letter: _letter, disposition: _d, archiveCode: _code, ...bare } = stepFrom(state);
      const before = at(state);
      expect(blockers(before, bare).at(-1)).toMatchObject({
        code: 'OUTPUT_MISSING',
        params: { missing: output.paper },
      });
      expect(nameOf(send(before, bare))).toBe(state);
    },
  );

  it('takes the papers of row 1, the second one in either form', () => {
    const file = ['NEWS_PRINTOUT', 'CASE_FILE'];
    expect(blockers(at('intake'), { ...RECEIVE, papers: file })).toMatchObject([
      { code: 'PAPERS_MISSING', params: { missing: ['ASSIGNMENT_LETTER'] } },
    ]);
    for (const second of ['ASSIGNMENT_LETTER', 'WALK_IN']) {
      expect(nameOf(must(at('intake'), { ...RECEIVE, papers: [...file, second] }))).toBe('registration');
    }
  });

  it('serves a walk-in with the form of the desk from the first row to the last', () => {
    const papers = ['NEWS_PRINTOUT', 'WALK_IN', 'CASE_FILE'];
    let now = must(at('intake'), { ...RECEIVE, papers });
    for (const state of [
      'registration',
      'headDisposition',
      'dispositionRecording',
      'dispositionDelivery',
      'followUp',
    ]) {
      now = must(now, stepFrom(state));
    }
    now = must(
      must(must(now, stepFrom('serviceDelivery')), stepFrom('archiving.filing')),
      stepFrom('archiving.confirming'),
    );
    expect(nameOf(now)).toBe('archived');
    expect(contextOf(now).papers).not.toContain('ASSIGNMENT_LETTER');
  });

  it('keeps the papers of a step on file for the next', () => {
    const { papers: _papers, ...empty } = stepFrom('headDisposition');
    expect(blockers(at('headDisposition'), empty)).toEqual([]);
  });

  it.each(steps)(
    '%s: a payload can tick the papers of its own row only',
    (state, { requirements, output, outputField }) => {
      const { payload, example } = service.events[stepFrom(state).type]!;
      if (!('papers' in payload.shape)) return;
      const own = [
        ...requirements.flatMap(({ paper, or = [] }) => [paper, ...or]),
        ...(outputField ? [] : [output.paper]),
      ];
      const others = steps.map(([, meta]) => meta.output.paper).filter((paper) => !own.includes(paper));
      expect(payload.safeParse({ ...example, papers: own }).success).toBe(true);
      for (const paper of others)
        expect([paper, payload.safeParse({ ...example, papers: [paper] }).success]).toEqual([paper, false]);
    },
  );

  it.each([
    ['FOLLOW_UP_DOCUMENT', 'followUp'],
    ['SERVICE_DOCUMENT', 'serviceDelivery'],
  ])('a %s recorded at the desk in advance does not stand for the output of %s', (kind, state) => {
    let now = must(at('intake'), { type: 'RECORD_PAPER', by: 's', role: 'staff', kind });
    expect(contextOf(now).papers).toContain(kind);
    while (nameOf(now) !== state) now = must(now, stepFrom(nameOf(now)));
    const { papers: _papers, ...bare } = stepFrom(state);
    expect(blockers(now, bare)).toMatchObject([{ code: 'OUTPUT_MISSING', params: { missing: kind } }]);
    const recorded = must(now, { type: 'RECORD_PAPER', by: 's', role: 'staff', kind });
    expect(nameOf(must(recorded, bare))).not.toBe(state);
  });
});

describe('two boxes, two people', () => {
  const confirm = (by: string): Sent => ({ type: 'CONFIRM_ARCHIVE', by, role: 'kasi' });
  const filed = () => must(at('archiving.filing'), { ...stepFrom('archiving.filing'), by: 'somebody' });

  it('whoever filed cannot confirm, in whatever role', () => {
    expect(codes(blockers(filed(), confirm('somebody')))).toEqual(['SAME_PERSON']);
    expect(nameOf(send(filed(), confirm('somebody')))).toBe('archiving.confirming');
    expect(nameOf(send(filed(), confirm('somebody-else')))).toBe('archived');
  });

  it('not even after a hold', () => {
    const held = must(filed(), { type: 'HOLD', by: 'somebody', role: 'kasi', cause: 'FORCE_MAJEURE' });
    const again = must(held, { type: 'RESUME', by: 'somebody', role: 'kasi' });
    expect(codes(blockers(again, confirm('somebody')))).toEqual(['SAME_PERSON']);
  });
});

describe('named and numbered', () => {
  it('only the officer the disposition names follows it up', () => {
    const other: Sent = { ...stepFrom('followUp'), by: 'another-kabid' };
    expect(codes(blockers(at('followUp'), other))).toEqual(['NOT_NAMED_RECIPIENT']);
    expect(nameOf(send(at('followUp'), other))).toBe('followUp');
    expect(nameOf(send(at('followUp'), { ...other, by: KABID.id }))).toBe('serviceDelivery');
  });

  it('an outgoing letter must be numbered before row 8', () => {
    const made = must(at('serviceDelivery'), { type: 'RECORD_PAPER', by: 's', role: 'staff', kind: 'OUTGOING_LETTER' });
    expect(codes(blockers(made, stepFrom('serviceDelivery')))).toEqual(['OUTGOING_LETTER_UNNUMBERED']);
    const numbered = must(made, { type: 'REGISTER_OUTGOING_LETTER', by: 's', role: 'staff' });
    expect(nameOf(must(numbered, stepFrom('serviceDelivery')))).toBe('archiving.filing');
  });
});
