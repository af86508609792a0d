/** Where a notice goes, and when. Pure: preferences and working time in, deliveries out. In-app needs none: it is the row. */
import { ZONES, type WorkingTime } from '../../sla/calendar.js';

/** All mail goes through one server, so it is one lane; each webhook endpoint is its own. */
export const MAIL_LANE = '00000000-0000-0000-0000-000000000000';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface OutboxNotice {
  readonly officeId: string;
  readonly id: string;
  readonly kind: string;
  readonly recipientId: string;
  readonly calendarVersion: number;
  /** Null: the recipient has no address, is disabled, or wants no mail. */
  readonly email: { readonly warningsInHours: boolean; readonly digest: 'off' | 'daily' } | null;
}

export interface PlannedDelivery {
  readonly officeId: string;
  readonly channel: 'email' | 'webhook';
  readonly endpointId: string;
  readonly noticeId: string;
  readonly lane: string;
  readonly at: number;
}

/** A notice that waits for the day's one mail. */
export interface PlannedDigest {
  readonly officeId: string;
  readonly endpointId: string;
  readonly noticeId: string;
  readonly at: number;
  /** The date it goes out, in the office's zone. */
  readonly on: string;
}

export interface Plan {
  readonly deliveries: readonly PlannedDelivery[];
  readonly digests: readonly PlannedDigest[];
}

export function planFor(
  notice: OutboxNotice,
  endpoints: readonly { readonly officeId: string; readonly id: string }[],
  sendsMail: boolean,
  time: WorkingTime,
  now: number,
): Plan {
  const { officeId, id: noticeId, recipientId, email } = notice;
  const webhooks = endpoints
    .filter((endpoint) => endpoint.officeId === officeId)
    .map(({ id }) => ({ officeId, channel: 'webhook' as const, endpointId: id, noticeId, lane: id, at: now }));
  if (!sendsMail || !email) return { deliveries: webhooks, digests: [] };
  if (email.digest === 'daily') {
    const at = firstMinuteAfter(time, now);
    return {
      deliveries: webhooks,
      digests: [{ officeId, endpointId: recipientId, noticeId, at, on: time.dateOf(at) }],
    };
  }
  const waits = notice.kind === 'SLA_WARNING' && email.warningsInHours;
  const at = waits ? time.nextWorking(now) : now;
  const mail = { officeId, channel: 'email' as const, endpointId: recipientId, noticeId, lane: MAIL_LANE, at };
  return { deliveries: [...webhooks, mail], digests: [] };
}

/** The first working minute of a day that has not begun yet, by the office's calendar. */
export function firstMinuteAfter(time: WorkingTime, now: number): number {
  const midnight = Date.parse(`${time.dateOf(now)}T00:00:00Z`) - ZONES[time.calendar.zone] * HOUR_MS;
  const today = time.nextWorking(midnight);
  return today > now ? today : time.nextWorking(midnight + DAY_MS);
}
