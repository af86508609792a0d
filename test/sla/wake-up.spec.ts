/** Each of the two that wake the drain does so alone: the other is five minutes away, or has nothing to call for. */
import { firedCounts } from '../support/alarms.js';
import type { TestApp } from '../support/app.js';
import { onEachBackend } from '../support/backends.js';
import { eventually } from '../support/eventually.js';

/** So far ahead of any queue's clock that nobody calls for it. */
const FAR = Date.parse('2036-11-24T02:00:00Z');
const STEP_MS = 181_000;

onEachBackend('waking up', (backend) => {
  let api: TestApp;
  beforeAll(async () => {
    api = await backend().start({ process: 'api' });
  });
  afterAll(() => api.stop());

  const delayed = async () => {
    const text = await (await fetch(`${api.http.base}/metrics`)).text();
    return Number(/^alur_queue_delayed (\S+)$/m.exec(text)?.[1]);
  };
  const withWorker = async (sweepSeconds: string, work: () => Promise<void>) => {
    const environment = { SWEEP_SECONDS: sweepSeconds };
    const worker = await backend().start({ beside: api, process: 'worker', environment });
    try {
      await work();
    } finally {
      await worker.stop();
    }
  };
  const firedOnce = (id: string) =>
    eventually('the breach', async () => (await firedCounts(api.database, [id], 100)).entries[1] === 1);

  it('an act that arms an alarm calls for it, with no worker there to do it', async () => {
    await backend().loseJobs(api);
    expect(await delayed()).toBe(0);
    await api.http.inOffice(2).open();
    await eventually('a call in the queue', async () => (await delayed()) > 0);
  });

  it('a worker that starts calls for what is near, though the queue has lost it', async () => {
    await api.http.inOffice(2).open();
    await backend().loseJobs(api);
    await withWorker('300', () =>
      eventually('a call in the queue', async () => (await delayed()) > 0).then(() => undefined),
    );
  });

  it('the call alone brings the alarm', async () => {
    await withWorker('300', async () => {
      const { id } = await api.http.inOffice(2).open();
      await firedOnce(id);
    });
  });

  it('the sweep alone brings the alarm', async () => {
    await api.database.setNow(new Date(FAR));
    const { id } = await api.http.open();
    await backend().loseJobs(api);
    await withWorker('1', async () => {
      await api.database.setNow(new Date(FAR + STEP_MS));
      await firedOnce(id);
    });
  });
});
