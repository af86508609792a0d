/** One act, from what is stored and asked to what is written: what was seen, and alarms that were overdue before it. */
import { decide } from '../../src/engine/decide.js';
import type { Entry } from '../../src/engine/entry.js';
import { verifyChain } from '../../src/inspection/verify.js';
import {
  actor,
  CASE,
  directory,
  idOf,
  Ledger,
  OFFICE,
  registered,
  SALT,
  service,
  time,
  wib,
} from '../support/ledger.js';

const OPENED = wib('2026-11-24 09:00');
const registering = () => new Ledger(OPENED).driveTo('registration', OPENED);
const lastOf = (ledger: Ledger): Entry => ledger.entries.at(-1)!;

describe('what the caller has seen', () => {
  const ledger = registering();
  const at = wib('2026-11-24 09:01');
  const asked = (event: string, stepSeq: number | null, change: { login?: 'staf' | 'kasi'; payload?: object } = {}) => {
    const intent = {
      caseId: CASE,
      event,
      payload: change.payload ?? service.events[event]?.example,
      stepSeq,
      key: null,
    };
    return ledger.ask(change.login ?? 'staf', event, at, undefined, { intent });
  };

  it.each([1, 3, 99])('another step (%d) is stale, and says which one it is now', (seen) => {
    expect(asked('REGISTER_LETTER', seen)).toEqual({
      ok: false,
      code: 'STALE_CASE',
      params: { stepSeq: 2, state: 'registration' },
    });
  });

  it('stale comes before a wrong state: whoever looks again need not be told', () => {
    expect(asked('RECEIVE_APPLICANT', 1)).toMatchObject({ code: 'STALE_CASE' });
    expect(asked('RECEIVE_APPLICANT', 2)).toMatchObject({ code: 'TRANSITION_REFUSED' });
  });

  it('and before a role that may elsewhere but not in the step the case came to', () => {
    const moved = new Ledger(OPENED).driveTo('headDisposition', OPENED);
    const intent = { caseId: CASE, event: 'HOLD', payload: service.events.HOLD?.example, key: null };
    expect(moved.ask('staf', 'HOLD', at, undefined, { intent: { ...intent, stepSeq: 2 } })).toMatchObject({
      code: 'STALE_CASE',
    });
    expect(moved.ask('staf', 'HOLD', at, undefined, { intent: { ...intent, stepSeq: 3 } })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('nothing seen is not enough where the case moves', () => {
    expect(asked('REGISTER_LETTER', null)).toEqual({ ok: false, code: 'IF_MATCH_REQUIRED', params: { stepSeq: 2 } });
  });

  it('a record is added without having seen the step, and does not make it another', () => {
    const recorded = asked('RECORD_PAPER', null);
    expect(recorded).toMatchObject({ ok: true, write: { change: { stepSeq: 2, version: 3, state: 'registration' } } });
    expect(asked('RECORD_PAPER', 1)).toMatchObject({ code: 'STALE_CASE' });
  });

  it('who may never do it, and what is not sound, is said whatever was seen', () => {
    expect(asked('CONFIRM_ARCHIVE', 99)).toMatchObject({ code: 'FORBIDDEN' });
    expect(asked('SHRED', 99)).toMatchObject({ code: 'UNKNOWN_EVENT' });
    expect(asked('REGISTER_LETTER', 99, { payload: { x: 1 } })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('a door lends only its own roles', () => {
    const both = actor('staf', ['staff', 'kasi']);
    const intent = { caseId: CASE, event: 'CANCEL', payload: service.events.CANCEL?.example, stepSeq: 2, key: null };
    const through = (as: readonly ('staff' | 'kasi')[]) =>
      ledger.ask('staf', 'CANCEL', at, undefined, { actor: both, intent: { ...intent, as } });
    expect(through(['staff'])).toMatchObject({ code: 'FORBIDDEN' });
    expect(through(['kasi'])).toMatchObject({ ok: true });
  });
});

describe('an act on a step that is late', () => {
  const lateAt = wib('2026-11-24 09:11');

  it('first records every level that was due, then itself, in one write', () => {
    const ledger = registering();
    const { write, lateMs } = ledger.act('staf', 'REGISTER_LETTER', lateAt);
    expect(write.earlier.map(({ event, level, seq }) => [event, level, seq])).toEqual([
      ['SLA_WARNED', 80, 3],
      ['SLA_BREACHED', 100, 4],
      ['SLA_ESCALATED', 200, 5],
    ]);
    expect(write.last).toMatchObject({ event: 'REGISTER_LETTER', seq: 6, level: null });
    expect(write.expectedVersion).toBe(2);
    expect(write.change).toMatchObject({ version: 6, stepSeq: 3, firedLevel: 0 });
    expect(lateMs).toEqual([7, 6, 1].map((minutes) => minutes * 60_000));
    expect(lastOf(ledger).visit).toMatchObject({ usedMs: 660_000, verdict: 'LATE' });
  });

  it('each in a chain that holds, by nobody, staying where the case is', () => {
    const ledger = registering();
    ledger.act('staf', 'REGISTER_LETTER', lateAt);
    expect(verifyChain(OFFICE, CASE, ledger.stored, ledger.head)).toMatchObject({ result: 'PASS', entries: 6 });
    for (const entry of ledger.entries.slice(2, 5)) {
      expect(entry).toMatchObject({ actor: null, from: 'registration', to: 'registration', stepSeq: 2 });
      expect(entry.visit?.verdict).toBeNull();
    }
  });

  it('with the notices of each level', () => {
    const ledger = registering();
    const { write } = ledger.act('staf', 'REGISTER_LETTER', lateAt);
    expect(write.notices.map(({ level, recipientId }) => [level, recipientId])).toEqual([
      [80, idOf('staf')],
      [100, idOf('kasi')],
      [200, idOf('sekdin')],
      [200, idOf('kabid')],
    ]);
    expect(ledger.entries[3]?.facts).toMatchObject({ level: 100, told: [idOf('kasi')] });
  });

  it('in the very millisecond in which the budget is used up it is on time and nothing is recorded', () => {
    const ledger = registering();
    const { write } = ledger.act('staf', 'REGISTER_LETTER', wib('2026-11-24 09:05'));
    expect(write.earlier.map(({ event }) => event)).toEqual(['SLA_WARNED']);
    expect(lastOf(ledger).visit).toMatchObject({ usedMs: 300_000, verdict: 'ON_TIME' });
  });

  it('a millisecond later it is late, and the breach stands before it: never one without the other', () => {
    const ledger = registering();
    const { write } = ledger.act('staf', 'REGISTER_LETTER', wib('2026-11-24 09:05') + 1);
    expect(write.earlier.map(({ event }) => event)).toEqual(['SLA_WARNED', 'SLA_BREACHED']);
    expect(lastOf(ledger).visit?.verdict).toBe('LATE');
  });

  it('what the sweep recorded already is not recorded again', () => {
    const ledger = registering();
    expect(ledger.sweep(wib('2026-11-24 09:06'))).toMatchObject({ change: { firedLevel: 100, stepSeq: 2 } });
    expect(ledger.sweep(wib('2026-11-24 09:06'))).toBeNull();
    const { write } = ledger.act('staf', 'REGISTER_LETTER', lateAt);
    expect(write.earlier.map(({ level }) => level)).toEqual([200]);
    expect(verifyChain(OFFICE, CASE, ledger.stored, ledger.head).result).toBe('PASS');
  });

  it('a refusal records nothing: the sweep will', () => {
    const ledger = registering();
    expect(ledger.ask('staf', 'REGISTER_LETTER', lateAt, {})).toMatchObject({ code: 'TRANSITION_REFUSED' });
    expect(ledger.stored).toHaveLength(2);
  });

  it('a hold when late keeps the lateness, and rings no bell until it is resumed', () => {
    const ledger = registering();
    ledger.act('staf', 'HOLD', wib('2026-11-24 09:06'));
    expect(ledger.sweep(wib('2026-11-25 15:00'))).toBeNull();
    ledger.act('kasi', 'RESUME', wib('2026-11-25 09:00'));
    expect(ledger.row).toMatchObject({ nextAlarmAt: wib('2026-11-25 09:04'), breachAt: wib('2026-11-24 09:05') });
    expect(ledger.sweep(wib('2026-11-25 09:05'))?.last).toMatchObject({ event: 'SLA_ESCALATED', level: 200 });
  });
});

describe('copies of a disposition', () => {
  it('go to those listed, not to the one who must act', () => {
    const ledger = new Ledger(OPENED).driveTo('headDisposition', OPENED);
    const disposition = { recipientRole: 'kabid', copyTo: ['sekdin', 'kabid'] };
    const { write } = ledger.act('kadin', 'ISSUE_DISPOSITION', OPENED, { disposition });
    expect(write.notices.map(({ kind, recipientId }) => [kind, recipientId])).toEqual([
      ['DISPOSITION_COPY', idOf('sekdin')],
    ]);
  });
});

it('the same question gets the same answer: nothing but its arguments enters a decision', () => {
  const { row } = registering();
  const ask = () =>
    decide({
      registered,
      row,
      actor: actor('staf'),
      intent: {
        caseId: CASE,
        event: 'REGISTER_LETTER',
        payload: service.events.REGISTER_LETTER?.example,
        stepSeq: 2,
        key: 'k',
      },
      directory,
      times: { visit: time, current: time, currentVersion: 1, changedBy: null },
      at: OPENED,
      requestHash: 'hash',
      saltHex: () => SALT,
    });
  const [one, two] = [ask(), ask()];
  expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  expect(one).toMatchObject({ ok: true, write: { request: { key: 'k', hashHex: 'hash' } } });
});
