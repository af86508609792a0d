/** Many cases at once: each statement takes a whole chunk one entry further, as the engine would have, one by one. */

export interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly total: number;
  /** Added to a case's place, it gives its case number. */
  readonly numbersFrom: number;
  readonly year: number;
}

/** `$1` prefix of case numbers, `$2` anything that makes the ids of this run its own. Opened over a year, due over a month. */
export const chunkSql = ({ first, last, total, numbersFrom, year }: Chunk) => `
CREATE TEMP TABLE chunk AS
WITH placed AS (
  SELECT g AS ord, alur_now() - interval '1 hour' - interval '365 days' * ((${total} - g)::float8 / ${total}) AS opened_at,
    -- Nine in ten lie at the last three steps: eight entries on average.
    CASE WHEN r < 0.45 THEN 9 WHEN r < 0.80 THEN 8 WHEN r < 0.90 THEN 7 ELSE 1 + floor(r * 1e6)::int % 6 END AS len,
    date_trunc('milliseconds', alur_now() + interval '10 minutes' + interval '30 days' * random()) AS due_at
  FROM (SELECT g, random() AS r FROM generate_series(${first}, ${last}) g) one
),
named AS (
  SELECT *, lpad(to_hex((extract(epoch FROM opened_at) * 1000)::bigint), 12, '0') AS t, md5(ord::text || $2) AS m FROM placed
)
SELECT ord, len, due_at, date_trunc('milliseconds', opened_at) AS opened_at,
  (substr(t, 1, 8) || '-' || substr(t, 9, 4) || '-7' || substr(m, 1, 3) || '-8' || substr(m, 4, 3) || '-' || substr(m, 7, 12))::uuid
    AS id,
  $1 || '-${year}-' || lpad((${numbersFrom} + ord)::text, greatest(6, length((${numbersFrom} + ord)::text)), '0') AS case_no,
  decode(m, 'hex') AS salt,
  json_build_object('name', 'Pemohon ' || ord, 'kim', 'KIM Contoh ' || ord % 211, 'village', 'Desa Contoh ' || ord % 198,
    'purpose', 'Publikasi berita ' || substr(m, 1, 6))::text AS data,
  NULL::text AS entry, decode(repeat('00', 32), 'hex') AS hash, NULL::bigint AS agenda
FROM named`;

/** `template`: the steps of seed-template.ts, in `$1`. */
export const TEMPLATE = `
CREATE TEMP TABLE template AS
SELECT * FROM json_to_recordset($1::json) AS t(
  seq int, event text, "actorId" uuid, visit int, text text, "numberName" text, letter jsonb, salt text, data text,
  "dueAfterMs" float8, "breachAfterMs" float8, "alarmAfterMs" float8, change json)`;

const iso = (instant: string) => `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const AT = `(c.opened_at + (t.seq - 1) * interval '1 minute')`;
/** The last entry's due time is the one the case waits for. */
const DUE = `CASE WHEN t.seq = c.len THEN c.due_at ELSE ${AT} + t."dueAfterMs" * interval '1 millisecond' END`;

/** `$1`: how many numbers of the book this chunk's cases before it have taken. */
export const NUMBERS = `
UPDATE chunk c SET agenda = $1 + n.place
FROM (SELECT ord, row_number() OVER (ORDER BY ord) AS place FROM chunk WHERE len >= $2) n WHERE n.ord = c.ord`;

export const WRITE_ENTRY = `
UPDATE chunk c SET entry = x.entry, hash = sha256('\\x00'::bytea || convert_to(x.entry, 'UTF8'))
FROM (
  SELECT c.ord, replace(replace(replace(replace(replace(replace(t.text,
    '{case}', c.id::text), '{prev}', encode(c.hash, 'hex')), '{at}', ${iso(AT)}), '{due}', ${iso(`(${DUE})`)}),
    '{number}', CASE WHEN t.seq = 1 THEN c.case_no ELSE coalesce(c.agenda::text, '') END),
    '{commitment}', encode(sha256(c.salt || convert_to(c.data, 'UTF8')), 'hex')) AS entry
  FROM chunk c JOIN template t ON t.seq = $1 WHERE c.len >= $1
) x WHERE x.ord = c.ord`;

export const WRITE_HISTORY = `
INSERT INTO history (office_id, case_id, seq, at, event, actor_id, visit, entry, hash)
SELECT $2::uuid, c.id, t.seq, ${AT}, t.event, t."actorId", t.visit, c.entry, c.hash
FROM chunk c JOIN template t ON t.seq = $1 WHERE c.len >= $1 ORDER BY c.ord`;

/** On their way to the log; the engine writes the same. */
export const WRITE_ARRIVALS = `
INSERT INTO history_arrivals (leaves)
SELECT string_agg(uuid_send($2::uuid) || uuid_send(c.id) || int4send(t.seq)
  || int8send(round(extract(epoch FROM ${AT}) * 1000)::bigint) || c.hash, '' ORDER BY c.ord)
FROM chunk c JOIN template t ON t.seq = $1 WHERE c.len >= $1 GROUP BY c.ord / 16 ORDER BY c.ord / 16`;

export const WRITE_APART = `
INSERT INTO case_payloads (office_id, case_id, seq, salt, data)
SELECT $2::uuid, c.id, t.seq, decode(t.salt, 'hex'), t.data
FROM chunk c JOIN template t ON t.seq = $1 AND t.data IS NOT NULL WHERE c.len >= $1 ORDER BY c.ord`;

export const WRITE_AGENDA = `
INSERT INTO agenda_entries (office_id, book, year, seq, case_id, registered_at, letter)
SELECT $2::uuid, t."numberName", $3::int, c.agenda, c.id, ${AT}, t.letter
FROM chunk c JOIN template t ON t.seq = $1 AND t.letter IS NOT NULL WHERE c.len >= $1 ORDER BY c.ord`;

export const WRITE_OFFICERS = `
INSERT INTO case_officers (office_id, account_id, opened_at, case_id)
SELECT $2::uuid, officer.id, c.opened_at, c.id
FROM chunk c JOIN template t ON t.seq = $1,
  unnest(ARRAY[t."actorId", (t.change->>'deskAccount')::uuid]) AS officer(id)
WHERE c.len >= $1 AND officer.id IS NOT NULL ORDER BY 2, 3 ON CONFLICT DO NOTHING`;

const LAST = `
FROM chunk c JOIN template t ON t.seq = c.len,
  json_to_record(t.change) AS x(version int, "stepSeq" int, visit int, snapshot text, state text, "stepNo" smallint,
    "deskRole" text, "deskAccount" uuid, "calendarVersion" int, "budgetMinutes" int, "usedMs" bigint),
  LATERAL (SELECT c.due_at + t."breachAfterMs" * interval '1 millisecond' AS breach_at,
    c.due_at + t."alarmAfterMs" * interval '1 millisecond' AS alarm_at) clock
ORDER BY c.ord`;

/** The cases as they stand after their last entry. `$1` office, `$2` service, `$3` machine version, `$4` its hash. */
export const WRITE_CASES = [
  `INSERT INTO cases (office_id, id, case_no, service, machine_version, machine_hash, version, step_seq, visit, snapshot,
    state, step_no, desk_role, desk_account, last_hash, last_at, opened_at, calendar_version, visit_started_at,
    budget_minutes, used_ms, clock_started_at, due_at, breach_at, next_alarm_at, fired_level)
  SELECT $1::uuid, c.id, c.case_no, $2, $3::int, $4, x.version, x."stepSeq", x.visit, x.snapshot, x.state, x."stepNo",
    x."deskRole", x."deskAccount", c.hash, ${AT}, c.opened_at, x."calendarVersion", ${AT}, x."budgetMinutes", x."usedMs",
    ${AT}, c.due_at, clock.breach_at, clock.alarm_at, 0 ${LAST}`,
  `INSERT INTO case_desks (office_id, case_id, opened_at, state, step_no, desk_role, desk_account, due_at, breach_at,
    next_alarm_at, fired_level, closed)
  SELECT $1::uuid, c.id, c.opened_at, x.state, x."stepNo", x."deskRole", x."deskAccount", c.due_at, clock.breach_at,
    clock.alarm_at, 0, false ${LAST}`,
  `INSERT INTO case_register (office_id, opened_at, case_id, case_no)
  SELECT $1::uuid, opened_at, id, case_no FROM chunk ORDER BY ord`,
  `INSERT INTO case_applicants (office_id, case_id, salt, data, search)
  SELECT $1::uuid, id, salt, data, lower(concat_ws(' ', data::json->>'name', data::json->>'kim', data::json->>'village',
    data::json->>'purpose')) FROM chunk ORDER BY ord`,
] as const;
