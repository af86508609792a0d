/** Who somebody is and what they hold today: read from the database, kept until it is changed, two seconds at most. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Account } from '../db/entities.js';
import { GRANT_HOLDS } from '../db/grant-holds.sql.js';
import { Sql } from '../db/sql.js';
import { AccessChanges } from './access-changes.js';
import { Fresh } from './fresh.js';
import { hashSecret } from './passwords.js';
import { LOCK_ACCOUNT } from './sign-in-locks.sql.js';
import type { Grant } from '../engine/types.js';
import type { Holder } from './tokens.js';

export interface Person {
  readonly accountId: string;
  readonly officeId: string;
  readonly login: string;
  readonly name: string;
  readonly kind: 'officer' | 'client';
  /** Of a client application; null for people. */
  readonly scopes: readonly ('read' | 'write')[] | null;
  readonly grants: readonly Grant[];
}

const PERSON = `
SELECT a.id AS "accountId", a.office_id AS "officeId", a.login, a.name, a.kind, a.scopes,
  coalesce((SELECT json_agg(json_build_object(
      'role', g.role, 'actingFor', g.acting_for, 'letterNumber', g.letter_number) ORDER BY g.acting_for NULLS FIRST, g.role)
    FROM role_grants g WHERE g.office_id = a.office_id AND g.account_id = a.id
      AND ${GRANT_HOLDS}), '[]') AS grants
FROM accounts a`;
const SIGNED_IN = `${PERSON} JOIN sessions s ON s.office_id = a.office_id AND s.account_id = a.id
WHERE a.disabled_at IS NULL AND a.id = $1 AND s.id = $2 AND s.ended_at IS NULL AND s.expires_at > alur_now()`;
const IDENTIFIED = `${PERSON} JOIN account_identities i ON i.office_id = a.office_id AND i.account_id = a.id
WHERE a.disabled_at IS NULL AND i.issuer = $1 AND i.subject = $2`;
const OFFICER = `${PERSON} WHERE a.disabled_at IS NULL AND a.office_id = $1 AND a.login = $2 AND a.kind = 'officer'`;

const SECRET = `
SELECT id FROM client_secrets WHERE office_id = $1 AND account_id = $2 AND hash = $3 AND revoked_at IS NULL
  AND expires_at > alur_now()`;

/** Whoever was signed in with the old one is so no longer. */
const CHANGE_PASSWORD = `
WITH changed AS (
  UPDATE accounts SET password_hash = $3, must_change_password = false
  WHERE office_id = $1 AND id = $2 AND password_hash = $4 AND disabled_at IS NULL RETURNING office_id, id),
ended AS (
  UPDATE sessions s SET ended_at = alur_now(), ended_because = 'password-changed' FROM changed c
  WHERE s.office_id = c.office_id AND s.account_id = c.id AND s.ended_at IS NULL)
SELECT id FROM changed`;

@Injectable()
export class AccountStore {
  private readonly people: Fresh<Person | null>;

  constructor(
    private readonly sql: Sql,
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    changes: AccessChanges,
  ) {
    this.people = changes.keep(new Fresh());
  }

  /** For signing in only: with the password's hash, never cached. */
  byLogin(login: string): Promise<Account | null> {
    return this.sql.read(this.accounts.findOneBy({ login }));
  }

  /** The live secret of a client application that this is, or null. */
  async secretOf({ officeId, id }: Account, secret: string): Promise<string | null> {
    const [row] = await this.sql.run<{ id: string }>('client-secret', SECRET, [officeId, id, hashSecret(secret)]);
    return row?.id ?? null;
  }

  /** False where the password is no longer the one that was checked. */
  async changePassword({ officeId, id, passwordHash }: Account, next: string): Promise<boolean> {
    const values = [officeId, id, next, passwordHash];
    const changed = await this.sql.afterLock(LOCK_ACCOUNT, [officeId, id], (run) =>
      run('change-password', CHANGE_PASSWORD, values),
    );
    return changed.length > 0;
  }

  /** Whoever signed in, for as long as the account and this sign-in stand. */
  person(holder: Holder): Promise<Person | null> {
    if ('issuer' in holder) {
      const { issuer, subject } = holder;
      return this.people.get(`at:${issuer}:${subject}`, () =>
        this.read('person-by-identity', IDENTIFIED, [issuer, subject]),
      );
    }
    const { accountId, sessionId } = holder;
    return this.people.get(`id:${accountId}:${sessionId}`, () =>
      this.read('person-by-session', SIGNED_IN, [accountId, sessionId]),
    );
  }

  /** An officer of the office, for a client that acts on their behalf. */
  officer(officeId: string, login: string): Promise<Person | null> {
    return this.people.get(`login:${officeId}:${login}`, () =>
      this.read('person-by-login', OFFICER, [officeId, login]),
    );
  }

  private async read(name: string, text: string, values: string[]): Promise<Person | null> {
    const [person] = await this.sql.run<Person>(name, text, values);
    return person ?? null;
  }
}
