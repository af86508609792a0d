/**
 * The schema as all migrations together make it, against a golden copy: a migration shows in a review what it really
 * changes. A wanted change is taken over by: npm test -- db/schema -u
 */
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const COLUMNS = `
SELECT c.relname AS place, format('%s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS line
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum`;

const CONSTRAINTS = `
SELECT conrelid::regclass::text AS place, conname || ' ' || pg_get_constraintdef(oid) AS line
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n' ORDER BY 1, 2`;

const INDEXES = `
SELECT tablename AS place, indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`;

/** `A`: fires always, also where replication or a superuser switches ordinary triggers off. */
const TRIGGERS = `
SELECT tgrelid::regclass::text AS place, tgenabled::text || ' ' || pg_get_triggerdef(oid) AS line
FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`;

const FUNCTIONS = `
SELECT p.proname AS place, regexp_replace(pg_get_functiondef(p.oid), '\\s+', ' ', 'g') AS line
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e') ORDER BY 1, 2`;

const GRANTS = `
SELECT c.relname AS place, string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS line
FROM pg_class c, aclexplode(c.relacl) g
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND g.grantee = 'alur_app'::regrole
GROUP BY 1 ORDER BY 1`;

const COLUMN_GRANTS = `
SELECT c.relname AS place, a.attname || ' ' || g.privilege_type AS line
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
WHERE c.relnamespace = 'public'::regnamespace AND g.grantee = 'alur_app'::regrole ORDER BY 1, 2`;

describe('the schema', () => {
  it.each([
    ['columns', COLUMNS],
    ['constraints', CONSTRAINTS],
    ['indexes', INDEXES],
    ['triggers', TRIGGERS],
    ['functions', FUNCTIONS],
    ['what the program may do', GRANTS],
    ['what it may do with single columns', COLUMN_GRANTS],
  ])('has its golden %s', async (_what, query) => {
    const { rows } = await database.owner.query<{ place: string; line: string }>(query);
    expect(rows.map(({ place, line }) => `${place}: ${line}`).join('\n')).toMatchSnapshot();
  });
});
