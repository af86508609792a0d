/** Doors for signing in, asked over real HTTP; `from` is the address a trusted proxy says the caller has. */
import type { ProblemBody, Reply } from './http.js';

export interface SignedInBody extends ProblemBody {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

/** Environment in which a suite may say where a request comes from. */
export const BEHIND_PROXY = { TRUSTED_PROXIES: '127.0.0.1' };

export async function postAuth(base: string, door: string, body: object, from = '192.0.2.1') {
  const response = await fetch(`${base}/api/v1/auth/${door}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const reply = { status: response.status, headers: response.headers, text };
  return { ...reply, body: JSON.parse(text) as SignedInBody } satisfies Reply<SignedInBody>;
}

export const signInAs = (base: string, account: string, password = 'demo-password', from?: string) =>
  postAuth(base, 'token', { account, password }, from);

/** What a token opens: the status of a route that asks for no role. */
export async function statusWith(base: string, token: string): Promise<number> {
  const response = await fetch(`${base}/api/v1/services`, { headers: { authorization: `Bearer ${token}` } });
  await response.text();
  return response.status;
}
