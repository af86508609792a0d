/** Requests of the present minute, over all processes. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

export interface Counted {
  readonly keyHex: string;
  readonly requests: number;
  readonly secondsLeft: number;
}

/** Sorted, so that two processes never wait for each other crosswise. */
const ADD = `
INSERT INTO request_counts AS c (key, minute, requests)
SELECT key, floor(at / 60), requests
FROM unnest($1::bytea[], $2::int[]) AS t(key, requests), (SELECT date_part('epoch', alur_now()) AS at) AS now ORDER BY key
ON CONFLICT (key) DO UPDATE SET minute = excluded.minute,
  requests = CASE WHEN c.minute = excluded.minute THEN c.requests + excluded.requests ELSE excluded.requests END
RETURNING encode(key, 'hex') AS "keyHex", requests,
  60 - (date_part('epoch', alur_now())::numeric % 60)::float8 AS "secondsLeft"`;

@Injectable()
export class RequestCountStore {
  constructor(private readonly sql: Sql) {}

  /** Adds this process's requests and gives everybody's. */
  add(counts: ReadonlyMap<string, number>): Promise<Counted[]> {
    const keys = [...counts.keys()].map((hex) => Buffer.from(hex, 'hex'));
    return this.sql.run('request-counts', ADD, [keys, [...counts.values()]]);
  }
}
