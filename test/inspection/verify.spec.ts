/** The verifier: passes every true history, finds every change to one, and names the first entry that does not hold. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { verifyChain } from '../../src/inspection/verify.js';
import { CASE, Ledger, OFFICE, wib, type Login } from '../support/ledger.js';
import { runs } from '../support/property.js';

type Row = Ledger['stored'][number];
interface History {
  readonly rows: Row[];
  readonly head: { version: number; lastHash: string };
}

const verify = ({ rows, head }: History, office = OFFICE, caseId = CASE) => verifyChain(office, caseId, rows, head);
const leaf = (text: string) => createHash('sha256').update(`\0${text}`, 'utf8').digest('hex');

/** A whole case with alarms, a hold and a recall: acts with and without free text. */
function story(): History {
  const ledger = new Ledger(wib('2026-11-24 09:00'));
  const acts: readonly (readonly [Login, string, string])[] = [
    ['staf', 'RECORD_PAPER', '09:01'],
    ['staf', 'RECEIVE_APPLICANT', '09:02'],
    ['staf', 'HOLD', '09:03'],
    ['kasi', 'RESUME', '10:00'],
    ['staf', 'REGISTER_LETTER', '10:01'],
    ['kadin', 'ISSUE_DISPOSITION', '10:30'],
    ['kadin', 'RECALL_DISPOSITION', '10:31'],
    ['kadin', 'ISSUE_DISPOSITION', '10:32'],
    ['staf', 'RECORD_DISPOSITION', '10:33'],
    ['staf', 'DELIVER_DISPOSITION', '10:34'],
    ['kabid', 'FOLLOW_UP_DISPOSITION', '10:35'],
    ['staf', 'COMPLETE_SERVICE', '10:36'],
    ['staf', 'FILE_DOCUMENTS', '10:37'],
    ['kasi', 'CONFIRM_ARCHIVE', '10:38'],
  ];
  for (const [login, event, clock] of acts) ledger.act(login, event, wib(`2026-11-24 ${clock}`));
  return { rows: ledger.stored, head: ledger.head };
}
const TRUE = story();
const N = TRUE.rows.length;
const changed = (index: number, change: Partial<Row>): History => ({
  ...TRUE,
  rows: TRUE.rows.map((row, at) => (at === index ? { ...row, ...change } : row)),
});
const withPayload = TRUE.rows.flatMap(({ payload }, index) => (payload === null ? [] : [index]));

describe('a true history', () => {
  it('passes, with its length and last hash', () => {
    expect(TRUE.rows.some(({ entry }) => entry.includes('SLA_BREACHED'))).toBe(true);
    expect(withPayload.length).toBeGreaterThan(4);
    expect(verify(TRUE)).toEqual({ result: 'PASS', entries: N, lastHash: TRUE.head.lastHash, firstBad: null });
  });

  it('passes at every length it ever had', () => {
    for (let length = 1; length <= N; length++) {
      const rows = TRUE.rows.slice(0, length);
      expect(verify({ rows, head: { version: length, lastHash: rows.at(-1)!.hash } }).result).toBe('PASS');
    }
  });

  it('passes when free text was lawfully destroyed, all of it or some', () => {
    fc.assert(
      fc.property(fc.subarray(withPayload), (gone) => {
        const rows = TRUE.rows.map((row, at) => (gone.includes(at) ? { ...row, payload: null, saltHex: null } : row));
        expect(verify({ ...TRUE, rows }).result).toBe('PASS');
      }),
      runs(100),
    );
  });
});

const anywhere = fc.nat(N - 1);

describe('changes by somebody who may write anything but cannot undo a hash', () => {
  it('any character of any entry', () => {
    fc.assert(
      fc.property(anywhere, fc.nat(), fc.nat(0xffff), (index, place, by) => {
        const { entry } = TRUE.rows[index]!;
        const at = place % entry.length;
        const character = String.fromCharCode((entry.charCodeAt(at) + 1 + (by % 0xd7fe)) % 0xd800);
        const edited = entry.slice(0, at) + character + entry.slice(at + 1);
        if (edited === entry) return;
        expect(verify(changed(index, { entry: edited }))).toMatchObject({
          result: 'FAIL',
          firstBad: { seq: index + 1 },
        });
      }),
      runs(1500),
    );
  });

  it('characters left out or put in, white space that says nothing', () => {
    fc.assert(
      fc.property(anywhere, fc.nat(), fc.constantFrom('', ' ', '\n', '0', '\u200b'), (index, place, what) => {
        const { entry } = TRUE.rows[index]!;
        const at = place % entry.length;
        const edited = entry.slice(0, at) + what + entry.slice(what === '' ? at + 1 : at);
        expect(verify(changed(index, { entry: edited }))).toMatchObject({
          result: 'FAIL',
          firstBad: { seq: index + 1 },
        });
      }),
      runs(500),
    );
  });

  it('an entry changed together with its own hash: found at the next one, or at the case', () => {
    fc.assert(
      fc.property(anywhere, fc.constantFrom('at', 'event', 'facts', 'actor', 'visit', 'stepSeq'), (index, field) => {
        const entry = JSON.stringify({ ...(JSON.parse(TRUE.rows[index]!.entry) as object), [field]: 'X' });
        const verdict = verify(changed(index, { entry, hash: leaf(entry) }));
        expect(verdict.result).toBe('FAIL');
        expect(verdict.firstBad?.seq).toBeLessThanOrEqual(Math.min(index + 2, N));
      }),
      runs(300),
    );
  });

  it('a stored hash', () => {
    fc.assert(
      fc.property(anywhere, fc.nat(63), fc.nat(14), (index, place, by) => {
        const { hash } = TRUE.rows[index]!;
        const digit = ((parseInt(hash[place] ?? '0', 16) + 1 + by) % 16).toString(16);
        const edited = hash.slice(0, place) + digit + hash.slice(place + 1);
        expect(verify(changed(index, { hash: edited })).firstBad?.seq).toBe(index + 1);
      }),
      runs(300),
    );
  });

  it('an entry deleted, whether or not the numbers are closed up behind it', () => {
    fc.assert(
      fc.property(fc.nat(N - 2), fc.boolean(), (index, closeUp) => {
        const left = TRUE.rows.filter((_row, at) => at !== index);
        const rows = closeUp ? left.map((row, at) => ({ ...row, seq: at + 1 })) : left;
        for (const version of [N, N - 1]) {
          const verdict = verify({ rows, head: { ...TRUE.head, version } });
          expect(verdict).toMatchObject({ result: 'FAIL', firstBad: { seq: index + 1 } });
        }
      }),
      runs(200),
    );
  });

  it('an entry inserted: a copy, or one made up to fit', () => {
    fc.assert(
      fc.property(anywhere, anywhere, fc.boolean(), (from, to, fit) => {
        const copy = TRUE.rows[from]!;
        const prev = to === 0 ? '0'.repeat(64) : TRUE.rows[to - 1]!.hash;
        const entry = fit
          ? JSON.stringify({ ...(JSON.parse(copy.entry) as object), seq: to + 1, prev, commitment: null })
          : copy.entry;
        const made = { ...copy, entry, hash: leaf(entry), payload: null, saltHex: null };
        const rows = [...TRUE.rows.slice(0, to), made, ...TRUE.rows.slice(to)].map((row, at) => ({
          ...row,
          seq: at + 1,
        }));
        expect(verify({ rows, head: { ...TRUE.head, version: N + 1 } }).result).toBe('FAIL');
      }),
      runs(300),
    );
  });

  it('two entries exchanged', () => {
    fc.assert(
      fc.property(anywhere, anywhere, fc.boolean(), (one, two, renumber) => {
        if (one === two) return;
        const swapped = TRUE.rows.map((row, at) => (at === one ? TRUE.rows[two]! : at === two ? TRUE.rows[one]! : row));
        const rows = renumber ? swapped.map((row, at) => ({ ...row, seq: at + 1 })) : swapped;
        expect(verify({ ...TRUE, rows })).toMatchObject({ result: 'FAIL', firstBad: { seq: Math.min(one, two) + 1 } });
      }),
      runs(300),
    );
  });

  it('the tail cut off', () => {
    for (let length = 0; length < N; length++) {
      const rows = TRUE.rows.slice(0, length);
      expect(verify({ rows, head: TRUE.head })).toMatchObject({ result: 'FAIL', firstBad: { seq: length + 1 } });
      const counted = { rows, head: { ...TRUE.head, version: length } };
      expect(verify(counted).result).toBe('FAIL');
    }
  });

  it('everything deleted, and the case told that it never had an entry', () => {
    const nothing = { rows: [], head: { version: 0, lastHash: '0'.repeat(64) } };
    expect(verify(nothing)).toMatchObject({ result: 'FAIL', firstBad: { seq: 1 } });
  });

  it('free text edited, exchanged, or put where none was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...withPayload), fc.string({ minLength: 1 }), (index, text) => {
        const { payload, saltHex } = TRUE.rows[index]!;
        for (const edited of [`${String(payload)}${text}`, text]) {
          expect(verify(changed(index, { payload: edited })).firstBad?.seq).toBe(index + 1);
        }
        const bare = TRUE.rows.findIndex((row) => row.payload === null);
        expect(verify(changed(bare, { payload, saltHex })).firstBad?.seq).toBe(bare + 1);
      }),
      runs(200),
    );
  });

  it('a salt changed, or taken away while the text stays', () => {
    for (const index of withPayload) {
      for (const saltHex of ['', '00', null]) {
        expect([saltHex, verify(changed(index, { saltHex })).firstBad?.seq]).toEqual([saltHex, index + 1]);
        const forged = { saltHex, payload: '{"reason":"Tidak pernah ditulis."}' };
        expect([saltHex, verify(changed(index, forged)).firstBad?.seq]).toEqual([saltHex, index + 1]);
      }
    }
  });

  it('a history shown as that of another case or office', () => {
    const other = OFFICE.replace('1', '2');
    expect(verify(TRUE, other)).toMatchObject({ firstBad: { seq: 1, reason: 'it belongs to another place' } });
    expect(verify(TRUE, OFFICE, other)).toMatchObject({ firstBad: { seq: 1 } });
  });

  it('time that goes back, though every hash was made anew', () => {
    let prev = '0'.repeat(64);
    const rows = TRUE.rows.map((row, index) => {
      const parsed = JSON.parse(row.entry) as { at: string };
      const at = index === 3 ? '2026-11-24T01:00:00.000Z' : parsed.at;
      const entry = JSON.stringify({ ...parsed, at, prev });
      prev = leaf(entry);
      return { ...row, entry, hash: prev };
    });
    expect(verify({ rows, head: { version: N, lastHash: prev } })).toMatchObject({ firstBad: { seq: 4 } });
  });

  it('texts that are no entries do not stop it', () => {
    for (const entry of ['', 'null', '5', '[]', '{}', '{"prev":1}', '"x"', '{"__proto__":null}']) {
      expect(verify(changed(2, { entry, hash: leaf(entry) }))).toMatchObject({ result: 'FAIL', firstBad: { seq: 3 } });
    }
  });
});
