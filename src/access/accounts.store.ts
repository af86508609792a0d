/** Who somebody is and what they hold today: read from the database, kept for two seconds. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Account } from '../db/entities.js';
import { Sql } from '../db/sql.js';
import type { Grant } from '../engine/types.js';

const FRESH_MS = 2000;
/** Entries kept at most; the cache is emptied when it is full, since reading again is cheap. */
const MOST = 10_000;

export interface Person {
  readonly accountId: string;
  readonly officeId: string;
  readonly login: string;
  readonly name: string;
  readonly kind: 'officer' | 'client';
  readonly grants: readonly Grant[];
}

const PERSON = `
SELECT a.id AS "accountId", a.office_id AS "officeId", a.login, a.name, a.kind,
  coalesce((SELECT json_agg(json_build_object(
      'role', g.role, 'actingFor', g.acting_for, 'letterNumber', g.letter_number) ORDER BY g.acting_for NULLS FIRST, g.role)
    FROM role_grants g WHERE g.office_id = a.office_id AND g.account_id = a.id
      AND g.valid_from <= alur_now() AND alur_now() < g.valid_until), '[]') AS grants
FROM accounts a WHERE a.disabled_at IS NULL`;

@Injectable()
export class AccountStore {
  private readonly people = new Map<string, { readAt: number; person: Promise<Person | null> }>();

  constructor(
    private readonly sql: Sql,
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
  ) {}

  /** For signing in only: with the password's hash, never cached. */
  byLogin(login: string): Promise<Account | null> {
    return this.sql.read(this.accounts.findOneBy({ login }));
  }

  person(accountId: string): Promise<Person | null> {
    return this.cached(`id:${accountId}`, () => this.read('person-by-id', `${PERSON} AND a.id = $1`, [accountId]));
  }

  /** An officer of the office, for a client that acts on their behalf. */
  officer(officeId: string, login: string): Promise<Person | null> {
    const where = `${PERSON} AND a.office_id = $1 AND a.login = $2 AND a.kind = 'officer'`;
    return this.cached(`login:${officeId}:${login}`, () => this.read('person-by-login', where, [officeId, login]));
  }

  private cached(key: string, read: () => Promise<Person | null>): Promise<Person | null> {
    const known = this.people.get(key);
    const now = performance.now();
    if (known && now - known.readAt < FRESH_MS) return known.person;
    if (this.people.size >= MOST) this.people.clear();
    const person = read();
    this.people.set(key, { readAt: now, person });
    person.catch(() => this.people.delete(key));
    return person;
  }

  private async read(name: string, text: string, values: string[]): Promise<Person | null> {
    const [person] = await this.sql.run<Person>(name, text, values);
    return person ?? null;
  }
}
