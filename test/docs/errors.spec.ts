/** docs/errors.md and the code say the same: the same codes, the same statuses, the same sentences. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blocker, Role } from '../../machines/contract.js';
import { kimMemberServiceV1 as service } from '../../machines/kim-member-service.v1.service.js';
import * as rules from '../../machines/rules.js';
import { wrongRole } from '../../src/engine/allowed.js';
import { judge } from '../../src/engine/judge.js';
import { restore } from '../../src/engine/snapshot.js';
import { ENGINE_BLOCKERS, ERRORS } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/paths.js';

interface Section {
  readonly code: string;
  readonly status: number | null;
  readonly en: string;
  readonly id: string;
  readonly prose: string;
}

const page = readFileSync(join(PROJECT_ROOT, 'docs/errors.md'), 'utf8');
const [problemPart = '', blockerPart = ''] = page.split('\n## Blockers\n');
const problems = sectionsOf(problemPart);
const blockers = sectionsOf(blockerPart);

function sectionsOf(part: string): Section[] {
  return part
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [, code = '', status] = /^`([A-Z_]+)`(?:, (\d{3}))?$/m.exec(text) ?? [];
      const sentence = (language: string) => new RegExp(`^- ${language}: (.+)$`, 'm').exec(text)?.[1] ?? '';
      return { code, status: status ? Number(status) : null, en: sentence('en'), id: sentence('id'), prose: text };
    });
}

const codesOf = (sections: readonly Section[]) => sections.map(({ code }) => code);

/** Codes that stand in the sources as `code: 'SOMETHING'`, conditional ones included. */
function codesIn(folder: string, names: (name: string) => boolean): string[] {
  const files = readdirSync(join(PROJECT_ROOT, folder)).filter(names);
  const texts = files.map((name) => readFileSync(join(PROJECT_ROOT, folder, name), 'utf8'));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => /\bcode: /.test(line)));
  return lines.flatMap((line) => [...line.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map(([, code = '']) => code));
}

describe('problem codes', () => {
  it('are documented, each once, and no others are', () => {
    expect(codesOf(problems).sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it.each(Object.entries(ERRORS))('%s has its status and both sentences', (code, { status, en, id }) => {
    expect(problems.find((section) => section.code === code)).toMatchObject({ status, en, id });
  });
});

describe('blocker codes', () => {
  const inRules = codesIn('machines', (name) => name === 'rules.ts');
  const inEngine = codesIn('src/engine', (name) => name.endsWith('.ts')).filter((code) => !(code in ERRORS));

  it('are documented, each once, and no others are', () => {
    expect(codesOf(blockers).sort()).toEqual([...new Set([...inRules, ...inEngine])].sort());
  });

  it('of the engine stand in its own list', () => {
    expect([...new Set(inEngine)].sort()).toEqual([...ENGINE_BLOCKERS].sort());
  });

  it.each(raised().map((blocker) => [blocker.code, blocker] as const))('%s says what the page says', (code, said) => {
    const section = blockers.find((one) => one.code === code);
    expect(said.en).toMatch(asPattern(section?.en));
    expect(said.id).toMatch(asPattern(section?.id));
    expect(section?.prose).toContain(said.curable ? 'Curable.' : 'Not curable.');
  });

  it('are all raised above', () => {
    expect(new Set(raised().map(({ code }) => code))).toEqual(new Set(codesOf(blockers)));
  });
});

it('every section says when it comes and what to do', () => {
  const silent = [...problems, ...blockers].filter(({ prose }) => !/^When: /m.test(prose) || !/\bDo: /.test(prose));
  expect(codesOf(silent)).toEqual([]);
});

/** `{name}` stands for any words. */
function asPattern(sentence = ''): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = sentence.split(/\{\w+\}/);
  return new RegExp(`^${parts.map(literal).join('.+')}$`);
}

/** Each blocker once, from the function that makes it. */
function raised(): Blocker[] {
  const paper = { paper: 'NEWS_PRINTOUT', label: 'Print Out Berita' };
  return [
    ...rules.papersMissing([paper]),
    ...rules.outputMissing(false, paper, 'letter'),
    ...rules.outputMissing(false, paper, undefined),
    ...rules.notNamed(null, 'somebody'),
    ...rules.samePerson('somebody', 'somebody'),
    ...rules.wrongDesk(['kadin', 'kasi'], 'staff'),
    ...rules.letterUnnumbered(true, false),
    wrongRole(['kadin']),
    ...refusals('RECORD_DISPOSITION', {}, 'staff'),
    ...refusals('ISSUE_DISPOSITION', { disposition: { recipientRole: 'kabid' } }, 'kadin'),
    ...refusals('ISSUE_DISPOSITION', { disposition: { recipientRole: 'sekdin' } }, 'kadin'),
  ];
}

/** Blockers of an event at the head's desk, in an office with no kabid and two sekdin. */
function refusals(event: string, payload: object, role: Role): readonly Blocker[] {
  const papers = ['INCOMING_LETTER', 'DISPOSITION_SHEET'];
  const context = { papers, recipient: null, filedBy: null, heldFrom: [], outgoingLetterNumbered: false };
  const stored = { value: { open: 'headDisposition' }, context, historyValue: {}, status: 'active' };
  const judged = judge({
    service,
    snapshot: restore(service, JSON.stringify(stored)),
    actor: { id: 'somebody', roles: [role] },
    event,
    payload,
    directory: {
      officeId: '',
      calendarVersion: 1,
      titles: {},
      holders: [
        { role: 'sekdin', accountId: '1', login: 'one' },
        { role: 'sekdin', accountId: '2', login: 'two' },
      ],
    },
  });
  return judged.ok ? [] : (judged.blockers ?? []);
}
