/** Where a notice goes and when, by preference and working time. */
import fc from 'fast-check';
import { firstMinuteAfter, MAIL_LANE, planFor, type OutboxNotice } from '../../../src/notices/delivery/plan.js';
import { WorkingTime } from '../../../src/sla/calendar.js';
import { rehearsalCalendar } from '../../../src/sla/default-calendar.js';
import { OFFICE, time, wib } from '../../support/ledger.js';
import { runs } from '../../support/property.js';

const KASI = 'acc00000-0000-4000-8000-000000000005';
const NOTICE = '00000000-0000-4000-8000-000000000001';
const HOOK = '00000000-0000-4000-8000-0000000000aa';

const notice = (kind: string, email: OutboxNotice['email']): OutboxNotice => ({
  officeId: OFFICE,
  id: NOTICE,
  kind,
  recipientId: KASI,
  calendarVersion: 1,
  email,
});
const mail = (change: Partial<NonNullable<OutboxNotice['email']>> = {}) => ({
  warningsInHours: false,
  digest: 'off' as const,
  ...change,
});
const noon = wib('2026-11-24 10:00');
const night = wib('2026-11-24 22:15');
const plan = (given: OutboxNotice, now = noon, endpoints = [{ officeId: OFFICE, id: HOOK }], sendsMail = true) =>
  planFor(given, endpoints, sendsMail, time, now);

describe('a notice', () => {
  it('goes to each endpoint of its own office and to its recipient’s mail, at once', () => {
    const other = { officeId: '0f1ce000-0000-4000-8000-000000000002', id: NOTICE };
    const planned = plan(notice('SLA_BREACH', mail()), noon, [{ officeId: OFFICE, id: HOOK }, other]);
    expect(planned.deliveries).toEqual([
      { officeId: OFFICE, channel: 'webhook', endpointId: HOOK, noticeId: NOTICE, lane: HOOK, at: noon },
      { officeId: OFFICE, channel: 'email', endpointId: KASI, noticeId: NOTICE, lane: MAIL_LANE, at: noon },
    ]);
    expect(planned.digests).toEqual([]);
  });

  it('is not mailed where there is no address, no wish or no mail server', () => {
    const channels = (planned: ReturnType<typeof plan>) => planned.deliveries.map(({ channel }) => channel);
    expect(channels(plan(notice('SLA_BREACH', null)))).toEqual(['webhook']);
    expect(channels(plan(notice('SLA_BREACH', mail()), noon, [], false))).toEqual([]);
  });

  it.each([
    ['SLA_WARNING', true, night, wib('2026-11-25 07:30')],
    ['SLA_WARNING', true, wib('2026-11-27 16:31'), wib('2026-11-30 07:30')],
    ['SLA_WARNING', true, noon, noon],
    ['SLA_WARNING', false, night, night],
    ['SLA_BREACH', true, night, night],
    ['SLA_ESCALATION', true, night, night],
  ])('%s, in working hours only: %s', (kind, warningsInHours, now, at) => {
    const planned = plan(notice(kind, mail({ warningsInHours })), now, []);
    expect(planned.deliveries.map((one) => one.at)).toEqual([at]);
  });

  it.each([
    ['on a working morning before the office opens, that day', '2026-11-24 06:00', '2026-11-24 07:30', '2026-11-24'],
    ['in the day, the next', '2026-11-24 10:00', '2026-11-25 07:30', '2026-11-25'],
    ['on a Friday, on Monday', '2026-11-27 09:00', '2026-11-30 07:30', '2026-11-30'],
    ['before joint leave and Christmas, after it', '2026-12-23 15:59', '2026-12-28 07:30', '2026-12-28'],
    ['in the first minute itself, the next day', '2026-11-24 07:30', '2026-11-25 07:30', '2026-11-25'],
  ])('in a digest goes out %s', (_, now, at, on) => {
    const planned = plan(notice('SLA_BREACH', mail({ digest: 'daily' })), wib(now), []);
    expect(planned).toEqual({
      deliveries: [],
      digests: [{ officeId: OFFICE, endpointId: KASI, noticeId: NOTICE, at: wib(at), on }],
    });
  });
});

describe('the first working minute of a day that has not begun', () => {
  it('is later than now, working time, and the first of its day', () => {
    const from = wib('2026-01-01 00:00');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 360 * 24 * 60 }), (minutes) => {
        const now = from + minutes * 60_000;
        const at = firstMinuteAfter(time, now);
        const midnight = wib(`${time.dateOf(at)} 00:00`);
        return at > now && time.nextWorking(at) === at && time.worked(midnight, at) === 0;
      }),
      runs(1000),
    );
  });

  it('is midnight where the office never closes', () => {
    const always = new WorkingTime(rehearsalCalendar());
    expect(firstMinuteAfter(always, wib('2026-11-24 10:00'))).toBe(wib('2026-11-25 00:00'));
  });
});
