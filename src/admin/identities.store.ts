/** Identities of the foreign issuer that speak for an account. */
import { Injectable } from '@nestjs/common';
import { AdminStore, type Author } from './admin.store.js';

export interface IdentityItem {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
}

const LIST = `
SELECT id, issuer, subject FROM account_identities WHERE office_id = $1 AND account_id = $2 ORDER BY issuer, subject`;

const WHOSE = `jsonb_build_object('issuer', issuer, 'subject', subject)`;

const ADD = `
added AS (
  INSERT INTO account_identities (office_id, account_id, issuer, subject)
  SELECT office_id, id, $5::text, $6::text FROM accounts WHERE office_id = $1 AND id = $4 ON CONFLICT DO NOTHING
  RETURNING account_id, issuer, subject),
changed AS (SELECT account_id AS id, NULL::jsonb AS old, ${WHOSE} AS new FROM added)`;

const REMOVE = `
removed AS (
  DELETE FROM account_identities WHERE office_id = $1 AND account_id = $4 AND id = $5
  RETURNING account_id, issuer, subject),
changed AS (SELECT account_id AS id, ${WHOSE} AS old, NULL::jsonb AS new FROM removed)`;

@Injectable()
export class IdentitiesStore {
  constructor(private readonly store: AdminStore) {}

  list(officeId: string, accountId: string): Promise<IdentityItem[]> {
    return this.store.read('admin-identities', LIST, [officeId, accountId]);
  }

  /** False where the identity is somebody's already. */
  async add(by: Author, accountId: string, issuer: string, subject: string): Promise<boolean> {
    return (await this.store.change(by, 'add-identity', ADD, [accountId, issuer, subject])).length > 0;
  }

  /** False where the account has no such identity. */
  async remove(by: Author, accountId: string, id: string): Promise<boolean> {
    return (await this.store.change(by, 'remove-identity', REMOVE, [accountId, id])).length > 0;
  }
}
