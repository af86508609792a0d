/** A new officer of the first demo office, made by its administrator, without any role. */
import type { Http } from './http.js';
import { postAuth } from './sign-in.js';

export const OWN_PASSWORD = 'two herons over the rice field';
let serial = 0;

/** Who has changed their first password; the token they are signed in by. */
export async function newOfficer(http: Http): Promise<{ id: string; login: string; token: string }> {
  const login = `officer-${(serial += 1)}`;
  const made = await http.post<{ id: string; firstPassword: string }>('admin', '/admin/accounts', {
    login,
    name: 'Petugas Contoh',
  });
  expect(made.status).toBe(201);
  const { id, firstPassword } = made.body;
  const changed = await postAuth(http.base, 'password', {
    account: login,
    password: firstPassword,
    newPassword: OWN_PASSWORD,
  });
  expect(changed.status).toBe(200);
  return { id, login, token: changed.body.accessToken };
}
