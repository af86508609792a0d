/** A small HTTP client for the demo and the tools that drive a running server. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export class Client {
  private readonly tokens = new Map<string, string>();

  constructor(
    readonly base: string,
    private readonly password: string,
  ) {}

  get(account: string, path: string): Promise<Answer> {
    return this.request(account, 'GET', path);
  }

  post(account: string, path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(account, 'POST', path, body, headers);
  }

  private async request(
    account: string,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(account)}`,
        'accept-language': 'id',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  }

  private async token(account: string): Promise<string> {
    const known = this.tokens.get(account);
    if (known) return known;
    const response = await fetch(`${this.base}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password: this.password }),
    });
    const body = (await response.json()) as { accessToken?: string; details?: { en: string } };
    if (!body.accessToken)
      throw new Error(
        `${account} cannot sign in: ${body.details?.en ?? response.status} A server started with its own DATA_DIR or DEMO_PASSWORD: give the same here.`,
      );
    this.tokens.set(account, body.accessToken);
    return body.accessToken;
  }
}
