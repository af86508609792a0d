/**
 * What this machine's PostgreSQL can do at most with one commit for each transition and no server in between: the same
 * kind of rows, one statement, `clients` connections in a closed loop.
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { summary, type Measured } from './load.js';

const TABLES = `
CREATE TABLE limit_cases (id uuid PRIMARY KEY, version int NOT NULL, snapshot text NOT NULL, next_alarm_at timestamptz);
CREATE INDEX ON limit_cases (next_alarm_at);
CREATE TABLE limit_history (case_id uuid, seq int, entry text NOT NULL, hash bytea NOT NULL, key text UNIQUE,
  PRIMARY KEY (case_id, seq));`;

/** Transitions of one case. */
export const STEPS = 9;

const STATEMENT = `
WITH moved AS (
  UPDATE limit_cases SET version = version + 1, next_alarm_at = now() WHERE id = $1 AND version = $2 RETURNING id
)
INSERT INTO limit_history SELECT id, $2 + 1, $3, sha256(convert_to($3, 'UTF8')), $4 FROM moved`;

/** The same for whatever waits, as one statement. */
export const SHARED_STEP = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i(id uuid, version int, entry text, key text)
),
moved AS (
  UPDATE limit_cases c SET version = c.version + 1, next_alarm_at = now() FROM input i
  WHERE c.id = i.id AND c.version = i.version RETURNING i.*
)
INSERT INTO limit_history SELECT id, version + 1, entry, sha256(convert_to(entry, 'UTF8')), key FROM moved
RETURNING case_id AS id`;

/** Runs `work` with the tables there, and an owner to ask; they are gone afterwards. */
export async function withLimitTables<T>(ownerUrl: string, work: () => Promise<T>): Promise<T> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(TABLES);
  try {
    return await work();
  } finally {
    await owner.query('DROP TABLE limit_cases, limit_history');
    await owner.end();
  }
}

/** Connections in a closed loop, each doing `turn` again and again; it says how long each transition took. */
export function closedLoop(
  ownerUrl: string,
  connections: number,
  seconds: number,
  turn: (connection: Client, times: number[], isOver: () => boolean) => Promise<void>,
): Promise<Measured> {
  return withLimitTables(ownerUrl, async () => {
    const times: number[] = [];
    const begun = performance.now();
    const isOver = () => performance.now() >= begun + seconds * 1000;
    const lane = async () => {
      const connection = new Client({ connectionString: ownerUrl });
      await connection.connect();
      while (!isOver()) await turn(connection, times, isOver);
      await connection.end();
    };
    await Promise.all(Array.from({ length: connections }, lane));
    return summary(times, (performance.now() - begun) / 1000);
  });
}

const ENTRY = 'x'.repeat(1000);

export function limit(ownerUrl: string, clients: number, seconds: number): Promise<Measured> {
  return closedLoop(ownerUrl, clients, seconds, async (connection, times, isOver) => {
    const id = randomUUID();
    await connection.query('INSERT INTO limit_cases VALUES ($1, 0, $2)', [id, ENTRY.slice(0, 400)]);
    for (let version = 0; version < STEPS && !isOver(); version++) {
      const at = performance.now();
      await connection.query({ name: 'step', text: STATEMENT, values: [id, version, ENTRY, `${id}-${version}`] });
      times.push(performance.now() - at);
    }
  });
}
