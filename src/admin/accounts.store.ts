/** Accounts of one office: people and client applications, and their passwords. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LOCK_ACCOUNT } from '../access/sign-in-locks.sql.js';
import { GRANT_HOLDS } from '../db/grant-holds.sql.js';
import type { Sql } from '../db/sql.js';
import { AdminStore, type Author } from './admin.store.js';

export interface AccountItem {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  /** Where mail goes; null, no mail. */
  readonly email: string | null;
  readonly kind: 'officer' | 'client';
  readonly scopes: readonly string[] | null;
  readonly disabledAt: Date | null;
  readonly mustChangePassword: boolean;
  readonly roles: readonly string[];
}

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly kind: AccountItem['kind'];
  readonly scopes: readonly string[] | null;
  readonly passwordHash: string;
}

const LIST = `
SELECT a.id, a.login, a.name, a.email, a.kind, a.scopes, a.disabled_at AS "disabledAt", a.must_change_password AS "mustChangePassword",
  ARRAY(SELECT DISTINCT g.role FROM role_grants g WHERE g.office_id = a.office_id AND g.account_id = a.id
    AND ${GRANT_HOLDS} ORDER BY 1) AS roles
FROM accounts a WHERE a.office_id = $1 AND ($2::uuid IS NULL OR a.id > $2::uuid) AND ($3::uuid IS NULL OR a.id = $3::uuid)
ORDER BY a.id LIMIT $4`;

/** A login is unique over all offices: nothing is inserted where somebody has it. A client also gets the role. */
const CREATE = `
account AS (
  INSERT INTO accounts (office_id, id, login, name, kind, scopes, password_hash, must_change_password)
  VALUES ($1, $4, $5, $6, $7, $8, $9, $7 = 'officer') ON CONFLICT (login) DO NOTHING RETURNING *),
client AS (
  INSERT INTO role_grants (office_id, id, account_id, role)
  SELECT office_id, gen_random_uuid(), id, 'client' FROM account WHERE kind = 'client'),
changed AS (SELECT id, NULL::jsonb AS old, jsonb_build_object('login', login, 'name', name, 'kind', kind, 'scopes', scopes) AS new
FROM account)`;

/** The same instant for both: a token that is refused here is refused everywhere within the two seconds of the cache. */
const DISABLE = `
account AS (
  UPDATE accounts SET disabled_at = CASE WHEN $5::boolean THEN alur_now() END
  WHERE office_id = $1 AND id = $4 AND (disabled_at IS NULL) = $5 RETURNING id),
ended AS (
  UPDATE sessions s SET ended_at = alur_now(), ended_because = 'revoked' FROM account a
  WHERE $5 AND s.office_id = $1 AND s.account_id = a.id AND s.ended_at IS NULL),
changed AS (SELECT id, jsonb_build_object('disabled', NOT $5) AS old, jsonb_build_object('disabled', $5) AS new FROM account)`;

const RESET = `
account AS (
  UPDATE accounts SET password_hash = $5, must_change_password = true
  WHERE office_id = $1 AND id = $4 AND kind = 'officer' RETURNING id),
ended AS (
  UPDATE sessions s SET ended_at = alur_now(), ended_because = 'revoked' FROM account a
  WHERE s.office_id = $1 AND s.account_id = a.id AND s.ended_at IS NULL),
changed AS (SELECT id, NULL::jsonb AS old, '{"mustChangePassword": true}'::jsonb AS new FROM account)`;

const CHANGE = `
before AS (SELECT office_id, id, name, email FROM accounts WHERE office_id = $1 AND id = $4 FOR UPDATE),
changed AS (
  UPDATE accounts a SET name = coalesce($5::text, b.name), email = CASE WHEN $6::boolean THEN $7::text ELSE b.email END
  FROM before b WHERE a.office_id = b.office_id AND a.id = b.id
  RETURNING a.id, jsonb_build_object('name', b.name, 'email', b.email) AS old,
    jsonb_build_object('name', a.name, 'email', a.email) AS new)`;

@Injectable()
export class AccountsStore {
  constructor(private readonly store: AdminStore) {}

  list(officeId: string, after: string | null, limit: number): Promise<AccountItem[]> {
    return this.store.read('admin-accounts', LIST, [officeId, after, null, limit]);
  }

  async find(officeId: string, id: string): Promise<AccountItem | null> {
    const [account] = await this.store.read<AccountItem>('admin-accounts', LIST, [officeId, null, id, 1]);
    return account ?? null;
  }

  async byLogin(officeId: string, login: string): Promise<string | null> {
    const text = 'SELECT id FROM accounts WHERE office_id = $1 AND login = $2';
    const [account] = await this.store.read<{ id: string }>('admin-by-login', text, [officeId, login]);
    return account?.id ?? null;
  }

  /** Null where the login is taken. `run` is a transaction's, where more belongs to it. */
  async create(by: Author, account: NewAccount, run?: Sql['run']): Promise<string | null> {
    const { login, name, kind, scopes, passwordHash } = account;
    const values = [randomUUID(), login, name, kind, scopes, passwordHash];
    return (await this.store.change(by, `create-${kind}`, CREATE, values, run))[0] ?? null;
  }

  /** Left out: stays as it is. */
  async change(
    by: Author,
    id: string,
    { name, email }: { readonly name?: string | undefined; readonly email?: string | null | undefined },
  ): Promise<boolean> {
    const values = [id, name ?? null, email !== undefined, email ?? null];
    return (await this.store.change(by, 'change-account', CHANGE, values)).length > 0;
  }

  /** True where it was not so already. Whoever is signed in is so no longer. */
  async disable(by: Author, id: string, disabled: boolean): Promise<boolean> {
    const action = disabled ? 'disable-account' : 'enable-account';
    return (await this.store.changeLocked(by, action, [LOCK_ACCOUNT, id], DISABLE, [id, disabled])).length > 0;
  }

  async resetPassword(by: Author, id: string, passwordHash: string): Promise<boolean> {
    const changed = await this.store.changeLocked(by, 'reset-password', [LOCK_ACCOUNT, id], RESET, [id, passwordHash]);
    return changed.length > 0;
  }
}
