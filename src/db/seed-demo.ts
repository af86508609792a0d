/** The demo office and its people, and a second office that rehearses in seconds. Names no real person. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Role } from '../../machines/contract.js';
import { hashPassword, passwordMatches } from '../access/passwords.js';
import type { Calendar as CalendarData } from '../sla/calendar.js';
import { keptSecret } from '../kept-secret.js';
import { defaultCalendar, rehearsalCalendar } from '../sla/default-calendar.js';
import { Account, Calendar, Office, RoleGrant, RoleTitle } from './entities.js';

interface DemoPerson {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

const PEOPLE: readonly DemoPerson[] = [
  { login: 'staf', name: 'Staf Contoh', roles: ['staff'] },
  { login: 'kadin', name: 'Kepala Dinas Contoh', roles: ['kadin'] },
  { login: 'sekdin', name: 'Sekretaris Contoh', roles: ['sekdin'] },
  { login: 'kabid', name: 'Kepala Bidang Contoh', roles: ['kabid'] },
  { login: 'kasi', name: 'Kepala Seksi Contoh', roles: ['kasi'] },
  { login: 'inspektur', name: 'Inspektur Contoh', roles: ['inspector'] },
  { login: 'admin', name: 'Pengelola Contoh', roles: ['admin'] },
  { login: 'demo-client', name: 'Aplikasi Contoh', roles: ['client'] },
];

/** Titles of the 2018 SOP; dated data, since reorganisations rename them. */
export const TITLES: Readonly<Partial<Record<Role, string>>> = {
  staff: 'Staff Administrasi',
  kadin: 'Kepala Dinas',
  sekdin: 'Sekretaris Dinas',
  kabid: 'Kepala Bidang',
  kasi: 'Kepala Seksi',
};

interface DemoOffice {
  readonly number: number;
  readonly code: string;
  readonly name: string;
  readonly suffix: string;
  readonly calendar: () => CalendarData;
}

export const DEMO_OFFICES: readonly DemoOffice[] = [
  { number: 1, code: 'contoh', name: 'Dinas Contoh Kabupaten Lumajang', suffix: '', calendar: defaultCalendar },
  { number: 2, code: 'kilat', name: 'Kantor Latihan Kilat', suffix: '.kilat', calendar: rehearsalCalendar },
];

/** Ids that are the same on every installation, so that a demo can be described. */
export function demoId(office: number, kind: number, number: number): string {
  const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
  return `a1000000-${hex(office, 4)}-4000-8000-${hex(kind, 4)}${hex(number, 8)}`;
}

export const DEMO_LOGINS = PEOPLE.map(({ login, roles }) => ({ login, role: roles[0] }));

/** Adds what is missing and sets the password where it differs; everything else stays as it is. */
export async function seedDemo(source: DataSource, password: string): Promise<void> {
  for (const office of DEMO_OFFICES) await seedOffice(source, office, password);
}

async function seedOffice(source: DataSource, office: DemoOffice, password: string): Promise<void> {
  const officeId = demoId(office.number, 0, 0);
  const { manager } = source;
  const add = (entity: typeof Office | typeof Calendar | typeof RoleTitle | typeof RoleGrant, values: object) =>
    manager.createQueryBuilder().insert().into(entity).values(values).orIgnore().execute();
  await add(Office, {
    id: officeId,
    code: office.code,
    name: office.name,
    unitCode: '427.72',
    letterClassification: '800.1.6.2',
    letterTemplate: '{classification}/{seq}/{unitCode}/{year}',
    calendarVersion: 1,
  });
  await add(Calendar, { officeId, version: 1, data: office.calendar() });
  for (const [role, title] of Object.entries(TITLES)) {
    await add(RoleTitle, { officeId, role, validFrom: '2018-03-01', title });
  }
  for (const [index, person] of PEOPLE.entries()) {
    const id = demoId(office.number, 1, index + 1);
    await seedAccount(source, officeId, id, person, office.suffix, password);
    for (const [number, role] of person.roles.entries()) {
      const grantId = demoId(office.number, 2 + number, index + 1);
      await add(RoleGrant, { officeId, id: grantId, accountId: id, role, actingFor: null, letterNumber: null });
    }
  }
}

async function seedAccount(
  source: DataSource,
  officeId: string,
  id: string,
  { login, name, roles }: DemoPerson,
  suffix: string,
  password: string,
): Promise<void> {
  const accounts = source.getRepository(Account);
  const known = await accounts.findOneBy({ officeId, id });
  if (known && (await passwordMatches(known.passwordHash, password))) return;
  const passwordHash = await hashPassword(password);
  if (known) {
    await accounts.update({ officeId, id }, { passwordHash });
    return;
  }
  const kind = roles.includes('client') ? 'client' : 'officer';
  const scopes: Account['scopes'] = kind === 'client' ? ['read', 'write'] : null;
  await accounts.insert({
    officeId,
    id,
    login: `${login}${suffix}`,
    name,
    kind,
    passwordHash,
    disabledAt: null,
    scopes,
  });
}

/** Given by the environment, or made at first start and kept beside the data. */
export function demoPassword(given: string | null, dataDir: string): string {
  return given || keptSecret(join(dataDir, 'demo-password'), () => randomBytes(9).toString('base64url'));
}
