/** Who waits and who does not: the board while its count hangs, reports while the history is shut. */
import { Client } from 'pg';
import { Sql } from '../../src/db/sql.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually, inTime } from '../support/eventually.js';

interface Board {
  readonly asOf: string;
  readonly open: number;
}
const REPORT = '/reports/sla?from=2026-01&to=2026-12';
/** Far less than a statement may take, far more than an answer does. */
const AT_ONCE_MS = 5000;

let server: TestApp;
let other: Client;
beforeAll(async () => {
  server = await startApp({ process: 'api', environment: { REPORT_SECONDS: '1', DATABASE_POOL: '4' } });
  other = new Client({ connectionString: server.database.superuserUrl });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await server.stop();
});

const board = async (office: 1 | 2 = 1) => {
  const { status, body } = await server.http.inOffice(office).get<Board>('kasi', '/kasi/board');
  expect(status).toBe(200);
  return body;
};
/** Statements of the program that wait for the table and hold these words. */
const waitingFor = async (table: string, words = '') => {
  const { rows } = await other.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
     JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE NOT l.granted AND l.relation = $1::regclass AND a.query LIKE '%' || $2 || '%'`,
    [table, words],
  );
  return rows[0]?.n ?? 0;
};

/** Shuts a table to everybody while `work` goes on. */
async function shut<T>(table: string, work: () => Promise<T>): Promise<T> {
  const { owner } = server.database;
  await owner.query('BEGIN');
  try {
    await owner.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return await work();
  } finally {
    await owner.query('ROLLBACK');
  }
}

describe('the board', () => {
  it('answers everybody at once while one refresh hangs, with figures that say their age', async () => {
    await server.http.open();
    const first = await board();
    expect(first.open).toBe(1);
    await shut('case_desks', async () => {
      await eventually('a refresh that hangs', async () => {
        await board();
        return (await waitingFor('case_desks')) > 0;
      });
      const begun = performance.now();
      const answers = await Promise.all(Array.from({ length: 30 }, () => board()));
      inTime('thirty boards', performance.now() - begun, AT_ONCE_MS);
      expect(new Set(answers.map(({ asOf }) => asOf))).toEqual(new Set([first.asOf]));
      expect(await waitingFor('case_desks')).toBe(1);
    });
    await eventually('newer figures', async () => (await board()).asOf > first.asOf);
  }, 40_000);

  it('has every case that was open before its instant', async () => {
    for (let n = 0; n < 2; n++) {
      await server.http.open();
      const { rows } = await other.query<{ now: Date; open: number }>(
        `SELECT alur_now() AS now, count(*)::int AS open FROM case_desks WHERE NOT closed`,
      );
      const [{ now, open } = { now: new Date(), open: 0 }] = rows;
      const fresh = await eventually('newer figures', async () => {
        const answer = await board();
        return Date.parse(answer.asOf) >= now.getTime() && answer;
      });
      expect(fresh.open).toBe(open);
    }
  }, 60_000);

  it('never says a later instant than that of its oldest figure', async () => {
    const before = await board();
    let changedAt = '';
    await shut('history', async () => {
      // The desks have been counted, and today's visits are waited for.
      await eventually('a refresh that hangs', async () => {
        await board();
        return (await waitingFor('history')) > 0;
      });
      const { rows } = await other.query<{ at: Date }>(
        `UPDATE case_desks SET closed = true WHERE case_id = (SELECT min(case_id::text)::uuid FROM case_desks)
         RETURNING alur_now() AS at`,
      );
      changedAt = rows[0]?.at.toISOString() ?? '';
    });
    const next = await eventually('newer figures', async () => {
      const answer = await board();
      return answer.asOf > before.asOf && answer;
    });
    expect(next.open).toBe(before.open);
    expect(next.asOf < changedAt).toBe(true);
  }, 40_000);
});

describe('a report', () => {
  it('that takes too long is stopped, and says so', async () => {
    await shut('history', async () => {
      const { status, body } = await server.http.get<{ code: string; params: object }>('kadin', REPORT);
      expect([status, body]).toMatchObject([422, { code: 'REPORT_TOO_LARGE', params: { limitSeconds: 1 } }]);
    });
    expect((await server.http.get('kadin', REPORT)).status).toBe(200);
  }, 30_000);

  it('takes one connection, however many are asked for, and too many are turned away', async () => {
    await shut('history', async () => {
      const asked = Array.from({ length: 14 }, () => server.http.get('kadin', REPORT));
      await eventually('a report that hangs', async () => (await waitingFor('history', 'WITH act AS')) > 0);
      // Whoever is turned away came when all the others had been let in.
      const turnedAway = await Promise.any(
        asked.map(async (one) => {
          const reply = await one;
          return reply.status === 429 ? reply : Promise.reject(new Error('let in'));
        }),
      );
      expect(turnedAway.headers.get('retry-after')).toBe('10');
      for (let n = 0; n < 5; n++) {
        expect((await server.http.get('kadin', '/cases')).status).toBe(200);
        expect(await waitingFor('history', 'WITH act AS')).toBeLessThan(2);
      }
      await server.database.owner.query('ROLLBACK');
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    });
  }, 40_000);

  it('leaves its connection as it was', async () => {
    expect((await server.http.get('kadin', REPORT)).status).toBe(200);
    const sql = server.app.get(Sql, { strict: false });
    const settings = await Promise.all(
      Array.from({ length: 8 }, () =>
        sql.run<{ scan: string; limit: string; only: string }>(
          null,
          `SELECT current_setting('enable_seqscan') AS scan, current_setting('statement_timeout') AS limit,
             current_setting('transaction_read_only') AS only`,
          [],
        ),
      ),
    );
    for (const [row] of settings) expect(row).toEqual({ scan: 'off', limit: '7s', only: 'off' });
  });
});
