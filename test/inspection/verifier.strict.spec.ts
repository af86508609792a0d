/** What the verifier takes for an export at all: one spelling, one type for each field; and what it says is not proved. */
import { leafHash } from '../../src/engine/chain.js';
import { fillLog, MemoryLog, signing, verdictOn } from '../support/exports.js';

const OFFICE = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const CASES = [1, 2, 3].map((n) => `00000000-0000-4000-9000-00000000000${n}`);
const FROM = '2026-11-24T00:00:00.000Z';
const TO = '2026-11-25T00:00:00.000Z';
const signer = signing();
const next = signing();

const LOG = new MemoryLog(signer, 4);
fillLog(LOG, OFFICE, CASES, 12);
const ALL = LOG.export(OFFICE, { kind: 'all' });
const PERIOD = LOG.export(OFFICE, { kind: 'period', from: FROM, to: TO });
const rotation = (from: string, to: string) => `alur-key-rotation/1\n${from}\n${to}\n`;

/** The export with one line's value changed, in the spelling an export has. */
type Line = Record<string, unknown>;
function withLine(text: string, at: number, change: (line: Line) => unknown): string {
  const lines = text.split('\n');
  lines[at] = JSON.stringify(change(JSON.parse(lines[at]!) as Line));
  return lines.join('\n');
}
const set = (name: string, value: unknown) => (line: Line) => ({ ...line, [name]: value });
const resultOf = (text: string, oneOffice = false) => verdictOn(text, signer.key, [], [], oneOffice).result;

it('passes as they are', () => {
  expect([resultOf(ALL), resultOf(ALL, true), resultOf(PERIOD)]).toEqual(['PASS', 'PASS', 'PASS']);
});

const good = { key: next.key, endorsement: signer.note(rotation(signer.key, next.key)) };
const HEADS: readonly (readonly [string, unknown])[] = [
  ['no list of keys', null],
  ['a text for it', ''],
  ['an object for it', {}],
  ['a key that is a number', [{ key: 5, endorsement: good.endorsement }]],
  ['a key that is a list of one', [{ key: [next.key], endorsement: good.endorsement }]],
  ['a key nobody can use', [{ key: 'x', endorsement: signer.note(rotation(signer.key, 'x')) }]],
  ['a key in another spelling', [{ ...good, key: `${next.key} ` }]],
  ['no endorsement', [{ key: next.key, endorsement: null }]],
  ['an endorsement of another key', [{ key: next.key, endorsement: signer.note(rotation(signer.key, signer.key)) }]],
  ['an endorsement by itself', [{ key: next.key, endorsement: next.note(rotation(signer.key, next.key)) }]],
  ['one that is no link to the key before it', [good, { key: signing().key, endorsement: good.endorsement }]],
  ['nothing in the list', [null]],
  ['a field more', [{ ...good, more: 1 }]],
];

describe('keys beside the checkpoint', () => {
  it('pass with what the own key vouches for, and with what came before it', () => {
    expect(resultOf(withLine(ALL, 1, set('keys', [good])))).toBe('PASS');
    const third = signing();
    const later = { key: third.key, endorsement: next.note(rotation(next.key, third.key)) };
    expect(resultOf(withLine(ALL, 1, set('keys', [good, later])))).toBe('PASS');
    const earlier = { key: signer.key, endorsement: third.note(rotation(third.key, signer.key)) };
    expect(resultOf(withLine(ALL, 1, set('keys', [earlier, good])))).toBe('PASS');
    expect(resultOf(withLine(ALL, 1, set('keys', [earlier, later])))).toBe('FAIL');
  });

  it.each(HEADS)('fail with %s', (_what, keys) => {
    expect(resultOf(withLine(ALL, 1, set('keys', keys)))).toBe('FAIL');
  });
});

const MISTYPED: readonly (readonly [string, string, number, (line: Line) => unknown])[] = [
  ['a leaf that is a list of one', ALL, 2, (line) => ({ index: line.index, leaf: [line.leaf] })],
  ['a leaf that is a number', ALL, 2, (line) => ({ index: line.index, leaf: 5 })],
  ['a leaf too short', ALL, 2, (line) => ({ index: line.index, leaf: 'ab' })],
  ['a proof of lists', PERIOD, 2, (line) => ({ ...line, proof: (line.proof as string[]).map((one) => [one]) })],
  ['a proof that is a text', PERIOD, 2, (line) => ({ ...line, proof: (line.proof as string[]).join('') })],
  ['a text that is a list', ALL, 2, (line) => ({ ...line, entry: [line.entry] })],
  ['an index that is a text', ALL, 2, (line) => ({ ...line, index: '0' })],
  ['a period of lists', PERIOD, 0, (line) => ({ ...line, from: [line.from] })],
  ['a period that is none', PERIOD, 0, (line) => ({ ...line, from: '2026', to: '2027' })],
  ['a period that ends before it begins', PERIOD, 0, (line) => ({ ...line, from: TO, to: FROM })],
  ['an office that is a list', ALL, 0, (line) => ({ ...line, office: [line.office] })],
  ['an end that is no number', ALL, 15, (line) => ({ ...line, entries: '12' })],
];

it.each(MISTYPED)('fails with %s', (_what, text, at, change) => {
  expect(resultOf(withLine(text, at, change))).toBe('FAIL');
});

/** Signed as it is: the forger holds the key, or the writer has a defect. */
it.each([
  ['that belongs nowhere', { office: OFFICE, seq: 1, prev: '0'.repeat(64), at: FROM }],
  ['whose case is a list', { office: OFFICE, case: [CASES[0]], seq: 1, prev: '0'.repeat(64), at: FROM }],
  ['without a time', { office: OFFICE, case: CASES[0], seq: 1, prev: '0'.repeat(64) }],
  ['whose number is none', { office: OFFICE, case: CASES[0], seq: '1', prev: '0'.repeat(64), at: FROM }],
])('fails with an entry %s', (_what, entry) => {
  const log = new MemoryLog(signer);
  log.add(JSON.stringify(entry));
  expect(resultOf(log.export(OFFICE, { kind: 'all' }))).toBe('FAIL');
  expect(resultOf(log.export(OFFICE, { kind: 'period', from: FROM, to: TO }))).toBe('FAIL');
});

describe('lines without a text', () => {
  const bare = (log: MemoryLog, from: number) =>
    log.export(
      OFFICE,
      { kind: 'all' },
      log.lines.map((line) => (line.index < from ? line : { ...line, own: false, entry: null })),
    );

  it('pass where they end their cases, loudly; with --one-office they fail at the first', () => {
    const { result, why } = verdictOn(bare(LOG, 8), signer.key);
    expect([result, why]).toEqual(['PASS', expect.stringContaining('NOT PROVED: 4 of 12 lines HAVE NO TEXT')]);
    expect(verdictOn(bare(LOG, 8), signer.key, [], [], true)).toMatchObject({ result: 'FAIL', index: 8 });
    expect(verdictOn(ALL, signer.key).why).not.toContain('NOT PROVED');
  });

  it('are named in the word on a case and a period too, which can be short of their last lines', () => {
    expect(verdictOn(PERIOD, signer.key).why).toContain('NOT PROVED: that nothing of this period was left out');
    const none = LOG.export(OFFICE, { kind: 'period', from: FROM, to: TO }, []);
    expect(verdictOn(none, signer.key)).toMatchObject({
      result: 'PASS',
      why: expect.stringContaining('NOT PROVED') as string,
    });
    expect(verdictOn(PERIOD, signer.key, [], [], true).result).toBe('UNCHECKED');
  });

  it('are not believed where an earlier export, which is on record, had more texts', () => {
    const log = new MemoryLog(signer, 4);
    fillLog(log, OFFICE, CASES, 8);
    log.add(JSON.stringify({ office: OTHER, case: 'theirs' }), false);
    log.checkpoint();
    const record = (texts: number) =>
      JSON.stringify({
        v: 1,
        record: 'EXPORT_MADE',
        office: OFFICE,
        seq: 1,
        prev: '0'.repeat(64),
        at: '2026-11-24T03:00:00.000Z',
        actor: null,
        facts: { kind: 'all', size: 9, root: '', texts },
      });
    log.add(record(8));
    const [receipt] = [leafHash(record(8))];
    const whole = log.export(OFFICE, { kind: 'all' });
    expect(verdictOn(whole, signer.key, [], [receipt]).result).toBe('PASS');
    const line = (n: number) => ({ ...log.lines[n]!, own: false, entry: null });
    const cut = [...log.lines.slice(0, 7), line(7), line(8), log.lines[9]!];
    expect(verdictOn(log.export(OFFICE, { kind: 'all' }, cut), signer.key)).toMatchObject({
      result: 'FAIL',
      why: expect.stringContaining('8 had a text in an earlier export, now 7 have') as string,
    });
    // The record itself left out: found by who keeps its hash.
    const silent = log.export(OFFICE, { kind: 'all' }, [...cut.slice(0, 9), line(9)]);
    expect(verdictOn(silent, signer.key).result).toBe('PASS');
    expect(verdictOn(silent, signer.key, [], [receipt]).result).toBe('FAIL');
    // Nor is the checkpoint that says how many there were.
    const unsaid = whole
      .split('\n')
      .filter((one) => !one.startsWith('{"checkpoint"') || one.includes('keys') || !one.includes('\\n9\\n'));
    expect(resultOf(unsaid.join('\n'))).toBe('FAIL');
  });
});
