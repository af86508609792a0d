/** What an administrator changes of an account: its name, and where its mail goes. */
import { startApp, type TestApp } from '../support/app.js';
import { accountId, type ProblemBody } from '../support/http.js';
import { expectProblem } from '../support/refused.js';

interface Account extends ProblemBody {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

describe('an account', () => {
  it('has a name and an address for mail that can be changed, each change on record', async () => {
    const login = 'petugas-surat';
    const made = await server.http.post<Account>('admin', '/admin/accounts', { login, name: 'Petugas Contoh' });
    const { id } = made.body;
    const patch = (body: object) =>
      server.http.send<Account>('admin', 'PATCH', `/admin/accounts/${id}`, JSON.stringify(body), {
        'content-type': 'application/json',
      });
    const email = 'petugas@kantor.example';
    expect((await patch({ email })).body).toMatchObject({ id, email, name: 'Petugas Contoh' });
    const { items } = (await server.http.get<{ items: object[] }>('admin', '/admin/log?limit=1')).body;
    expect(items[0]).toMatchObject({
      action: 'change-account',
      subjectId: id,
      old: { email: null },
      new: { email },
    });
    expect((await patch({ name: 'Petugas Lain' })).body).toMatchObject({ email, name: 'Petugas Lain' });
    expect((await patch({ email: null })).body).toMatchObject({ email: null, name: 'Petugas Lain' });
    for (const bad of [
      {},
      { email: 'x' },
      { email: 'a@b@c.example' },
      { email: 'a b@c.example' },
      { name: '' },
      { login: 'x' },
    ]) {
      expectProblem(await patch(bad), 'INVALID_INPUT');
    }
    const stranger = accountId('staf', 2);
    const path = `/admin/accounts/${stranger}`;
    const json = { 'content-type': 'application/json' };
    expectProblem(await server.http.send<ProblemBody>('admin', 'PATCH', path, '{"email":null}', json), 'NOT_FOUND');
  });
});
