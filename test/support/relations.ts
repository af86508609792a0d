/** Senders in each relation to the demo office, its roles and its cases that test/access/relations.csv names. */
import { createHash } from 'node:crypto';
import { OFFICER_ROLES, type Role } from '../../machines/contract.js';
import { localTokenKey, Tokens } from '../../src/access/tokens.js';
import type { TestApp } from './app.js';
import { accountId, HOLDERS, type CaseBody, type Http, type ProblemBody } from './http.js';

export const RELATIONS = [
  'holder',
  'behalf',
  'acting',
  'colleague',
  'filer',
  'other',
  'otherBehalf',
  'ended',
  'future',
  'actingOver',
  'actingNext',
  'disabled',
  'behalfRead',
  'client',
  'borrowed',
  'admin',
  'inspector',
  'byLetter',
] as const;
export type Relation = (typeof RELATIONS)[number];
export type OfficerRole = (typeof OFFICER_ROLES)[number];

/** Accounts made here, one for each of these relations and each role: the grant as an interval around now. */
const GRANTS: Readonly<Partial<Record<Relation, readonly [from: string, until: string, acting: boolean]>>> = {
  colleague: ['-1 hour', '1 hour', false],
  ended: ['-2 hours', '-1 hour', false],
  future: ['1 hour', '2 hours', false],
  acting: ['-1 hour', '1 hour', true],
  actingOver: ['-2 hours', '-1 hour', true],
  actingNext: ['1 hour', '2 hours', true],
  disabled: ['-1 hour', '1 hour', false],
};

function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** An officer of the office who holds another role. */
const stranger = (role: OfficerRole) => (role === 'staff' ? 'kadin' : 'staf');

interface Sender {
  readonly token: Promise<string>;
  readonly headers: Readonly<Record<string, string>>;
}

export class Senders {
  private readonly tokens: Tokens;
  private readonly http: Http;

  constructor(private readonly server: TestApp) {
    this.tokens = new Tokens(localTokenKey(server.dataDir), 30);
    this.http = server.http;
  }

  async make(): Promise<void> {
    for (const [relation, [from, until, acting]] of Object.entries(GRANTS)) {
      for (const role of OFFICER_ROLES) {
        const name = `${relation} ${role}`;
        await this.account(name, 'officer', null, relation === 'disabled');
        await this.grant(name, role, from, until, acting);
      }
    }
    await this.account('filer', 'officer', null, false);
    for (const role of ['staff', 'kasi'] as const) await this.grant('filer', role, '-1 hour', '1 hour', false);
    await this.account('behalfRead', 'client', ['read'], false);
    await this.grant('behalfRead', 'client', '-1 hour', '1 hour', false);
    await this.sql(
      `INSERT INTO inspection_mandates
         (office_id, id, account_id, account_office_id, letter_number, valid_from, valid_until)
       SELECT $1, gen_random_uuid(), id, office_id, '700/41/ST/2026', alur_now() - interval '1 hour', 'infinity'
       FROM accounts WHERE id = $2`,
      [await this.officeId(), accountId('inspektur', 2)],
    );
  }

  /** Sends as whoever stands so to the office and the role. */
  async post(relation: Relation, role: OfficerRole, path: string, { stepSeq }: CaseBody, body: object) {
    const { token, headers } = this.of(relation, role);
    const response = await fetch(`${this.http.base}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token}`,
        'content-type': 'application/json',
        'if-match': `"${stepSeq}"`,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as CaseBody & ProblemBody };
  }

  private of(relation: Relation, role: OfficerRole): Sender {
    const { http } = this;
    const theirs = http.inOffice(2);
    const behalf = { 'on-behalf-of': HOLDERS[role] };
    const known: Partial<Record<Relation, Sender>> = {
      holder: { token: http.token(HOLDERS[role]), headers: {} },
      behalf: { token: http.token('demo-client'), headers: behalf },
      other: { token: theirs.token(HOLDERS[role]), headers: {} },
      otherBehalf: { token: theirs.token('demo-client'), headers: { 'on-behalf-of': `${HOLDERS[role]}.kilat` } },
      behalfRead: { token: this.issued('behalfRead'), headers: behalf },
      client: { token: http.token('demo-client'), headers: {} },
      borrowed: { token: http.token(stranger(role)), headers: behalf },
      admin: { token: http.token('admin'), headers: {} },
      inspector: { token: http.token('inspektur'), headers: {} },
      byLetter: { token: theirs.token('inspektur'), headers: { 'inspect-office': 'contoh' } },
      filer: { token: this.issued('filer'), headers: {} },
    };
    return known[relation] ?? { token: this.issued(`${relation} ${role}`), headers: {} };
  }

  private issued(name: string): Promise<string> {
    return this.tokens.issue(idOf(name), idOf(name));
  }

  private sql(text: string, values: unknown[]) {
    return this.server.database.owner.query<{ id: string }>(text, values);
  }

  private async officeId(): Promise<string> {
    const { rows } = await this.sql(`SELECT id FROM offices WHERE code = $1`, ['contoh']);
    return rows[0]!.id;
  }

  private async account(name: string, kind: string, scopes: string[] | null, disabled: boolean): Promise<void> {
    await this.sql(
      `INSERT INTO accounts (office_id, id, login, name, kind, password_hash, scopes, disabled_at)
       VALUES ($1, $2, $3, $3, $4, 'x', $5, CASE WHEN $6 THEN alur_now() END)`,
      [await this.officeId(), idOf(name), name.toLowerCase().replace(' ', '-'), kind, scopes, disabled],
    );
    await this.sql(
      `INSERT INTO sessions SELECT office_id, id, id, alur_now(), 'infinity' FROM accounts WHERE id = $1`,
      [idOf(name)],
    );
  }

  private async grant(name: string, role: Role, from: string, until: string, acting: boolean): Promise<void> {
    const order = acting ? [accountId(HOLDERS[role]), '800/1/PLH/2026', 'PLH'] : [null, null, null];
    await this.sql(
      `INSERT INTO role_grants
         (office_id, id, account_id, role, valid_from, valid_until, acting_for, letter_number, order_kind)
       SELECT office_id, gen_random_uuid(), id, $2, alur_now() + $3::interval, alur_now() + $4::interval, $5, $6, $7
       FROM accounts WHERE id = $1`,
      [idOf(name), role, from, until, ...order],
    );
  }
}
