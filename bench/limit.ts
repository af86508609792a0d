/**
 * What this machine's PostgreSQL can do at most with one commit for each transition and no server in between: the same
 * kind of rows, one statement, `clients` connections in a closed loop.
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { summary, type Measured } from './load.js';

export const LIMIT_TABLES = `
CREATE TABLE limit_cases (id uuid PRIMARY KEY, version int NOT NULL, snapshot text NOT NULL, next_alarm_at timestamptz);
CREATE INDEX ON limit_cases (next_alarm_at);
CREATE TABLE limit_history (case_id uuid, seq int, entry text NOT NULL, hash bytea NOT NULL, key text UNIQUE,
  PRIMARY KEY (case_id, seq));`;

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

export async function limit(ownerUrl: string, clients: number, seconds: number): Promise<Measured> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(LIMIT_TABLES);
  const entry = 'x'.repeat(1000);
  const times: number[] = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const client = async () => {
    const connection = new Client({ connectionString: ownerUrl });
    await connection.connect();
    while (performance.now() < until) {
      const id = randomUUID();
      await connection.query('INSERT INTO limit_cases VALUES ($1, 0, $2)', [id, entry.slice(0, 400)]);
      for (let version = 0; version < 9 && performance.now() < until; version++) {
        const at = performance.now();
        await connection.query({ name: 'step', text: STATEMENT, values: [id, version, entry, `${id}-${version}`] });
        times.push(performance.now() - at);
      }
    }
    await connection.end();
  };
  await Promise.all(Array.from({ length: clients }, client));
  await owner.query('DROP TABLE limit_cases, limit_history');
  await owner.end();
  return summary(times, (performance.now() - begun) / 1000);
}
