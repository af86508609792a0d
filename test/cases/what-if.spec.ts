/** Another yardstick for kept history, against a recomputation minute by minute that reads nothing but the entries. */
import fc from 'fast-check';
import { Registry } from '../../machines/registry.js';
import { stepsOf } from '../../machines/shape.js';
import { WhatIf, type Change } from '../../src/cases/what-if.js';
import { WorkingTime, type Calendar } from '../../src/sla/calendar.js';
import { service } from '../support/ledger.js';
import { judgeAgain, tallyOf } from '../support/judged-again.js';
import { runs } from '../support/property.js';
import { worlds } from '../support/slow-clock.js';
import { steps, Wanderer } from '../support/wander.js';

const NOTHING: Change = { minutes: new Map(), calendar: null, holidays: [], from: null, to: null };
const registry = new Registry();
const STEPS = stepsOf(service);

const cases = fc.array(fc.tuple(worlds, steps), { minLength: 1, maxLength: 4 });
const wander = (
  given: readonly (readonly [{ calendar: Calendar; start: number }, Parameters<Wanderer['take']>[0]])[],
) => {
  const calendars = [given[0]?.[0].calendar, given.at(-1)?.[0].calendar] as [Calendar, Calendar];
  calendars[1] = { ...calendars[1], zone: calendars[0].zone };
  const times = calendars.map((one) => new WorkingTime(one)) as [WorkingTime, WorkingTime];
  return { calendars, wanderers: given.map(([{ start }, path]) => new Wanderer(start, times).take(path)) };
};
const measure = (wanderers: readonly Wanderer[], change: Change) => {
  const whatIf = new WhatIf(registry, change);
  for (const { history, times } of wanderers) {
    whatIf.count({ ...history, service: service.id, machineVersion: service.version }, times);
  }
  return whatIf.report();
};

it('with nothing changed, nothing is gained and nothing lost', () => {
  let visits = 0;
  fc.assert(
    fc.property(cases, (given) => {
      const { total } = measure(wander(given).wanderers, NOTHING);
      expect(total).toMatchObject({ gained: 0, lost: 0, onTimeAfter: total.onTimeBefore });
      visits += total.visits;
    }),
    runs(200),
  );
  expect(visits).toBeGreaterThan(500);
});

it('says of every step what a recomputation minute by minute says', () => {
  const seen = { gained: 0, lost: 0, outside: 0 };
  const dates = fc.integer({ min: -10, max: 10 }).map((shift) => new Date(Date.parse('2026-02-25') + shift * 864e5));
  const changes = fc.record({
    minutes: fc.array(fc.tuple(fc.constantFrom(...STEPS.map(({ state }) => state)), fc.integer({ min: 1, max: 40 }))),
    calendar: fc.option(worlds.map(({ calendar }) => calendar)),
    days: fc.array(dates, { maxLength: 4 }),
    from: fc.option(dates, { freq: 3 }),
  });
  fc.assert(
    fc.property(cases, changes, (given, { minutes, calendar, days, from }) => {
      const iso = (date: Date) => date.toISOString().slice(0, 10);
      const holidays = days.map((day) => ({ date: iso(day), label: 'x', kind: 'local' as const }));
      const change = { minutes: new Map(minutes), calendar, holidays, from: from && iso(from), to: null };
      const { calendars, wanderers } = wander(given);
      const report = measure(wanderers, change);

      const changed = (version: number) => {
        const base = calendar ?? calendars[(version - 1) % calendars.length]!;
        return { ...base, holidays: [...base.holidays, ...holidays], zone: base.zone };
      };
      const all = wanderers.flatMap(({ ledger }) => judgeAgain(ledger.entries, changed, change));
      const own = wanderers.flatMap(({ ledger }) =>
        judgeAgain(ledger.entries, (version) => calendars[(version - 1) % calendars.length]!, NOTHING),
      );
      const judged = all.filter((_, index) => change.from === null || (own[index]?.date ?? '') >= change.from);
      expect(report.total).toEqual(tallyOf(judged));
      for (const { stepNo, service: _service, state: _state, label: _label, ...tally } of report.steps) {
        expect([stepNo, tally]).toEqual([stepNo, tallyOf(judged.filter((one) => one.stepNo === stepNo))]);
      }
      expect(report.outsideDates).toBe(all.length - judged.length);
      seen.gained += report.total.gained;
      seen.lost += report.total.lost;
      seen.outside += report.outsideDates;
    }),
    runs(200),
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
});
