/** Notices against what the doors say they were brought: each notice at each receiver, and at its recipient's mailbox. */
import type { TestDatabase } from '../test/support/database.js';
import type { DoorTally } from './brought.js';
import type { Strangers } from './strangers.js';

/** What admins are told about deliveries is not delivered. */
const WANTED = `
SELECT n.id, a.email || ' ' || n.text_id AS mail FROM notices n
JOIN accounts a ON a.office_id = n.office_id AND a.id = n.recipient_id
WHERE n.kind NOT IN ('DELIVERY_PARKED', 'WEBHOOK_DISABLED')`;

/** What was written while a receiver was disabled is not for it. */
const FOR_GONE = `
SELECT notice_id AS id FROM deliveries WHERE endpoint_id = $1 AND notice_id IS NOT NULL`;

/** Notices not yet relayed, alarms that are due, deliveries not yet sent; of all receivers, or of one. */
const UNTAKEN = `
SELECT ((SELECT count(*) FROM notices WHERE NOT relayed)
  + (SELECT count(*) FROM case_desks WHERE next_alarm_at <= (SELECT alur_now()))
  + (SELECT count(*) FROM deliveries WHERE status <> 'sent' AND ($1::uuid IS NULL OR endpoint_id = $1)))::int AS count`;

const MAILS_DUE = `
SELECT count(*)::int AS count FROM deliveries
WHERE channel = 'email' AND status = 'pending' AND next_attempt_at <= (SELECT alur_now())`;

const LATE = `
SELECT coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM d.finished_at - n.created_at) * 1000), 0)::float8
  AS late
FROM deliveries d JOIN notices n ON n.office_id = d.office_id AND n.id = d.notice_id WHERE d.endpoint_id = $1`;

/** By the rows of the program, for waiting only: what has arrived, the doors say. */
export async function untaken({ owner }: TestDatabase, endpointId: string | null = null): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(UNTAKEN, [endpointId]);
  return rows[0]?.count ?? 0;
}

export async function mailsDue({ owner }: TestDatabase): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(MAILS_DUE);
  return rows[0]?.count ?? 0;
}

/** p99 between a notice and its arrival at the receiver that is well, both by PostgreSQL's clock. */
export async function healthyLateMs({ owner }: TestDatabase, { healthyId }: Strangers): Promise<number> {
  const { rows } = await owner.query<{ late: number }>(LATE, [healthyId]);
  return Math.round(rows[0]?.late ?? 0);
}

/**
 * Nobody is killed here, so what was accepted must not come again, where the clock was not moved over a try that was under
 * way: at the receiver that was never mended and at the mailbox.
 */
export async function deliveryTally({ owner }: TestDatabase, { doors, mails }: Strangers) {
  const { rows: all } = await owner.query<{ id: string; mail: string }>(WANTED);
  const gone = doors.find(({ name }) => name === 'gone');
  const { rows: some } = await owner.query<{ id: string }>(FOR_GONE, [gone?.endpointId]);
  const idsFor = (name: string) => (name === 'gone' ? some : all).map(({ id }) => id);
  const tallies: (DoorTally & { name: string })[] = [
    ...doors.map(({ name, brought }) => ({ name, ...brought.tally(idsFor(name)) })),
    { name: 'mail', ...mails.tally(all.map(({ mail }) => mail)) },
  ];
  const strict = tallies.filter(({ name }) => name === 'healthy' || name === 'mail');
  const renamed = tallies.filter((one) => one.renamed > 0);
  const once = tallies.filter(({ name, again }) => again === 0 && !['healthy', 'floods'].includes(name));
  return {
    n: all.length * (tallies.length - 1) + some.length,
    lost: tallies.reduce((sum, { lost }) => sum + lost, 0),
    doubled: strict.reduce((sum, { twice }) => sum + twice, 0),
    wrong: [
      ...renamed.map((one) => `${one.name}: ${one.renamed} notices under more than one message id`),
      ...once.map(({ name }) => `${name}: nothing was tried twice, so nothing is shown about ids`),
      ...tallies.filter(({ lost }) => lost > 0).map(({ name, lost }) => `${name}: ${lost} lost`),
    ],
  };
}
