/**
 * npm run admin: what must be done before there is an administrator who could do it at /api/v1/admin. It logs in as
 * DATABASE_URL says, and each change is in the same record.
 *
 *   npm run admin -- create-office --code diskominfo --name 'Dinas Kominfo' --unit-code 427.72 --classification 800.1.6.2
 *   npm run admin -- create-account --office diskominfo --login admin1 --name 'Pengelola' --role admin
 *   npm run admin -- reset-password --office diskominfo --login admin1
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import type { ZodType } from 'zod';
import { hashPassword } from '../src/access/passwords.js';
import { AccountsStore } from '../src/admin/accounts.store.js';
import { grantable, newAccount, newOffice } from '../src/admin/admin.schemas.js';
import { AdminStore } from '../src/admin/admin.store.js';
import { GrantsStore } from '../src/admin/grants.store.js';
import { OfficesStore } from '../src/admin/office.store.js';
import { ConfigError, readConfig } from '../src/config.js';
import { dataSourceOptions } from '../src/db/data-source.js';
import { guardDatabase } from '../src/db/guard.js';
import { TITLES } from '../src/db/seed-demo.js';
import { Sql } from '../src/db/sql.js';
import { defaultCalendar } from '../src/sla/default-calendar.js';

const say = (line: string) => process.stdout.write(`admin: ${line}\n`);
const FIELDS = {
  'create-office': ['code', 'name', 'unit-code', 'classification'],
  'create-account': ['office', 'login', 'name', 'role'],
  'reset-password': ['office', 'login'],
} as const;
type Command = keyof typeof FIELDS;

interface Stores {
  readonly sql: Sql;
  readonly offices: OfficesStore;
  readonly accounts: AccountsStore;
  readonly grants: GrantsStore;
}

/** The command and its fields; every field is needed and no other is taken. */
function read(): { command: Command; field: (name: string) => string } {
  const names = [...new Set(Object.values(FIELDS).flat())];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const command = Object.keys(FIELDS).find((name): name is Command => name === positionals[0]);
  if (!command) throw new ConfigError(`Say what to do: ${Object.keys(FIELDS).join(', ')}.`);
  const needed: readonly string[] = FIELDS[command];
  const missing = needed.filter((name) => !values[name]);
  const foreign = Object.keys(values).filter((name) => !needed.includes(name));
  if (missing.length > 0 || foreign.length > 0) {
    throw new ConfigError(`${command} takes ${needed.map((name) => `--${name}`).join(', ')}.`);
  }
  return { command, field: (name) => values[name] ?? '' };
}

/** By the same rules as at /api/v1/admin; `names` are the command's words for the schema's. */
function checked<T>(schema: ZodType<T>, given: unknown, names: Readonly<Record<string, string>> = {}): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const field = String(path[0] ?? '');
    return `--${names[field] ?? field}: ${message}`;
  });
  throw new ConfigError(faults.join('; '));
}

const firstPassword = () => randomBytes(12).toString('base64url');

async function officeOf({ offices }: Stores, code: string): Promise<string> {
  const id = await offices.byCode(code);
  if (id === null) throw new ConfigError(`There is no office ${code}: create-office first.`);
  return id;
}

const COMMANDS: Record<Command, (stores: Stores, field: (name: string) => string) => Promise<void>> = {
  'create-office': async ({ offices }, field) => {
    const given = { code: field('code'), name: field('name'), unitCode: field('unit-code') };
    const names = { unitCode: 'unit-code', letterClassification: 'classification' };
    const office = checked(newOffice, { ...given, letterClassification: field('classification') }, names);
    if (!(await offices.create({ id: randomUUID(), ...office, calendar: defaultCalendar(), titles: TITLES }))) {
      throw new ConfigError(`There is an office ${office.code} already.`);
    }
    say(`office ${office.code} is there, with the default calendar`);
  },
  'create-account': async (stores, field) => {
    const role = checked(grantable, field('role'), { '': 'role' });
    const { login, name } = checked(newAccount, { login: field('login'), name: field('name') });
    const by = { officeId: await officeOf(stores, field('office')), accountId: null };
    const password = firstPassword();
    const person = { login, name, kind: 'officer' as const, scopes: null, passwordHash: await hashPassword(password) };
    // Both or neither: an account without its role would hold the login.
    await stores.sql.transaction(async (run) => {
      const id = await stores.accounts.create(by, person, run);
      if (id === null) throw new ConfigError(`The login ${login} is in use.`);
      await stores.grants.grantFirst(by, id, role, run);
    });
    say(`account ${login} is there; its first password, to be changed at the first sign-in: ${password}`);
  },
  'reset-password': async (stores, field) => {
    const by = { officeId: await officeOf(stores, field('office')), accountId: null };
    const id = await stores.accounts.byLogin(by.officeId, field('login'));
    const password = firstPassword();
    if (id === null || !(await stores.accounts.resetPassword(by, id, await hashPassword(password)))) {
      throw new ConfigError(`Office ${field('office')} has no person with the login ${field('login')}.`);
    }
    say(`first password, to be changed at the next sign-in: ${password}`);
  },
};

async function main(): Promise<void> {
  const { command, field } = read();
  const { databaseUrl } = readConfig();
  if (!databaseUrl) throw new ConfigError('DATABASE_URL is missing: the database as the API and workers log in.');
  await guardDatabase(databaseUrl);
  const source = await new DataSource(dataSourceOptions(databaseUrl, 2)).initialize();
  try {
    const sql = new Sql(source);
    const store = new AdminStore(sql);
    const stores = {
      sql,
      offices: new OfficesStore(store),
      accounts: new AccountsStore(store),
      grants: new GrantsStore(store),
    };
    await COMMANDS[command](stores, field);
  } finally {
    await source.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`admin: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
