/** H4: no false PASS on fuzzed exports, no false alarm on clean ones. */
import fc from 'fast-check';
import type { Subject } from '../../src/inspection/export.lines.js';
import { fillLog, MemoryLog, signing, verdictOn } from '../support/exports.js';
import { byCharacter, fuzzed } from '../support/fuzzed.js';
import { Dice, runs } from '../support/property.js';
import { sameHeader, trueExportsOf, type TrueExports } from '../support/true-exports.js';

/** Exports that were really changed, of each kind. */
const FUZZED = 25_000;
const CLEAN = 1000;
const OFFICE = '00000000-0000-4000-8000-000000000001';
const FROM = '2026-11-24T00:00:00.000Z';
const TO = '2026-11-25T00:00:00.000Z';
const caseId = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const CASES = [1, 2, 3, 4, 5].map(caseId);
const signer = signing();

function logOf(entries: number, extra = ''): MemoryLog {
  const log = new MemoryLog(signer, 9);
  fillLog(log, OFFICE, CASES, entries, extra);
  return log;
}
const ofCase = (log: MemoryLog, id: string) => log.lines.filter(({ entry }) => entry?.includes(`"case":"${id}"`));
const exportOf = (log: MemoryLog, subject: Subject) =>
  log.export(OFFICE, subject, subject.kind === 'case' ? ofCase(log, subject.caseId) : log.lines);

const LOG = logOf(24);
const CASE = exportOf(LOG, { kind: 'case', caseId: CASES[1]! });

/** What is handed to the verifier. */
interface Handed {
  readonly text: string;
  readonly kept: readonly string[];
  readonly receipts: readonly string[];
}
interface Base extends Handed {
  readonly oneOffice: boolean;
  readonly trueExports: TrueExports;
}

/** Nine entries of three cases and a checkpoint after each four: small, so that many can be looked at. */
function smallLog(others: boolean, extra = ''): MemoryLog {
  const log = new MemoryLog(signer, 4);
  fillLog(log, OFFICE, CASES.slice(0, 3), 9, extra);
  if (others) log.add('of another office', false);
  return log;
}

function baseOf(log: MemoryLog, subject: Subject, oneOffice = false): Base {
  const text = exportOf(log, subject);
  const kept = [...log.checkpoints].filter(([size]) => subject.kind === 'all' || size === log.lines.length);
  const lines = subject.kind === 'case' ? ofCase(log, subject.caseId) : log.lines.filter(({ own }) => own);
  return {
    text,
    kept: kept.map(([, note]) => note),
    receipts: [lines[1]!.leaf],
    oneOffice,
    trueExports: trueExportsOf(text, oneOffice),
  };
}

/** Of other histories, signed by the same key: what a forger with a stolen key or an old backup could mix in. */
const FOREIGN = [smallLog(false, 'x'), logOf(4)].flatMap((log) => exportOf(log, { kind: 'all' }).split('\n'));
const FOREIGN_NOTES = [...smallLog(false, 'x').checkpoints.values()];

/** Up to three changes to what is handed over: mostly the export, now and then what the inspector kept. */
function forged(base: Base, dice: Dice): Handed {
  const target = dice.below(16);
  if (target === 0) {
    const [first, ...others] = base.kept;
    const note = dice.below(4) === 0 ? dice.pick(FOREIGN_NOTES) : byCharacter(first!, dice);
    return { ...base, kept: [...others, note] };
  }
  if (target === 1) return { ...base, receipts: base.receipts.map((one) => byCharacter(one, dice)) };
  let { text } = base;
  for (let left = 1 + dice.below(3); left > 0; left--) text = fuzzed(text, dice, FOREIGN);
  // Without a receipt in half of them: a receipt finds much by itself.
  return { ...base, text, receipts: dice.below(2) === 0 ? base.receipts : [] };
}

/** Nothing was changed, or only what an export cannot prove. */
function isTrue(handed: Handed, base: Base): boolean {
  const texts = base.trueExports.get(sameHeader(handed.text, base.text));
  if (!texts || !handed.receipts.every((one) => texts.has(one))) return false;
  return handed.kept.every((one) => base.kept.includes(one));
}

const CASES_OF = { kind: 'case', caseId: CASES[1]! } as const;
describe.each([
  ['everything, of one office', baseOf(smallLog(false), { kind: 'all' }, true)],
  ['everything, of several offices', baseOf(smallLog(true), { kind: 'all' })],
  ['a case', baseOf(smallLog(true), CASES_OF)],
  ['a period', baseOf(smallLog(false), { kind: 'period', from: FROM, to: TO })],
])('an export of %s', (what, base) => {
  const verdict = ({ text, kept, receipts }: Handed) => verdictOn(text, signer.key, kept, receipts, base.oneOffice);

  it('passes as it is, and with all that it cannot prove left out', () => {
    expect(verdict(base)).toMatchObject({ result: 'PASS' });
    for (const [text, leaves] of base.trueExports) {
      const receipts = base.receipts.filter((one) => leaves.has(one));
      expect([text, verdict({ ...base, text, receipts }).result]).toEqual([text, 'PASS']);
    }
  });

  it(`passes with no change at all among ${FUZZED}`, () => {
    const dice = new Dice();
    const begun = performance.now();
    let [changed, tried] = [0, 0];
    while (changed < FUZZED) {
      const handed = forged(base, dice);
      tried += 1;
      if (isTrue(handed, base)) continue;
      changed += 1;
      if (verdict(handed).result === 'PASS') throw new Error(`PASS:\n${handed.text}`);
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(`H4, ${what}: n = ${changed} changed exports (${tried} tried), 0 passed, ${seconds} s\n`);
    expect(tried).toBeLessThan(FUZZED * 1.5);
  });
});

it(`a clean export never fails, among ${CLEAN}`, () => {
  const log = fc.record({
    entries: fc.integer({ min: 1, max: 90 }),
    kind: fc.constantFrom('all', 'case', 'period'),
    cut: fc.nat(),
  });
  fc.assert(
    fc.property(log, ({ entries, kind, cut }) => {
      const made = logOf(entries);
      const id = /"case":"([^"]+)"/.exec(made.lines[cut % entries]!.entry!)![1]!;
      const at = (n: number) => (JSON.parse(made.lines[n]!.entry!) as { at: string }).at;
      const first = cut % entries;
      const text =
        kind === 'period'
          ? made.export(OFFICE, { kind, from: at(first), to: '2027-01-01T00:00:00.000Z' }, made.lines.slice(first))
          : exportOf(made, kind === 'case' ? { kind, caseId: id } : { kind: 'all' });
      const kept = kind === 'all' ? [...made.checkpoints.values()] : [made.checkpoint()];
      expect(verdictOn(text, signer.key, kept)).toMatchObject({ result: 'PASS' });
    }),
    runs(CLEAN),
  );
});

describe('against what is kept elsewhere (H2)', () => {
  it('a log whose tail was cut is found by any later checkpoint', () => {
    for (let size = 1; size < 24; size++) {
      const cut = exportOf(logOf(size), { kind: 'all' });
      expect(verdictOn(cut, signer.key).result).toBe('PASS');
      expect(verdictOn(cut, signer.key, [LOG.checkpoint()])).toMatchObject({
        result: 'FAIL',
        why: expect.stringContaining('the log is cut') as string,
      });
    }
  });

  it('a log rewritten with a stolen key is found by any checkpoint over something that was rewritten', () => {
    const rewritten = exportOf(logOf(24, '!'), { kind: 'all' });
    expect(verdictOn(rewritten, signer.key).result).toBe('PASS');
    for (const kept of LOG.checkpoints.values()) {
      expect(verdictOn(rewritten, signer.key, [kept])).toMatchObject({
        result: 'FAIL',
        why: expect.stringContaining('of another history') as string,
      });
    }
  });

  it('a log signed by somebody else passes only where the own key has handed over to theirs', () => {
    const other = signing();
    const log = new MemoryLog(other, 9);
    fillLog(log, OFFICE, CASES, 24);
    const handedOver = (from: string, to: string) => `alur-key-rotation/1\n${from}\n${to}\n`;
    const by = (endorsement: string) =>
      verdictOn(log.export(OFFICE, { kind: 'all' }, log.lines, [{ key: other.key, endorsement }]), signer.key).result;
    expect(by(signer.note(handedOver(signer.key, other.key)))).toBe('PASS');
    const forged = [
      '',
      // By the key that wants to be trusted; to another key; of another kind; a checkpoint.
      other.note(handedOver(signer.key, other.key)),
      signer.note(handedOver(signer.key, signing().key)),
      signer.note(handedOver(other.key, signer.key)),
      signer.note(`${other.key}\n`),
      LOG.checkpoint(),
    ];
    expect(forged.map(by)).toEqual(forged.map(() => 'FAIL'));
  });

  it('an entry that is gone from a case is found by its receipt', () => {
    const lines = ofCase(LOG, CASES[1]!);
    const shortened = LOG.export(OFFICE, { kind: 'case', caseId: CASES[1]! }, lines.slice(0, -1));
    const receipts = [lines.at(-1)!.leaf];
    expect(verdictOn(shortened, signer.key).result).toBe('PASS');
    expect(verdictOn(shortened, signer.key, [], receipts)).toMatchObject({
      result: 'FAIL',
      why: expect.stringContaining('receipt') as string,
    });
    expect(verdictOn(CASE, signer.key, [], receipts).result).toBe('PASS');
  });
});
