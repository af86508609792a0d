/**
 * The one statement behind every change of a case. It takes any number of cases: each whose version still matches is
 * updated, gets its history rows, its number, its notices; the others are left alone and simply do not come back.
 *
 * Lock order, the same for everybody: cases by id, then counters by name. Hashes are made from the exact stored text.
 * A line for each case (wire.ts), and no two sets of rows meet but by an index or a handful of counters: the work for
 * one case is the same whatever company it has.
 */
import { FIELDS } from './append.fields.js';

const ENTRY_FIELDS = 'seq int, at float8, event text, actor_id uuid, entry_visit int, level smallint';

/** Fields that `rows` names in front, or leaves out; all others stand behind them. */
const IN_FRONT = ['office_id', 'case_id', 'earlier', 'notices', 'newcomers', 'letter', 'salt', 'opened_at'];
const LEFT_OUT = ['tail', 'expected'];
const BEHIND = ['snapshot', ...FIELDS.map(([name]) => name)]
  .filter((name) => ![...IN_FRONT, ...LEFT_OUT].includes(name))
  .join(', ');

const VALUES_OF_LINE = FIELDS.map(([name, type], index) => `field[${index + 1}]::${type} AS ${name}`).join(', ');

/** Side by side, not joined: the lists are equally long and in one order. Empty is null. OFFSET 0: a line is taken apart once. */
const INPUT = `
input AS (
  SELECT ord, text, snapshot, data, ${VALUES_OF_LINE}
  FROM (
    SELECT (ord - 1)::int AS ord, text, snapshot, data, string_to_array(line, E'\\x1f', '') AS field
    FROM ROWS FROM (
      string_to_table($1, E'\\x1e'), string_to_table($2, E'\\x1e'), string_to_table($3, E'\\x1e'),
      string_to_table($4, E'\\x1e', '')
    ) WITH ORDINALITY AS i(line, text, snapshot, data, ord) OFFSET 0
  ) lines
)`;

/** In an order of their own, before they are locked one by one. */
const LOCKED = `
ready AS MATERIALIZED (
  SELECT i.* FROM (SELECT * FROM input ORDER BY office_id, case_id) i CROSS JOIN LATERAL (
    SELECT FROM cases c WHERE c.office_id = i.office_id AND c.id = i.case_id AND c.version = i.expected
    FOR NO KEY UPDATE
  ) held
)`;

/** A new case has no row to lock: its id is new and its number comes from the counter. */
const UNLOCKED = `
ready AS MATERIALIZED (SELECT * FROM input)`;

/**
 * Numbers in the order of the requests, from one step of each counter; the case number is spelled out, `KIM-2026-000001`.
 * What most of the parts below look at stands first in a row, which they take apart from its beginning.
 */
const rows = (spelled: string) => `
wanted AS MATERIALIZED (
  SELECT office_id, number_name, number_year, count(*)::int AS n, array_agg(ord ORDER BY ord) AS ords FROM ready
  WHERE number_name IS NOT NULL GROUP BY 1, 2, 3
),
taken AS (
  INSERT INTO counters AS k (office_id, name, year, last_seq)
  SELECT office_id, number_name, number_year, n FROM wanted ORDER BY 1, 2, 3
  ON CONFLICT (office_id, name, year) DO UPDATE SET last_seq = k.last_seq + excluded.last_seq
  RETURNING office_id, name, year, last_seq
),
given AS (
  SELECT w.*, t.last_seq - w.n AS before FROM wanted w
  JOIN taken t ON t.office_id = w.office_id AND t.name = w.number_name AND t.year = w.number_year
),
rows AS MATERIALIZED (
  SELECT ord, office_id, case_id, data, earlier, notices, newcomers, number, letter, salt, opened_at, number_value, entry,
    sha256('\\x00'::bytea || convert_to(entry, 'UTF8')) AS hash, ${BEHIND}
  FROM (
    SELECT *, CASE WHEN number IS NULL THEN text ELSE text || number_value || tail END AS entry
    FROM (
      SELECT *, CASE WHEN number IS NULL THEN ''
        ELSE ${spelled}lpad(number::text, greatest(number_width, length(number::text)), '0') END AS number_value
      FROM (
        SELECT r.*, g.before + array_position(g.ords, r.ord) AS number FROM ready r LEFT JOIN given g
          ON g.office_id = r.office_id AND g.number_name = r.number_name AND g.number_year = r.number_year
      ) numbered OFFSET 0
    ) spelled OFFSET 0
  ) texts
)`;

const INSTANT = (column: string) => `to_timestamp(${column} / 1000.0)`;

/** Entries that share a row on their way to the log: below the size at which PostgreSQL would store it apart. */
const LEAVES_TOGETHER = 16;

/** Alarms that were due before the act, and notices: lists within a case, null where there are none, as almost always. */
const WRITTEN = `
earlier AS (
  INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, level, entry, hash)
  SELECT r.office_id, r.case_id, e.seq, ${INSTANT('e.at')}, e.event, e.actor_id, e.entry_visit, e.level, e.text,
    decode(e.hash, 'hex')
  FROM rows r, json_to_recordset(r.earlier) AS e(hash text, text text, ${ENTRY_FIELDS}) WHERE r.earlier IS NOT NULL
),
written AS (
  INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, level, entry, hash, request_key, request_hash)
  SELECT office_id, case_id, seq, ${INSTANT('at')}, event, actor_id, entry_visit, level, entry, hash, request_key,
    decode(request_hash, 'hex')
  FROM rows
),
arrived AS (
  INSERT INTO history_arrivals (leaves)
  SELECT string_agg(uuid_send(office_id) || uuid_send(case_id) || int4send(seq) || int8send(at::bigint) || hash, '' ORDER BY seq)
  FROM (
    SELECT ord, office_id, case_id, seq, at, hash FROM rows
    UNION ALL
    SELECT r.ord, r.office_id, r.case_id, e.seq, e.at, decode(e.hash, 'hex')
    FROM rows r, json_to_recordset(r.earlier) AS e(hash text, text text, ${ENTRY_FIELDS}) WHERE r.earlier IS NOT NULL
  ) leaf GROUP BY ord / ${LEAVES_TOGETHER}
),
took_part AS (
  INSERT INTO case_officers (office_id, account_id, opened_at, case_id)
  SELECT r.office_id, officer.id, ${INSTANT('r.opened_at')}, r.case_id
  FROM rows r, unnest(r.newcomers) AS officer(id) WHERE r.newcomers IS NOT NULL
  ON CONFLICT DO NOTHING
),
registered AS (
  INSERT INTO agenda_entries (office_id, book, year, seq, case_id, registered_at, letter)
  SELECT office_id, number_name, number_year, number, case_id, ${INSTANT('at')}, letter
  FROM rows WHERE number IS NOT NULL AND letter IS NOT NULL
),
told AS (
  INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at)
  SELECT r.office_id, gen_random_uuid(), r.case_id, r.entry_visit, n.kind, n.level, n.recipient_id, n.text_id, n.text_en,
    ${INSTANT('r.at')}
  FROM rows r, json_to_recordset(r.notices)
    AS n(kind text, level smallint, recipient_id uuid, text_id text, text_en text)
  WHERE r.notices IS NOT NULL
  ON CONFLICT DO NOTHING
)`;

const COLUMNS = `
  version, step_seq, visit, snapshot, state, step_no, desk_role, desk_account, last_hash,
  last_at, closed_at, calendar_version, visit_started_at, budget_minutes, used_ms, clock_started_at,
  due_at, breach_at, next_alarm_at, fired_level`;

const VALUES = `
  r.version, r.step_seq, r.visit, r.snapshot, r.state, r.step_no, r.desk_role, r.desk_account, r.hash,
  ${INSTANT('r.last_at')}, ${INSTANT('r.closed_at')}, r.calendar_version, ${INSTANT('r.visit_started_at')},
  r.budget_minutes, r.used_ms, ${INSTANT('r.clock_started_at')},
  ${INSTANT('r.due_at')}, ${INSTANT('r.breach_at')}, ${INSTANT('r.next_alarm_at')}, r.fired_level`;

const DESK = 'state, step_no, desk_role, desk_account, due_at, breach_at, next_alarm_at, fired_level, closed';

const DESK_VALUES = `
  r.state, r.step_no, r.desk_role, r.desk_account, ${INSTANT('r.due_at')}, ${INSTANT('r.breach_at')}, ${INSTANT('r.next_alarm_at')},
  r.fired_level, r.closed_at IS NOT NULL`;

const ANSWER = `
SELECT ord, encode(hash, 'hex') AS hash, number_value AS number FROM rows`;

/** Existing cases; free text is kept beside the history. */
export const APPEND = `
WITH ${INPUT}, ${LOCKED}, ${rows('')},
moved AS (
  UPDATE cases c SET (${COLUMNS}) = ROW(${VALUES})
  FROM rows r WHERE c.office_id = r.office_id AND c.id = r.case_id
),
searched AS (
  UPDATE case_desks d SET (${DESK}) = ROW(${DESK_VALUES})
  FROM rows r WHERE d.case_id = r.case_id AND d.office_id = r.office_id
),
apart AS (
  INSERT INTO case_payloads (office_id, case_id, seq, salt, data)
  SELECT office_id, case_id, seq, decode(salt, 'hex'), data FROM rows WHERE data IS NOT NULL
), ${WRITTEN}
${ANSWER}`;

/** New cases, with the applicant's data beside them. */
export const OPEN = `
WITH ${INPUT}, ${UNLOCKED}, ${rows(`number_name || '-' || number_year || '-' || `)},
created AS (
  INSERT INTO cases (office_id, id, case_no, service, machine_version, machine_hash, opened_at, ${COLUMNS})
  SELECT r.office_id, r.case_id, r.number_value, r.service, r.machine_version, r.machine_hash, ${INSTANT('r.opened_at')},
    ${VALUES}
  FROM rows r
),
searched AS (
  INSERT INTO case_desks (office_id, case_id, opened_at, ${DESK})
  SELECT r.office_id, r.case_id, ${INSTANT('r.opened_at')}, ${DESK_VALUES} FROM rows r
),
entered AS (
  INSERT INTO case_register (office_id, opened_at, case_id, case_no)
  SELECT office_id, ${INSTANT('opened_at')}, case_id, number_value FROM rows
),
applicants AS (
  INSERT INTO case_applicants (office_id, case_id, salt, data, search)
  SELECT office_id, case_id, decode(salt, 'hex'), data, search #>> '{}' FROM rows
), ${WRITTEN}
${ANSWER}`;
