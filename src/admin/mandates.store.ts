/** Inspectors of other offices whom this office lets in. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AdminStore, type Author } from './admin.store.js';
import { endingOf } from './ending.js';

export interface MandateItem {
  readonly id: string;
  readonly account: { readonly id: string; readonly login: string; readonly name: string };
  readonly office: { readonly code: string; readonly name: string };
  readonly letterNumber: string;
  readonly from: Date;
  readonly until: Date;
}

export interface Mandate {
  readonly accountId: string;
  readonly letterNumber: string;
  readonly from?: string | undefined;
  readonly until: string;
}

const LIST = `
SELECT m.id, json_build_object('id', a.id, 'login', a.login, 'name', a.name) AS account,
  json_build_object('code', o.code, 'name', o.name) AS office, m.letter_number AS "letterNumber",
  m.valid_from AS "from", m.valid_until AS until
FROM inspection_mandates m JOIN accounts a ON a.office_id = m.account_office_id AND a.id = m.account_id
JOIN offices o ON o.id = a.office_id
WHERE m.office_id = $1 AND ($2::uuid IS NULL OR (m.valid_from, m.id) >
  (SELECT valid_from, id FROM inspection_mandates WHERE office_id = $1 AND id = $2::uuid))
ORDER BY m.valid_from, m.id LIMIT $3`;

/** A person of another office; who inspects their own has the role. */
const GIVE = `
changed AS (
INSERT INTO inspection_mandates (office_id, id, account_id, account_office_id, letter_number, valid_from, valid_until)
SELECT $1::uuid, $5::uuid, a.id, a.office_id, $6::text, coalesce($7::timestamptz, alur_now()), $8::timestamptz
FROM accounts a WHERE a.id = $4 AND a.office_id <> $1 AND a.kind = 'officer' AND a.disabled_at IS NULL
  AND coalesce($7::timestamptz, alur_now()) < $8::timestamptz
ON CONFLICT DO NOTHING RETURNING id, NULL::jsonb AS old, jsonb_build_object('account', account_id, 'letterNumber', letter_number,
  'from', valid_from, 'until', valid_until) AS new)`;

/** The same letter to the same person until the same day is there already. */
const GIVEN = `
SELECT id FROM inspection_mandates WHERE office_id = $1 AND account_id = $2 AND letter_number = $3
  AND valid_until = $4::timestamptz AND valid_from < valid_until AND valid_until > alur_now()`;

@Injectable()
export class MandatesStore {
  constructor(private readonly store: AdminStore) {}

  list(officeId: string, after: string | null, rows: number): Promise<MandateItem[]> {
    return this.store.read('admin-mandates', LIST, [officeId, after, rows]);
  }

  /** Sent twice, it is given once. Null where there is no such officer in another office, or the time is over already. */
  async give(by: Author, { accountId, letterNumber, from, until }: Mandate): Promise<string | null> {
    const values = [accountId, randomUUID(), letterNumber, from ?? null, until];
    const [made] = await this.store.change(by, 'let-inspect', GIVE, values);
    if (made !== undefined) return made;
    const known = [by.officeId, accountId, letterNumber, until];
    const [given] = await this.store.read<{ id: string }>('admin-mandate-given', GIVEN, known);
    return given?.id ?? null;
  }

  /** False where it is unknown or over. */
  async end(by: Author, id: string): Promise<boolean> {
    return (await this.store.change(by, 'end-inspection', endingOf('inspection_mandates'), [id])).length > 0;
  }
}
