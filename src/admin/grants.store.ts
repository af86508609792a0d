/** Roles by appointment, and by order Plh./Plt. for somebody who holds the role by appointment: no chains. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Role } from '../../machines/contract.js';
import type { Sql } from '../db/sql.js';
import { AppError } from '../errors.js';
import { AdminStore, type Author } from './admin.store.js';
import { endingOf } from './ending.js';

export interface GrantItem {
  readonly id: string;
  readonly role: Role;
  readonly from: Date | null;
  readonly until: Date | null;
  readonly order: 'PLH' | 'PLT' | null;
  readonly actingFor: string | null;
  readonly letterNumber: string | null;
}

export interface Order {
  readonly kind: 'PLH' | 'PLT';
  readonly role: Role;
  readonly actingFor: string;
  readonly letterNumber: string;
  readonly from: string;
  readonly until: string;
}

const LIST = `
SELECT id, role, nullif(valid_from, '-infinity') AS "from", nullif(valid_until, 'infinity') AS until,
  order_kind AS "order", acting_for AS "actingFor", letter_number AS "letterNumber"
FROM role_grants WHERE office_id = $1 AND account_id = $2 AND ($3::uuid IS NULL OR (valid_from, id) >
  (SELECT valid_from, id FROM role_grants WHERE office_id = $1 AND id = $3::uuid))
ORDER BY valid_from, id LIMIT $4`;

const NEW = `jsonb_build_object('account', account_id, 'role', role, 'from', valid_from, 'until', valid_until,
  'order', order_kind, 'actingFor', acting_for, 'letterNumber', letter_number)`;

const GRANT = `
changed AS (
INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until)
SELECT office_id, $5::uuid, id, $6::text, coalesce($7::timestamptz, alur_now()), coalesce($8::timestamptz, 'infinity')
FROM accounts WHERE office_id = $1 AND id = $4 AND kind = 'officer'
  AND coalesce($7::timestamptz, alur_now()) < coalesce($8::timestamptz, 'infinity')
ON CONFLICT DO NOTHING RETURNING id, NULL::jsonb AS old, ${NEW} AS new)`;

/**
 * Plh. stands in for who holds the role by appointment all that time; Plt. fills the place of who held it before. Neither
 * for somebody who only acts in it.
 */
const ORDER = `
changed AS (
INSERT INTO role_grants (office_id, id, account_id, role, valid_from, valid_until, order_kind, acting_for, letter_number)
SELECT a.office_id, $5::uuid, a.id, $6::text, $7::timestamptz, $8::timestamptz, $9::text, $10::uuid, $11::text
FROM accounts a WHERE a.office_id = $1 AND a.id = $4 AND a.kind = 'officer' AND EXISTS (
  SELECT FROM role_grants g WHERE g.office_id = $1 AND g.account_id = $10::uuid AND g.role = $6 AND g.acting_for IS NULL
    AND g.valid_from <= $7::timestamptz AND ($9 = 'PLT' OR $8::timestamptz <= g.valid_until))
ON CONFLICT DO NOTHING RETURNING id, NULL::jsonb AS old, ${NEW} AS new)`;

/** The one that is there already, equal but for when it begins (index role_grants_once); `covers`: no later than asked for. */
const GIVEN = `
SELECT id, valid_from <= coalesce($4::timestamptz, alur_now()) AS covers FROM role_grants
WHERE office_id = $1 AND account_id = $2 AND role = $3 AND valid_until = coalesce($5::timestamptz, 'infinity')
  AND order_kind IS NOT DISTINCT FROM $6::text AND acting_for IS NOT DISTINCT FROM $7::uuid
  AND letter_number IS NOT DISTINCT FROM $8::text AND valid_from < valid_until`;

/** What the trigger of migration SeparateDuties says. */
const DUTIES_APART = 'AL001';

/** `false`: the same is given from a later day on, and ends on the same day. Null: there is nobody to give it to, or for. */
export type Given = string | false | null;

@Injectable()
export class GrantsStore {
  constructor(private readonly store: AdminStore) {}

  list(officeId: string, accountId: string, after: string | null, rows: number): Promise<GrantItem[]> {
    return this.store.read('admin-grants', LIST, [officeId, accountId, after, rows]);
  }

  /** Sent twice, it is given once. Null where there is no such officer, or the time is over already. */
  async grant(by: Author, accountId: string, role: Role, from: string | null, until: string | null): Promise<Given> {
    const values = [accountId, randomUUID(), role, from, until];
    const made = await this.make(by, 'grant-role', GRANT, values);
    return made ?? this.given([by.officeId, accountId, role, from, until, null, null, null]);
  }

  /** Sent twice, it is given once. Null where the one acted for does not hold the role by appointment. */
  async order(by: Author, accountId: string, order: Order): Promise<Given> {
    const { kind, role, actingFor, letterNumber, from, until } = order;
    const values = [accountId, randomUUID(), role, from, until, kind, actingFor, letterNumber];
    const made = await this.make(by, 'order-acting', ORDER, values);
    return made ?? this.given([by.officeId, accountId, role, from, until, kind, actingFor, letterNumber]);
  }

  /** The first role of an account that is being made, in the same transaction. */
  async grantFirst(by: Author, accountId: string, role: Role, run: Sql['run']): Promise<void> {
    await this.store.change(by, 'grant-role', GRANT, [accountId, randomUUID(), role, null, null], run);
  }

  private async make(by: Author, action: string, text: string, values: readonly unknown[]) {
    try {
      return (await this.store.change(by, action, text, values))[0];
    } catch (error) {
      if ((error as { code?: string }).code === DUTIES_APART) throw new AppError('DUTIES_APART');
      throw error;
    }
  }

  private async given(values: readonly unknown[]): Promise<Given> {
    const [known] = await this.store.read<{ id: string; covers: boolean }>('admin-grant-given', GIVEN, values);
    return known ? known.covers && known.id : null;
  }

  /** False where it is unknown or over. */
  async end(by: Author, id: string): Promise<boolean> {
    return (await this.store.change(by, 'end-role', endingOf('role_grants'), [id])).length > 0;
  }
}
