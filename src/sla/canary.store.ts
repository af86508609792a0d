/** The canaries: an alarm and a job that nobody needs, so that their silence says that the bell is broken. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';

/** One that has not rung stays due: its lateness is what is wanted. */
const ARM = `
UPDATE canaries SET due_at = coalesce(due_at, alur_now() + interval '2 seconds') WHERE name = 'alarm'
RETURNING date_part('epoch', due_at) * 1000 AS at`;

const RING_ALARM = `
UPDATE canaries SET rung_at = alur_now(), late_ms = date_part('epoch', alur_now() - due_at) * 1000, due_at = NULL
WHERE name = 'alarm' AND due_at < (SELECT alur_now())`;

const RING_JOB = `UPDATE canaries SET rung_at = alur_now() WHERE name = 'job'`;

@Injectable()
export class CanaryStore {
  constructor(private readonly sql: Sql) {}

  /** The instant at which it is due. */
  async armAlarm(): Promise<number> {
    const [row] = await this.sql.run<{ at: number }>('canary-arm', ARM, []);
    return row?.at ?? 0;
  }

  /** In every drain, as any other alarm. */
  async ringAlarm(): Promise<void> {
    await this.sql.run('canary-alarm', RING_ALARM, []);
  }

  async ringJob(): Promise<void> {
    await this.sql.run('canary-job', RING_JOB, []);
  }
}
