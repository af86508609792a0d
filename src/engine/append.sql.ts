/**
 * The one statement behind every change of a case. It takes any number of cases: each whose version still matches is
 * updated, gets its history rows, its number, its notices; the others are left alone and simply do not come back.
 *
 * Lock order, the same for everybody: cases by id, then counters by name. Hashes are made from the exact stored text.
 */

const INPUT = `
input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i(
    ord int, office_id uuid, case_id uuid, expected int, change json, earlier json, last json,
    request_key text, request_hash text, salt text, data text, notices json,
    number_name text, number_year int, number_width int, letter jsonb, opening json)
)`;

const LOCKED = `
locked AS MATERIALIZED (
  SELECT c.office_id, c.id FROM input i JOIN cases c ON c.office_id = i.office_id AND c.id = i.case_id
  WHERE c.version = i.expected ORDER BY c.office_id, c.id FOR NO KEY UPDATE OF c
),
ready AS MATERIALIZED (
  SELECT i.* FROM input i JOIN locked l ON l.office_id = i.office_id AND l.id = i.case_id
)`;

/** A new case has no row to lock: its id is new and its number comes from the counter. */
const UNLOCKED = `
ready AS MATERIALIZED (SELECT * FROM input)`;

const NUMBERED = `
wanted AS MATERIALIZED (
  SELECT office_id, number_name, number_year, count(*)::int AS n FROM ready
  WHERE number_name IS NOT NULL GROUP BY 1, 2, 3
),
taken AS (
  INSERT INTO counters AS k (office_id, name, year, last_seq)
  SELECT office_id, number_name, number_year, n FROM wanted ORDER BY 1, 2, 3
  ON CONFLICT (office_id, name, year) DO UPDATE SET last_seq = k.last_seq + excluded.last_seq
  RETURNING office_id, name, year, last_seq
),
numbered AS MATERIALIZED (
  SELECT r.*, t.last_seq - w.n + row_number() OVER (PARTITION BY r.office_id, r.number_name, r.number_year ORDER BY r.ord)
    AS number
  FROM ready r
  LEFT JOIN wanted w USING (office_id, number_name, number_year)
  LEFT JOIN taken t ON t.office_id = r.office_id AND t.name = r.number_name AND t.year = r.number_year
),
texts AS MATERIALIZED (
  SELECT n.*, l.seq, l.at, l.event, l.actor_id, l.visit, l.level,
    CASE WHEN number IS NULL THEN '' ELSE lpad(number::text, greatest(number_width, length(number::text)), '0') END
      AS number_text,
    l.text, l.tail
  FROM numbered n, json_to_record(n.last)
    AS l(seq int, at float8, event text, actor_id uuid, visit int, level smallint, text text, tail text)
),
hashed AS MATERIALIZED (
  SELECT t.*, CASE WHEN number IS NULL OR opening IS NULL THEN number_text
      ELSE number_name || '-' || number_year || '-' || number_text END AS number_value
  FROM texts t
),
rows AS MATERIALIZED (
  SELECT h.*, e.entry, sha256('\\x00'::bytea || convert_to(e.entry, 'UTF8')) AS hash
  FROM hashed h, LATERAL (SELECT h.text || h.number_value || h.tail AS entry) e
)`;

const WRITTEN = `
earlier AS (
  INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, level, entry, hash)
  SELECT r.office_id, r.case_id, e.seq, to_timestamp(e.at / 1000.0), e.event, NULL, e.visit, e.level, e.text,
    decode(e.hash, 'hex')
  FROM rows r, json_to_recordset(r.earlier)
    AS e(seq int, at float8, event text, visit int, level smallint, text text, hash text)
),
written AS (
  INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, level, entry, hash, request_key, request_hash)
  SELECT office_id, case_id, seq, to_timestamp(at / 1000.0), event, actor_id, visit, level, entry, hash, request_key,
    decode(request_hash, 'hex')
  FROM rows
),
apart AS (
  INSERT INTO case_payloads (office_id, case_id, seq, salt, data)
  SELECT office_id, case_id, seq, decode(salt, 'hex'), data FROM rows WHERE data IS NOT NULL AND opening IS NULL
),
registered AS (
  INSERT INTO agenda_entries (office_id, book, year, seq, case_id, registered_at, letter)
  SELECT office_id, number_name, number_year, number, case_id, to_timestamp(at / 1000.0), letter
  FROM rows WHERE number IS NOT NULL AND letter IS NOT NULL
),
told AS (
  INSERT INTO notices (office_id, id, case_id, visit, kind, level, recipient_id, text_id, text_en, created_at)
  SELECT r.office_id, gen_random_uuid(), r.case_id, r.visit, n.kind, n.level, n.recipient_id, n.text_id, n.text_en,
    to_timestamp(r.at / 1000.0)
  FROM rows r, json_to_recordset(r.notices)
    AS n(kind text, level smallint, recipient_id uuid, text_id text, text_en text)
  ON CONFLICT DO NOTHING
)`;

const CHANGE = `
json_to_record(r.change) AS x(
  version int, step_seq int, visit int, snapshot text, state text, step_no smallint, desk_role text, desk_account uuid,
  last_at float8, closed_at float8, calendar_version int, visit_started_at float8, budget_minutes int, used_ms bigint,
  clock_started_at float8, due_at float8, breach_at float8, next_alarm_at float8, fired_level smallint)`;

const VALUES = `
  x.version, x.step_seq, x.visit, x.snapshot, x.state, x.step_no, x.desk_role, x.desk_account, r.hash,
  to_timestamp(x.last_at / 1000.0), to_timestamp(x.closed_at / 1000.0), x.calendar_version,
  to_timestamp(x.visit_started_at / 1000.0), x.budget_minutes, x.used_ms, to_timestamp(x.clock_started_at / 1000.0),
  to_timestamp(x.due_at / 1000.0), to_timestamp(x.breach_at / 1000.0), to_timestamp(x.next_alarm_at / 1000.0),
  x.fired_level`;

const COLUMNS = `
  version, step_seq, visit, snapshot, state, step_no, desk_role, desk_account, last_hash,
  last_at, closed_at, calendar_version,
  visit_started_at, budget_minutes, used_ms, clock_started_at,
  due_at, breach_at, next_alarm_at, fired_level`;

const ANSWER = `
SELECT case_id AS "caseId", encode(hash, 'hex') AS hash, number_value AS number, entry FROM rows`;

/** Existing cases. */
export const APPEND = `
WITH ${INPUT}, ${LOCKED}, ${NUMBERED},
moved AS (
  UPDATE cases c SET (${COLUMNS}) = (SELECT ${VALUES} FROM ${CHANGE})
  FROM rows r WHERE c.office_id = r.office_id AND c.id = r.case_id
), ${WRITTEN}
${ANSWER}`;

/** New cases, with the applicant's data beside them. */
export const OPEN = `
WITH ${INPUT}, ${UNLOCKED}, ${NUMBERED},
created AS (
  INSERT INTO cases (office_id, id, case_no, service, machine_version, machine_hash, opened_at, ${COLUMNS})
  SELECT r.office_id, r.case_id, r.number_value, o.service, o.machine_version, o.machine_hash,
    to_timestamp(r.at / 1000.0), ${VALUES}
  FROM rows r, json_to_record(r.opening) AS o(service text, machine_version int, machine_hash text), ${CHANGE}
),
applicants AS (
  INSERT INTO case_applicants (office_id, case_id, salt, data, search)
  SELECT office_id, case_id, decode(salt, 'hex'), data, search
  FROM rows r, json_to_record(r.opening) AS o(search text)
), ${WRITTEN}
${ANSWER}`;
