/** What the administrator's doors take. */
import { z } from 'zod';
import { OFFICER_ROLES, ROLES, type Role } from '../../machines/contract.js';
import { day, inOrder, instant, OUT_OF_ORDER } from '../http/period.js';

const login = z.string().regex(/^[a-z0-9][a-z0-9._-]{2,59}$/, 'must be 3 to 60 of a-z, 0-9, dot, dash, underscore');
const name = z.string().trim().min(1).max(200);
const shortText = z.string().trim().min(1).max(100);
/** Roles an account can hold; `client` comes with the client itself. */
export const grantable = z.enum(ROLES.filter((role): role is Exclude<Role, 'client'> => role !== 'client'));
const ordered = z.enum(['kadin', 'sekdin', 'kabid', 'kasi']);
const endsAfterItBegins = ({
  from,
  until,
}: {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}) => inOrder({ from, to: until });
const UNTIL_OUT_OF_ORDER = { ...OUT_OF_ORDER, path: ['until'] };
const someId = '00000000-0000-4000-8000-000000000000';

export const newAccount = z
  .strictObject({ login, name })
  .meta({ title: 'NewAccount', example: { login: 'loket1', name: 'Petugas Loket 1' } });

/** As `npm run admin` takes it. */
export const newOffice = z.strictObject({
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{1,29}$/, 'must be 2 to 30 of a-z, 0-9, dash'),
  name,
  unitCode: shortText,
  letterClassification: shortText,
});

export const accountChange = z
  .strictObject({ name: name.optional(), email: z.email().max(254).nullable().optional() })
  .refine((given) => Object.keys(given).length > 0, 'name at least one field')
  .meta({ title: 'AccountChange', example: { email: 'loket1@kantor.example' } });

export const newClient = z
  .strictObject({
    login,
    name,
    scopes: z
      .array(z.enum(['read', 'write']))
      .min(1)
      .max(2),
  })
  .meta({ title: 'NewClient', example: { login: 'front-office', name: 'Aplikasi Loket', scopes: ['read', 'write'] } });

export const newIdentity = z
  .strictObject({ issuer: z.url({ protocol: /^https?$/ }).max(300), subject: z.string().min(1).max(255) })
  .meta({ title: 'NewIdentity', example: { issuer: 'https://sso.example', subject: '248289761001' } });

export const newGrant = z
  .strictObject({ role: grantable, from: instant.optional(), until: instant.optional() })
  .refine(endsAfterItBegins, UNTIL_OUT_OF_ORDER)
  .meta({ title: 'NewGrant', example: { role: 'staff', from: '2026-12-01T00:00:00+07:00' } });

export const newOrder = z
  .strictObject({
    kind: z.enum(['PLH', 'PLT']),
    role: ordered,
    actingFor: z.uuid(),
    letterNumber: shortText,
    from: instant,
    until: instant,
  })
  .refine(endsAfterItBegins, UNTIL_OUT_OF_ORDER)
  .meta({
    title: 'NewActingOrder',
    example: {
      kind: 'PLH',
      role: 'kasi',
      actingFor: someId,
      letterNumber: '800/17/PLH/2026',
      from: '2026-12-01T00:00:00+07:00',
      until: '2026-12-06T00:00:00+07:00',
    },
  });

export const newMandate = z
  .strictObject({ accountId: z.uuid(), letterNumber: shortText, from: instant.optional(), until: instant })
  .refine(endsAfterItBegins, UNTIL_OUT_OF_ORDER)
  .meta({
    title: 'NewInspectionMandate',
    example: {
      accountId: someId,
      letterNumber: '700/41/ST/2026',
      from: '2026-12-01T00:00:00+07:00',
      until: '2027-03-01T00:00:00+07:00',
    },
  });

export const newSecret = z
  .strictObject({ days: z.int().min(1).max(400) })
  .meta({ title: 'NewSecret', example: { days: 90 } });

const PLACES = ['{classification}', '{seq}', '{unitCode}', '{year}'];

/** `{seq}` and `{year}` are what makes a number of a book unlike any other. */
const letterTemplate = shortText.refine(
  (given) => {
    const places: readonly string[] = given.match(/\{[^{}]*\}/g) ?? [];
    const rest = given.replaceAll(/\{[^{}]*\}/g, '');
    return (
      places.every((one) => PLACES.includes(one)) &&
      ['{seq}', '{year}'].every((one) => places.includes(one)) &&
      !/[{}]/.test(rest)
    );
  },
  `must have {seq} and {year}, and of braces only ${PLACES.join(', ')}`,
);

export const officeChange = z
  .strictObject({
    name: name.optional(),
    unitCode: shortText.optional(),
    letterClassification: shortText.optional(),
    letterTemplate: letterTemplate.optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'name at least one field')
  .meta({ title: 'OfficeChange', example: { name: 'Dinas Contoh Kabupaten Lumajang', unitCode: '427.53' } });
export type OfficeChange = z.infer<typeof officeChange>;

export const roleTitle = z.strictObject({ role: z.enum(OFFICER_ROLES), title: name, validFrom: day }).meta({
  title: 'RoleTitle',
  example: { role: 'kasi', title: 'Ketua Tim Layanan Informasi', validFrom: '2027-01-01' },
});

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;
