/** What an inspectorate outside the building gets: messages about the log by webhook, and mail. */
import { LOOPBACK } from './deliveries.js';
import type { TestApp } from './app.js';
import { accountId, type Person } from './http.js';
import type { Mailbox } from './mailbox.js';
import type { Receiver } from './receiver.js';

export interface Message<Data> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly data: Data & { readonly occurredAt: string };
}

export const withMail = ({ url }: Mailbox) => ({
  ...LOOPBACK,
  SMTP_URL: url,
  MAIL_FROM: 'Alur <alur@kantor.example>',
  SWEEP_SECONDS: '1',
});

/** Of one type, in the order in which they came, repeats included. */
export function messages<Data>({ received }: Receiver, type: string): Message<Data>[] {
  return received.map(({ body }) => JSON.parse(body) as Message<Data>).filter((one) => one.type === type);
}

/** Lets somebody of the other demo office inspect this one, from now on. */
export async function letIn({ database }: TestApp, person: Person, office: 1 | 2 = 2): Promise<void> {
  await database.owner.query(
    `INSERT INTO inspection_mandates
     SELECT o.id, gen_random_uuid(), a.id, a.office_id, '700/41/ST/2026', alur_now(), 'infinity'
     FROM accounts a JOIN offices o ON o.id <> a.office_id WHERE a.id = $1`,
    [accountId(person, office)],
  );
}

export async function addressOf({ database }: TestApp, person: Person, office: 1 | 2, address: string): Promise<void> {
  await database.owner.query('UPDATE accounts SET email = $1 WHERE id = $2', [address, accountId(person, office)]);
}
