/** A worker that dies between sending and writing it down: the message comes again, under the same id, and none is lost. */
import { Client } from 'pg';
import { startApp, type TestApp } from '../../support/app.js';
import { addEndpoint, allStand, deliveries, LOOPBACK } from '../../support/deliveries.js';
import { eventually } from '../../support/eventually.js';
import { tell } from '../../support/notices.js';
import { Program } from '../../support/program.js';
import { answer, Receiver, type Behaviour } from '../../support/receiver.js';

const SOON = { ...LOOPBACK, SWEEP_SECONDS: '1' };

let api: TestApp;
let receiver: Receiver;
beforeEach(async () => {
  api = await startApp({ process: 'api', environment: SOON });
  receiver = await Receiver.open();
  await addEndpoint(api, receiver);
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

/** A worker as a process of its own, so that it can be killed as a machine would. */
async function startWorker(): Promise<Program> {
  const worker = new Program(['dist/scripts/serve.js'], {
    ...SOON,
    PROCESS: 'worker',
    PORT: '0',
    DATABASE_URL: api.database.appUrl,
    DATA_DIR: api.dataDir,
    DEMO: 'on',
    DEMO_PASSWORD: 'demo-password',
    LOG_LEVEL: 'warn',
  });
  await worker.ready();
  return worker;
}

/** Longer than any lease. */
const afterLease = () => api.database.setNow(new Date(Date.now() + 120_000));

it('killed with the answer in its hand, it is followed by another that sends again', async () => {
  const lock = new Client({ connectionString: api.database.superuserUrl });
  await lock.connect();
  let respond: (() => void) | undefined;
  receiver.behave = (response, request) => (respond = () => answer(200)(response, request));
  const worker = await startWorker();
  await tell(api.database.owner, await api.http.open(), 'kasi', ['Sekali saja']);
  await eventually('the message', () => respond);
  await lock.query('BEGIN');
  await lock.query('SELECT 1 FROM deliveries FOR UPDATE');
  respond?.();
  // The worker has the 200 and waits for the row.
  await eventually('the worker at the lock', async () => {
    const { rowCount } = await api.database.owner.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND query LIKE '%UPDATE deliveries SET status = ''sent''%'`,
    );
    return rowCount === 1;
  });
  await worker.stop('SIGKILL');
  // Its statement dies with it: the server must not carry it out for nobody.
  await lock.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  await lock.query('ROLLBACK');
  await lock.end();
  expect(await deliveries(api.database)).toMatchObject([{ status: 'pending', attempts: 1 }]);

  receiver.behave = answer(200);
  const second = await startApp({ beside: api, process: 'worker', environment: SOON });
  await afterLease();
  await eventually('the second try', () => receiver.received.length >= 2);
  await allStand(api.database, { sent: 1 });
  const [first, again] = receiver.received;
  expect([receiver.received.length, again!.id, again!.body]).toEqual([2, first!.id, first!.body]);
  await second.stop();
}, 120_000);

it('killed under load, it loses none, and doubles only what it had in hand', async () => {
  const NOTICES = 300;
  /** As many as one lane has under way. */
  const IN_HAND = 4;
  const slow: Behaviour = (response, request) => {
    setTimeout(() => answer(200)(response, request), 20);
  };
  receiver.behave = slow;
  const worker = await startWorker();
  const texts = Array.from({ length: NOTICES }, (_, index) => `Pemberitahuan ${index}`);
  await tell(api.database.owner, await api.http.open(), 'kasi', texts);
  await eventually('a third of them', () => receiver.received.length >= NOTICES / 3, 60_000);
  await worker.stop('SIGKILL');
  const second = await startApp({ beside: api, process: 'worker', environment: SOON });
  await afterLease();
  await allStand(api.database, { sent: NOTICES }, 60_000);
  const { ids } = receiver;
  expect(new Set(ids).size).toBe(NOTICES);
  expect(ids.length - NOTICES).toBeLessThanOrEqual(IN_HAND);
  process.stdout.write(`worker killed under load: LOST 0 of n = ${NOTICES}, sent twice ${ids.length - NOTICES}\n`);
  await second.stop();
}, 180_000);
