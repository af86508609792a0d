/** npm run admin, as somebody runs it on a new installation: an office, its first account, a password that was lost. */
import { join } from 'node:path';
import { startApp, type TestApp } from '../support/app.js';
import { Program } from '../support/program.js';
import { postAuth, signInAs } from '../support/sign-in.js';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

async function admin(...args: string[]) {
  const program = new Program([join('scripts', 'run.mjs'), 'admin', ...args], { DATABASE_URL: server.database.appUrl });
  const code = await program.ended();
  return { code, out: program.out, err: program.err };
}
const passwordIn = (out: string) => /: (\S{16})$/m.exec(out)?.[1] ?? '';

it('makes an office and its first account, which then does the rest', async () => {
  const office = ['--code', 'baru', '--name', 'Dinas Baru', '--unit-code', '427.99', '--classification', '800'];
  expect(await admin('create-office', ...office)).toMatchObject({ code: 0 });
  expect(await admin('create-office', ...office)).toMatchObject({
    code: 1,
    err: expect.stringContaining('already') as string,
  });
  const person = ['--office', 'baru', '--login', 'pengelola', '--name', 'Pengelola', '--role', 'admin'];
  const made = await admin('create-account', ...person);
  expect(made).toMatchObject({ code: 0, err: '' });
  const change = {
    account: 'pengelola',
    password: passwordIn(made.out),
    newPassword: 'two herons over the rice field',
  };
  const { body } = await postAuth(server.http.base, 'password', change);
  const log = await fetch(`${server.http.base}/api/v1/admin/log`, {
    headers: { authorization: `Bearer ${body.accessToken}` },
  });
  const { items } = (await log.json()) as { items: { action: string; actor: null }[] };
  // The account and its role are of one transaction, and may be of one millisecond.
  expect(items.map(({ action, actor }) => [action, actor]).sort()).toEqual([
    ['create-office', null],
    ['create-officer', null],
    ['grant-role', null],
  ]);

  const reset = await admin('reset-password', '--office', 'baru', '--login', 'pengelola');
  expect(reset.code).toBe(0);
  expect((await signInAs(server.http.base, 'pengelola', change.newPassword)).body.code).toBe('WRONG_CREDENTIALS');
  expect((await signInAs(server.http.base, 'pengelola', passwordIn(reset.out))).body.code).toBe(
    'PASSWORD_CHANGE_REQUIRED',
  );
}, 120_000);

it('makes no account whose role could not be granted', async () => {
  const { owner } = server.database;
  await owner.query(`ALTER TABLE role_grants ADD CONSTRAINT no_kabid CHECK (role <> 'kabid') NOT VALID`);
  const made = await admin('create-account', '--office', 'contoh', '--login', 'half', '--name', 'x', '--role', 'kabid');
  await owner.query('ALTER TABLE role_grants DROP CONSTRAINT no_kabid');
  expect(made.code).toBe(1);
  expect((await owner.query(`SELECT id FROM accounts WHERE login = 'half'`)).rows).toEqual([]);
}, 60_000);

it('says in one line what is wrong', async () => {
  for (const [args, line] of [
    [[], 'Say what to do'],
    [['create-account', '--login', 'x'], 'create-account takes'],
    [
      ['create-account', '--office', 'contoh', '--login', 'x', '--name', 'x', '--role', 'client'],
      '--role: Invalid option',
    ],
    [
      ['create-account', '--office', 'contoh', '--login', 'Ada Spasi', '--name', 'x', '--role', 'staff'],
      '--login: must be',
    ],
    [['create-account', '--office', 'contoh', '--login', 'pengelola2', '--name', '  ', '--role', 'staff'], '--name: '],
    [['create-account', '--office', 'contoh', '--login', 'staf', '--name', 'x', '--role', 'staff'], 'in use'],
    [['create-office', '--code', 'A B', '--name', 'x', '--unit-code', '1', '--classification', '8'], '--code: must be'],
    [['reset-password', '--office', 'nowhere', '--login', 'x'], 'There is no office'],
  ] as const) {
    const { code, err } = await admin(...args);
    expect([args, code, err.trim().split('\n').length]).toEqual([args, 1, 1]);
    expect(err).toContain(line);
  }
}, 120_000);
