/**
 * Access tokens of a foreign OpenID Connect issuer (RFC 9068). Keys come from the issuer's own metadata and are fetched
 * again when a token names one we do not know, at most every 30 seconds; nothing a token brings along is ever followed.
 */
import { createRemoteJWKSet, jwksCache, jwtVerify, type JWKSCacheInput, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Whom a foreign token speaks for. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;
const FETCH_MS = 5000;
const KEYS_AGAIN_MS = 30_000;
const KEYS_KEPT_MS = 600_000;

const claimsSchema = z.object({ sub: z.string().min(1).max(255), exp: z.number() });
const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

export class Issuer {
  private keys: Promise<JWTVerifyGetKey> | undefined;
  /** Kept by jose: the keys and when they were read. */
  private readonly kept: JWKSCacheInput = {};

  constructor(
    readonly issuer: string,
    private readonly audience: string,
  ) {}

  /** When the keys in use were read: what was proved by those read before is to be proved anew. */
  get keysReadAt(): number {
    return 'uat' in this.kept ? this.kept.uat : 0;
  }

  /** Throws where the token is not sound, or the issuer cannot be asked for its keys. */
  async verify(token: string): Promise<Identity & { expiresAtMs: number; provedBy: number }> {
    const provedBy = this.keysReadAt;
    this.keys ??= this.discover();
    this.keys.catch(() => (this.keys = undefined));
    const { payload } = await jwtVerify(token, await this.keys, {
      algorithms: ALGORITHMS,
      issuer: this.issuer,
      audience: this.audience,
      typ: 'at+jwt',
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const { sub: subject, exp } = claimsSchema.parse(payload);
    // No longer than keys are kept: whoever sends nothing but remembered tokens makes nobody read the keys again.
    const expiresAtMs = Math.min(exp * 1000, Date.now() + KEYS_KEPT_MS);
    return { issuer: this.issuer, subject, expiresAtMs, provedBy };
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
    const metadata = metadataSchema.parse(await response.json());
    if (metadata.issuer !== this.issuer) throw new Error(`${url} speaks for another issuer`);
    const options = { timeoutDuration: FETCH_MS, cooldownDuration: KEYS_AGAIN_MS, cacheMaxAge: KEYS_KEPT_MS };
    return createRemoteJWKSet(new URL(metadata.jwks_uri), { ...options, [jwksCache]: this.kept });
  }
}
