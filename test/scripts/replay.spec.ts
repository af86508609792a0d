/** npm run replay, as a process: what it prints and how it ends. What it finds is tested in test/engine/replay.spec.ts. */
import { startApp, type TestApp } from '../support/app.js';
import { runScript } from '../support/command.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

const replay = () => runScript('replay', { DATABASE_URL: server.database.appUrl });

describe('npm run replay', () => {
  it('counts cases and events, and ends well when all agree', async () => {
    await server.http.driveTo('archived');
    await server.http.open();
    expect(await replay()).toEqual({ code: 0, out: 'replay: 2 cases, 11 events, 0 differences\n', err: '' });
  });

  it('names the case that differs, and fails', async () => {
    const { id, caseNo } = await server.http.driveTo('followUp');
    await server.database.owner.query("UPDATE cases SET state = 'serviceDelivery' WHERE id = $1", [id]);
    const { code, out } = await replay();
    expect(code).toBe(1);
    expect(out).toContain(`DIFFERS ${caseNo} (${id}): state is serviceDelivery, replay gives followUp`);
    expect(out).toContain('replay: 3 cases, 17 events, 1 difference\n');
  });

  it.each([
    ['there is no installation', { DATA_DIR: 'no-such-folder' }, 'There is no installation under'],
    ['the database is away', { DATABASE_URL: 'postgres://a@127.0.0.1:1/b' }, 'Cannot reach the database'],
  ])('says in one line that it cannot check where %s', async (_what, environment, why) => {
    const { code, out, err } = await runScript('replay', environment);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^replay: .*\n$/);
    expect(err).toContain(why);
  });
});
