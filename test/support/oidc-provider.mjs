/**
 * A real OpenID Connect provider (npm oidc-provider) in a process of its own. Each client is one subject; it gets access
 * tokens (RFC 9068) by client credentials. The environment says which keys it signs with (SIGNING_KEY: a private JWK of the
 * test's own, else fresh ones), and on which port.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const AUDIENCES = ['alur-api', 'another-api'];
const { PORT = '0', KIDS = 'first', SUBJECTS = 'sub-1', TTL = '600', SIGNING_KEY } = process.env;

const fresh = KIDS.split(',').map((kid) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
});
const keys = SIGNING_KEY ? [JSON.parse(SIGNING_KEY)] : fresh;
const server = createServer();
server.listen(Number(PORT), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: SUBJECTS.split(',').map((id) => ({
      client_id: id,
      client_secret: 'provider-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, indicator) => ({
          scope: 'api',
          audience: AUDIENCES.find((one) => indicator.endsWith(one)) ?? 'nobody',
          accessTokenTTL: Number(TTL),
          accessTokenFormat: indicator.includes('opaque') ? 'opaque' : 'jwt',
        }),
      },
    },
  });
  server.on('request', provider.callback());
  process.stdout.write(`issuer ${issuer}\n`);
});
