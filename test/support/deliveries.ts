/** Deliveries as rows, endpoints by their door, and accounts with addresses. */
import type { TestApp } from './app.js';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';
import { accountId, type Person } from './http.js';
import type { Receiver } from './receiver.js';

export interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly endpointId: string;
  readonly noticeId: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly lastResult: string | null;
  readonly nextAt: Date | null;
}

/** Loopback receivers are allowed as an office allows its own network. */
export const LOOPBACK = { WEBHOOK_ALLOW: '127.0.0.1/32' };

export interface NewEndpoint {
  readonly id: string;
  readonly secret: string;
}

export async function addEndpoint(
  { http }: TestApp,
  { url }: Pick<Receiver, 'url'>,
  label = 'Uji',
  more: { readonly evidence?: boolean } = {},
): Promise<NewEndpoint> {
  const reply = await http.post<NewEndpoint>('admin', '/admin/webhooks', { label, url, ...more });
  if (reply.status !== 201) throw new Error(`adding ${url} gave ${reply.status}: ${reply.text}`);
  return reply.body;
}

export async function deliveries({ owner }: TestDatabase): Promise<DeliveryRow[]> {
  const { rows } = await owner.query<DeliveryRow>(
    `SELECT id, channel, endpoint_id AS "endpointId", notice_id AS "noticeId", status, attempts,
       last_result AS "lastResult", next_attempt_at AS "nextAt" FROM deliveries ORDER BY created_at, id`,
  );
  return rows;
}

/** How many deliveries stand how, as `{ sent: 3 }`. */
export async function standing(database: TestDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of await deliveries(database)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export function allStand(
  database: TestDatabase,
  expected: Record<string, number>,
  deadlineMs = 30_000,
): Promise<unknown> {
  return eventually(
    `deliveries standing ${JSON.stringify(expected)}`,
    async () => {
      const now = await standing(database);
      return Object.keys({ ...now, ...expected }).every((status) => now[status] === expected[status]);
    },
    deadlineMs,
  );
}

/** Everything that waits becomes due: what an hour or two would do. */
export async function passTime({ owner }: TestDatabase): Promise<void> {
  await owner.query(`UPDATE deliveries SET next_attempt_at = alur_now() WHERE status = 'pending'`);
}

export async function giveAddress({ owner }: TestDatabase, person: Person, address: string | null): Promise<void> {
  await owner.query('UPDATE accounts SET email = $1 WHERE id = $2', [address, accountId(person)]);
}

/** Waits while time passes by the hour: what is tried again in half a day is tried again in a second or two. */
export async function eventuallyLater(database: TestDatabase, what: string, read: () => Promise<boolean> | boolean) {
  const PASS_MS = 1500;
  let passedAt = -PASS_MS;
  await eventually(
    what,
    async () => {
      if (await read()) return true;
      if (performance.now() - passedAt < PASS_MS) return false;
      passedAt = performance.now();
      await passTime(database);
      return false;
    },
    90_000,
  );
}
