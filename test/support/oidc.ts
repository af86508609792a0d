/** Starts the provider of test/support/oidc-provider.mjs and gets tokens from it as its clients do. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/paths.js';
import { eventually } from './eventually.js';

export interface OidcProvider {
  readonly issuer: string;
  readonly port: string;
  /** An access token whose subject is the client, for the audience that ends the resource's name. */
  token(subject: string, resource?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startProvider(environment: Readonly<Record<string, string>>): Promise<OidcProvider> {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'test/support/oidc-provider.mjs')], {
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const issuer = await eventually('the provider', () => {
    if (child.exitCode !== null) throw new Error(out);
    return /^issuer (\S+)$/m.exec(out)?.[1];
  });
  return {
    issuer,
    port: new URL(issuer).port,
    token: async (subject, resource = 'urn:example:alur-api') => {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${subject}:provider-secret`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'api' }),
      });
      const { access_token: token } = (await response.json()) as { access_token?: string };
      if (!token) throw new Error(`the provider gave ${response.status}: ${out}`);
      return token;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await eventually('the end of the provider', () => child.exitCode !== null || child.signalCode !== null);
    },
  };
}
