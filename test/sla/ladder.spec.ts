/** The ladder of a step visit: which levels there are, and the instant after which each is true. */
import fc from 'fast-check';
import type { Ladder } from '../../machines/contract.js';
import { ladderOf, STANDARD_LADDER } from '../../machines/ladder.js';
import { kimMemberServiceV1 } from '../../machines/kim-member-service.v1.service.js';
import { caughtUpWrite } from '../../src/engine/catch-up.js';
import { MINUTE_MS, WorkingTime } from '../../src/sla/calendar.js';
import { LEVEL_EVENTS, levelInstant, nextLevel } from '../../src/sla/ladder.js';
import { directory, idOf, Ledger, registered, time, wib } from '../support/ledger.js';
import { runs } from '../support/property.js';
import { worlds } from '../support/slow-clock.js';

const LEVELS = STANDARD_LADDER.levels.map(({ percent }) => percent);

/** All levels of a visit with this budget, in the order they fire. */
function climb(minutes: number, ladder: Ladder = STANDARD_LADDER): number[] {
  const levels: number[] = [];
  let level = nextLevel(ladder, minutes, 0);
  while (level !== null && levels.length < 9) {
    levels.push(level.percent);
    level = nextLevel(ladder, minutes, level.percent);
  }
  return levels;
}

describe('levels', () => {
  it.each([
    [1, [100, 200, 400]],
    [3, [100, 200, 400]],
    [4, [100, 200, 400]],
    [5, [80, 100, 200, 400]],
    [15, [80, 100, 200, 400]],
  ])('a budget of %d minutes fires %j, each once', (minutes, levels) => {
    expect(climb(minutes)).toEqual(levels);
  });

  it('ends at the top', () => {
    expect(nextLevel(STANDARD_LADDER, 15, 400)).toBeNull();
    expect(nextLevel(STANDARD_LADDER, 1, 400)).toBeNull();
  });

  it('warns, breaches, escalates twice', () => {
    expect(STANDARD_LADDER.levels.map(({ kind }) => LEVEL_EVENTS[kind])).toEqual([
      'SLA_WARNED',
      'SLA_BREACHED',
      'SLA_ESCALATED',
      'SLA_ESCALATED',
    ]);
  });
});

const clock = (start: string, minutes: number, usedMinutes = 0) => ({
  startedAt: wib(start),
  usedMs: usedMinutes * MINUTE_MS,
  budgetMs: minutes * MINUTE_MS,
});

describe('instants', () => {
  it.each<[why: string, start: string, minutes: number, level: number, at: string]>([
    ['four of five minutes', '2026-11-25 09:00', 5, 80, '2026-11-25 09:04'],
    ['twelve of fifteen minutes', '2026-11-25 09:00', 15, 80, '2026-11-25 09:12'],
    ['the budget', '2026-11-25 09:00', 5, 100, '2026-11-25 09:05'],
    ['twice the budget', '2026-11-25 09:00', 5, 200, '2026-11-25 09:10'],
    ['four times the budget', '2026-11-25 09:00', 5, 400, '2026-11-25 09:20'],
    ['the lunch break does not count', '2026-11-26 11:58', 5, 200, '2026-11-26 13:08'],
    ['used up at noon: true after 13.00', '2026-11-26 11:57', 3, 100, '2026-11-26 13:00'],
    ['80 % at noon: true after 13.00', '2026-11-26 11:56', 5, 80, '2026-11-26 13:00'],
    ['the weekend does not count', '2026-11-27 16:28', 5, 400, '2026-11-30 07:48'],
    ['Christmas does not count', '2026-12-23 15:59', 1, 200, '2026-12-28 07:31'],
  ])('%s', (_why, start, minutes, level, at) => {
    expect(levelInstant(time, clock(start, minutes), level)).toBe(wib(at));
  });

  it('what was used before a pause counts', () => {
    expect(levelInstant(time, clock('2026-11-25 09:00', 15, 10), 80)).toBe(wib('2026-11-25 09:02'));
    expect(levelInstant(time, clock('2026-11-25 09:00', 15, 10), 100)).toBe(wib('2026-11-25 09:05'));
  });

  it('a level passed before a pause is true as soon as the office works again', () => {
    expect(levelInstant(time, clock('2026-11-25 09:00', 5, 6), 100)).toBe(wib('2026-11-25 09:00'));
    expect(levelInstant(time, clock('2026-11-25 12:10', 5, 6), 100)).toBe(wib('2026-11-25 13:00'));
  });

  it('strictly after its instant more than its share is used, and not a millisecond before', () => {
    const levels = fc.constantFrom(...LEVELS);
    fc.assert(
      fc.property(worlds, fc.integer({ min: 5, max: 60 }), levels, ({ calendar, start }, minutes, level) => {
        const working = new WorkingTime(calendar);
        const share = (minutes * MINUTE_MS * level) / 100;
        const at = levelInstant(working, { startedAt: start, usedMs: 0, budgetMs: minutes * MINUTE_MS }, level);
        expect(working.worked(start, at)).toBe(share);
        expect(working.worked(start, at + 1)).toBe(share + 1);
      }),
      runs(1000),
    );
  });

  it('come in the order of the levels', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 60 }), ({ calendar, start }, minutes) => {
        const working = new WorkingTime(calendar);
        const running = { startedAt: start, usedMs: 0, budgetMs: minutes * MINUTE_MS };
        const instants = LEVELS.map((level) => levelInstant(working, running, level));
        expect([...instants].sort((a, b) => a - b)).toEqual(instants);
        expect(new Set(instants).size).toBe(LEVELS.length);
      }),
      runs(500),
    );
  });
});

describe('the data of the machine', () => {
  const own: Ladder = {
    levels: [
      { percent: 50, kind: 'warning', fromMinutes: 3, tells: ['accountable', 'kasi'] },
      { percent: 100, kind: 'breach', fromMinutes: 0, tells: ['superiors'] },
      { percent: 150, kind: 'escalation', fromMinutes: 0, tells: ['kabid'] },
    ],
    superiors: { staff: ['kadin'] },
  };

  it('is the standard ladder where a service states none', () => {
    expect(ladderOf(kimMemberServiceV1)).toBe(STANDARD_LADDER);
    expect(ladderOf({ ...kimMemberServiceV1, ladder: own })).toBe(own);
    expect(climb(3, own)).toEqual([50, 100, 150]);
    expect(climb(2, own)).toEqual([100, 150]);
  });

  it('decides when a case rings and who is told: 50, 100 and 150 % of three minutes', () => {
    const service = { ...registered.service, ladder: own };
    const times = { visit: time, current: time, currentVersion: 1, changedBy: null };
    const row = { ...new Ledger(wib('2026-11-25 09:00')).row, nextAlarmAt: wib('2026-11-25 09:01:30') };
    const write = caughtUpWrite({ ...registered, service }, row, directory, times, wib('2026-11-25 09:30'));
    const entries = [...(write?.earlier ?? []), ...(write ? [write.last] : [])];
    expect(entries.map(({ event, level }) => [event, level])).toEqual([
      ['SLA_WARNED', 50],
      ['SLA_BREACHED', 100],
      ['SLA_ESCALATED', 150],
    ]);
    const since = entries.map(({ text }) => (JSON.parse(text) as { facts: { dueSince: string } }).facts.dueSince);
    expect(since).toEqual(['2026-11-25T02:01:30.000Z', '2026-11-25T02:03:00.000Z', '2026-11-25T02:04:30.000Z']);
    expect(write?.notices.map(({ level, kind, recipientId }) => [level, kind, recipientId])).toEqual([
      [50, 'SLA_WARNING', idOf('staf')],
      [50, 'SLA_WARNING', idOf('kasi')],
      [100, 'SLA_BREACH', idOf('kadin')],
      [150, 'SLA_ESCALATION', idOf('kabid')],
    ]);
    expect(write?.notices[0]?.text.id).toContain('sudah memakai 50 % dari 3 menit kerja');
    expect(write?.change).toMatchObject({ firedLevel: 150, nextAlarmAt: null });
  });

  it('arms a fresh visit by its first level', () => {
    const ledger = new Ledger(wib('2026-11-25 09:00'));
    const change = { registered: { ...registered, service: { ...registered.service, ladder: own } } };
    ledger.act('staf', 'RECEIVE_APPLICANT', wib('2026-11-25 09:01'), undefined, change);
    expect(ledger.row.nextAlarmAt).toBe(wib('2026-11-25 09:03:30'));
  });
});
