/**
 * One query for each kind of finding; each gives `case_id`, `seq`, `at`, `actor_id` and `detail`, the newest first, and how
 * many there are. `$1` the office, `$2` and `$3` the period, `$4` the most rows, `$5` a parameter of the kind's own.
 */
import type { Kind } from './findings.types.js';

/**
 * Acts of people; the system's own entries have no actor. `OFFSET 0`: each text is read once. A text that is no entry is null
 * (`alur_entry`), and a finding of its own.
 */
const ACTS = `
act AS MATERIALIZED (
  SELECT h.case_id, h.seq, h.at, h.event, h.actor_id, h.visit, e.j
  FROM history h CROSS JOIN LATERAL (SELECT alur_entry(h.entry) AS j OFFSET 0) e
  WHERE h.office_id = $1 AND h.actor_id IS NOT NULL AND h.at >= $2 AND h.at < $3)`;

const NO_CASE = 'NULL::uuid AS case_id, NULL::int AS seq';

/** No grant of the role, or no order to act, was in force. What is known of people is at most five seconds old. */
const OUTSIDE_AUTHORITY = `${ACTS},
found AS (
  SELECT case_id, seq, at, actor_id, jsonb_build_object('event', event, 'role', j->'actor'->>'role',
    'letterNumber', j->'actor'->>'letterNumber') AS detail
  FROM act WHERE j IS NOT NULL AND NOT EXISTS (SELECT 1 FROM role_grants g
    WHERE g.office_id = $1 AND g.account_id = act.actor_id AND g.role = act.j->'actor'->>'role'
      AND g.acting_for IS NOT DISTINCT FROM (act.j->'actor'->>'actingFor')::uuid
      AND g.valid_from <= act.at AND act.at < g.valid_until + interval '5 seconds'))`;

const TWO_ROLES = `${ACTS},
found AS (
  SELECT case_id, max(seq) AS seq, max(at) AS at, actor_id,
    jsonb_build_object('roles', jsonb_agg(DISTINCT j->'actor'->>'role')) AS detail
  FROM act WHERE j IS NOT NULL GROUP BY case_id, actor_id HAVING count(DISTINCT j->'actor'->>'role') > 1)`;

/** Numbers of a book that nobody has, up to the last one given out; judged by when the next one was registered. */
const AGENDA_GAP = `
listed AS (
  SELECT book, year, seq, registered_at, lag(seq, 1, 0) OVER (PARTITION BY book, year ORDER BY seq) AS before
  FROM agenda_entries WHERE office_id = $1),
ends AS (
  SELECT c.name, c.year, c.last_seq, coalesce(max(a.seq), 0) AS top, coalesce(max(a.registered_at), $2) AS registered_at
  FROM counters c LEFT JOIN agenda_entries a ON a.office_id = c.office_id AND a.book = c.name AND a.year = c.year
  WHERE c.office_id = $1 AND c.name IN ('incoming', 'outgoing') GROUP BY c.name, c.year, c.last_seq),
gap AS (
  SELECT book, year, before + 1 AS first, seq - 1 AS last, registered_at AS at FROM listed WHERE seq > before + 1
  UNION ALL SELECT name, year, top + 1, last_seq, registered_at FROM ends WHERE last_seq > top),
found AS (
  SELECT ${NO_CASE}, at, NULL::uuid AS actor_id,
    jsonb_build_object('book', book, 'year', year, 'first', first, 'last', last) AS detail
  FROM gap WHERE at >= $2 AND at < $3)`;

/** A number whose case came to nothing: void by the act that ended it, which states its reason; it is never given again. */
const AGENDA_VOID = `
found AS (
  SELECT h.case_id, h.seq, h.at, h.actor_id,
    jsonb_build_object('book', a.book, 'year', a.year, 'number', a.seq, 'event', h.event) AS detail
  FROM history h JOIN agenda_entries a ON a.office_id = h.office_id AND a.case_id = h.case_id
  WHERE h.office_id = $1 AND h.at >= $2 AND h.at < $3 AND h.event IN ('WITHDRAW', 'CANCEL', 'REJECT'))`;

/**
 * A letter that bears a later date than the day it was entered, by the office's own zone. Compared as text, since people may
 * write a year 0, which PostgreSQL's dates have not.
 */
const DATED_LATER = `
found AS (
  SELECT a.case_id, NULL::int AS seq, a.registered_at AS at, NULL::uuid AS actor_id,
    jsonb_build_object('book', a.book, 'year', a.year, 'number', a.seq, 'date', a.letter->>'date') AS detail
  FROM agenda_entries a JOIN offices o ON o.id = a.office_id
  JOIN calendars c ON c.office_id = o.id AND c.version = o.calendar_version
  WHERE a.office_id = $1 AND a.registered_at >= $2 AND a.registered_at < $3
    AND (a.letter->>'date') COLLATE "C" > to_char(a.registered_at AT TIME ZONE (c.data->>'zone'), 'YYYY-MM-DD'))`;

/**
 * A hold or a return that began in the period: until the next act that moves the case, or until now. Longer than `$5` days
 * where they are given, else than its reason allows by `$6`, or `$7` where it says nothing of it.
 */
const LONG_PAUSE = `${ACTS},
pause AS (
  SELECT act.*, (SELECT min(n.at) FROM history n WHERE n.office_id = $1 AND n.case_id = act.case_id AND n.seq > act.seq
    AND n.event IN ('RESUME', 'RESUBMIT', 'WITHDRAW', 'CANCEL', 'REJECT')) AS ended_at
  FROM act WHERE event IN ('HOLD', 'RETURN_INCOMPLETE')),
judged AS (
  SELECT *, coalesce($5::int, ($6::jsonb->>coalesce(j->'facts'->>'cause', event))::int, $7::int) AS allowed FROM pause),
found AS (
  SELECT case_id, seq, at, actor_id, jsonb_build_object('event', event, 'cause', j->'facts'->>'cause',
    'endedAt', ended_at, 'days', floor(extract(epoch FROM coalesce(ended_at, alur_now()) - at) / 86400),
    'allowedDays', allowed) AS detail
  FROM judged WHERE coalesce(ended_at, alur_now()) - at > make_interval(days => allowed))`;

/** A step of one case that was visited more than once. */
const REOPENED = `${ACTS},
visits AS (
  SELECT case_id, (j->'visit'->>'stepNo')::int AS step, max(seq) AS seq, max(at) AS at, count(DISTINCT visit) AS visits
  FROM act WHERE jsonb_typeof(j->'visit') = 'object' GROUP BY 1, 2),
found AS (
  SELECT case_id, seq, at, NULL::uuid AS actor_id, jsonb_build_object('stepNo', step, 'visits', visits) AS detail
  FROM visits WHERE step IS NOT NULL AND visits > 1)`;

/** Whoever ends steps within the last working second of their standard time, three times or more. */
const LAST_SECOND = `${ACTS},
close_call AS (
  SELECT actor_id, case_id, seq, at FROM act
  WHERE j->'visit'->>'verdict' = 'ON_TIME' AND (j->'visit'->>'budgetMs')::numeric - (j->'visit'->>'usedMs')::numeric
    < (j->'visit'->>'budgetMs')::numeric / nullif((j->'visit'->>'budgetMinutes')::numeric, 0) / 60),
found AS (
  SELECT ${NO_CASE}, max(at) AS at, actor_id, jsonb_build_object('times', count(*)) AS detail
  FROM close_call GROUP BY actor_id HAVING count(*) >= 3)`;

/** The calendar an act was judged by; between steps, the one the office went by then: a later change changes no finding. */
const CALENDAR = `coalesce((j->'visit'->>'calendar')::int,
  (SELECT max(version) FROM calendars k WHERE k.office_id = $1 AND k.created_at <= at),
  (SELECT min(version) FROM calendars k WHERE k.office_id = $1))`;

/** Minutes in which somebody acted: an office opens and closes on the minute, so one look at each is enough. */
export const MINUTES = `WITH ${ACTS}
SELECT date_trunc('minute', at) AS minute, ${CALENDAR} AS calendar
FROM act GROUP BY 1, 2`;

/** Acts in minutes that were found to be outside hours, `$6` with the calendar of each in `$7`. */
const OUTSIDE_HOURS = `${ACTS},
found AS (
  SELECT case_id, seq, at, actor_id, jsonb_build_object('event', event) AS detail FROM act
  WHERE (date_trunc('minute', at), ${CALENDAR}) IN (SELECT * FROM unnest($6::timestamptz[], $7::int[])))`;

/** The stored text is no entry: somebody with power over the database changed it. */
const UNREADABLE = `
found AS (
  SELECT case_id, seq, at, actor_id, jsonb_build_object('event', event, 'hash', encode(hash, 'hex')) AS detail
  FROM history WHERE office_id = $1 AND at >= $2 AND at < $3 AND alur_entry(entry) IS NULL)`;

const PARTS: Readonly<Record<Kind, string>> = {
  OUTSIDE_AUTHORITY,
  TWO_ROLES,
  OUTSIDE_HOURS,
  AGENDA_GAP,
  AGENDA_VOID,
  DATED_LATER,
  LONG_PAUSE,
  REOPENED,
  LAST_SECOND,
  UNREADABLE,
};

/** The whole statement; `$5` is always given, whether the kind asks for it or not. */
export function findingsText(kind: Kind): string {
  return `WITH ${PARTS[kind]}
SELECT f.case_id AS "caseId", c.case_no AS "caseNo", f.seq, f.at, a.login AS actor, f.detail,
  (count(*) OVER ())::int AS count, $5::int AS parameter, $2::timestamptz AS since, $3::timestamptz AS until
FROM found f LEFT JOIN cases c ON c.office_id = $1 AND c.id = f.case_id
LEFT JOIN accounts a ON a.office_id = $1 AND a.id = f.actor_id
ORDER BY f.at DESC, f.case_id, f.seq LIMIT $4`;
}
