/** Tokens of the demo people, by account. */
export async function signIn(url: string, password: string): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const account of ['staf', 'kadin', 'kabid', 'kasi']) {
    const response = await fetch(`${url}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    const { accessToken } = (await response.json()) as { accessToken: string };
    tokens.set(account, accessToken);
  }
  return tokens;
}
