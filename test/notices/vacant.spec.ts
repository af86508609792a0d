/** A breach whose roles nobody holds: the admins hear of it, and where there is none, it is counted. */
import { startApp, type TestApp } from '../support/app.js';

const MORNING = '2026-11-24T02:00:00Z';
const LATE = '2026-11-24T02:04:00Z';

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ environment: { SWEEP_SECONDS: '300' } });
  await server.database.setNow(MORNING);
});
afterEach(() => server.stop());

/** Nobody of the office holds any of these, from yesterday on. */
const vacate = (...roles: string[]) =>
  server.database.owner.query(
    `UPDATE role_grants g SET valid_until = '2026-11-23' FROM offices o
     WHERE o.id = g.office_id AND o.code = 'contoh' AND g.role = ANY($1)`,
    [roles],
  );
/** A step of the staff, which the section head hears of. */
async function breach(): Promise<void> {
  await server.http.open();
  await server.database.setNow(LATE);
  await server.drain();
}
const unheard = async () => {
  const text = await (await fetch(`${server.http.base}/metrics`)).text();
  return /^alur_alarms_unheard_total (\d+)$/m.exec(text)?.[1];
};

it('is told to the admin, who reads that the role is vacant', async () => {
  await vacate('kasi');
  await breach();
  const { body } = await server.http.get<{ items: { kind: string; text: string }[] }>('admin', '/notices');
  expect(body.items).toMatchObject([{ kind: 'SLA_BREACH' }]);
  expect(body.items[0]?.text).toMatch(
    /^Berkas .* Mohon tindak lanjut\. Jabatan Kepala Seksi.* kosong, sehingga tidak ada pejabat yang diberi tahu\./,
  );
  expect(await unheard()).toBe('0');
});

it('is counted where the office has not even an admin', async () => {
  await vacate('kasi', 'admin');
  await breach();
  const { rows } = await server.database.owner.query('SELECT event FROM history WHERE level = 100');
  expect(rows).toEqual([{ event: 'SLA_BREACHED' }]);
  expect((await server.database.owner.query('SELECT 1 FROM notices')).rowCount).toBe(0);
  expect(await unheard()).toBe('1');
});
