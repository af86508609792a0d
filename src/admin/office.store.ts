/** The administrator's own office. */
import { Injectable } from '@nestjs/common';
import type { OfficeChange } from './admin.schemas.js';
import { AdminStore, type Author } from './admin.store.js';

interface OfficeItem {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly unitCode: string;
  readonly letterClassification: string;
  readonly letterTemplate: string;
  readonly titles: readonly RoleTitle[];
}

/** Of a role from a day on, until a later one takes its place. */
interface RoleTitle {
  readonly role: string;
  readonly title: string;
  /** Null: from the beginning. */
  readonly validFrom: string | null;
}

const FORM = `'unitCode', unit_code, 'letterClassification', letter_classification, 'letterTemplate', letter_template`;

const READ = `
SELECT id, code, name, unit_code AS "unitCode", letter_classification AS "letterClassification",
  letter_template AS "letterTemplate",
  coalesce((SELECT json_agg(json_build_object('role', role, 'title', title,
      'validFrom', CASE WHEN valid_from > '-infinity' THEN valid_from END) ORDER BY role, valid_from)
    FROM role_titles WHERE office_id = o.id), '[]') AS titles
FROM offices o WHERE id = $1`;

/** How numbers were written until now is kept, for those that were given out until now. */
const CHANGE = `
before AS (SELECT * FROM offices WHERE id = $1 FOR UPDATE),
after AS (
  UPDATE offices o SET name = coalesce($4, b.name), unit_code = coalesce($5, b.unit_code),
    letter_classification = coalesce($6, b.letter_classification), letter_template = coalesce($7, b.letter_template)
  FROM before b WHERE o.id = b.id RETURNING o.*),
form AS (
  INSERT INTO letter_forms (office_id, unit_code, letter_classification, letter_template)
  SELECT b.id, b.unit_code, b.letter_classification, b.letter_template FROM before b JOIN after a USING (id)
  WHERE (b.unit_code, b.letter_classification, b.letter_template)
    <> (a.unit_code, a.letter_classification, a.letter_template)
  -- Of two changes at one instant the first has kept what was until then.
  ON CONFLICT DO NOTHING),
said AS (
  SELECT 'old' AS which, id, jsonb_build_object('name', name, ${FORM}) AS data FROM before
  UNION ALL SELECT 'new', id, jsonb_build_object('name', name, ${FORM}) FROM after),
changed AS (
  SELECT id, o.data AS old, n.data AS new FROM said o JOIN said n USING (id)
  WHERE o.which = 'old' AND n.which = 'new' AND o.data <> n.data)`;

const ENTITLE = `
before AS (SELECT title FROM role_titles WHERE office_id = $1 AND role = $4 AND valid_from = $6::date FOR UPDATE),
after AS (
  -- That which was there is read, and locked, before it is replaced.
  INSERT INTO role_titles (office_id, role, title, valid_from)
  SELECT $1, $4, $5, $6::date FROM (SELECT count(*) FROM before) b
  ON CONFLICT (office_id, role, valid_from) DO UPDATE SET title = excluded.title RETURNING *),
changed AS (
  SELECT a.office_id AS id,
    (SELECT jsonb_build_object('role', $4::text, 'title', title, 'validFrom', $6::text) FROM before) AS old,
    jsonb_build_object('role', a.role, 'title', a.title, 'validFrom', $6::text) AS new FROM after a)`;

/** With its first calendar and the titles of its roles, so that it can work at once. */
const CREATE = `
office AS (
  INSERT INTO offices (id, code, name, unit_code, letter_classification, letter_template, calendar_version)
  VALUES ($1, $4, $5, $6, $7, '{classification}/{seq}/{unitCode}/{year}', 1) ON CONFLICT (code) DO NOTHING RETURNING *),
calendar AS (INSERT INTO calendars (office_id, version, data) SELECT id, 1, $8::jsonb FROM office),
titles AS (
  INSERT INTO role_titles (office_id, role, title, valid_from)
  SELECT o.id, t.key, t.value, '-infinity' FROM office o, jsonb_each_text($9::jsonb) t),
changed AS (SELECT id, NULL::jsonb AS old, jsonb_build_object('code', code, 'name', name) AS new FROM office)`;

export interface NewOffice {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly unitCode: string;
  readonly letterClassification: string;
  readonly calendar: object;
  readonly titles: Readonly<Record<string, string>>;
}

@Injectable()
export class OfficesStore {
  constructor(private readonly store: AdminStore) {}

  async read(officeId: string): Promise<OfficeItem> {
    const [office] = await this.store.read<OfficeItem>('admin-office', READ, [officeId]);
    if (!office) throw new Error('an account has an office');
    return office;
  }

  async change(by: Author, change: OfficeChange): Promise<void> {
    const { name = null, unitCode = null, letterClassification = null, letterTemplate = null } = change;
    const values = [name, unitCode, letterClassification, letterTemplate];
    await this.store.change(by, 'change-office', CHANGE, values);
  }

  /** From `validFrom` on; another title of the same day is replaced. */
  async entitle(by: Author, { role, title, validFrom }: RoleTitle): Promise<void> {
    await this.store.change(by, 'entitle-role', ENTITLE, [role, title, validFrom]);
  }

  /** False where the code is taken. */
  async create({ id, code, name, unitCode, letterClassification, calendar, titles }: NewOffice): Promise<boolean> {
    const data = [JSON.stringify(calendar), JSON.stringify(titles)];
    const values = [code, name, unitCode, letterClassification, ...data];
    return (await this.store.change({ officeId: id, accountId: null }, 'create-office', CREATE, values)).length > 0;
  }

  async byCode(code: string): Promise<string | null> {
    const rows = await this.store.read<{ id: string }>('office-by-code', 'SELECT id FROM offices WHERE code = $1', [
      code,
    ]);
    return rows[0]?.id ?? null;
  }
}
