/**
 * Short-lived access tokens: EdDSA, one issuer, one audience, and nothing in them but who it is. Beside them those of one
 * foreign issuer, where one is configured.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '../errors.js';
import type { Config } from '../config.js';
import { keptSecret } from '../kept-secret.js';
import { Issuer, type Identity } from './issuer.js';

const ISSUER = 'alur';
const AUDIENCE = 'alur-api';
const TYPE = 'at+jwt';

/** Tokens whose signature need not be checked again until they expire. */
const REMEMBERED = 10_000;

/** Whom a token speaks for: an account by one of its sign-ins, or a subject of the foreign issuer. */
export type Holder = { readonly accountId: string; readonly sessionId: string } | Identity;

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

export class Tokens {
  private readonly verified = new Map<string, Holder & { expiresAtMs: number; provedBy?: number }>();
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;

  constructor(
    pem: string,
    private readonly minutes: number,
    private readonly issuer: Issuer | null = null,
  ) {
    this.privateKey = createPrivateKey(pem);
    if (this.privateKey.asymmetricKeyType !== 'ed25519') throw new Error('TOKEN_KEY must be an Ed25519 private key.');
    this.publicKey = createPublicKey(this.privateKey);
  }

  static by({ tokenKey, tokenMinutes, dataDir, oidc }: Config): Tokens {
    return new Tokens(tokenKey ?? localTokenKey(dataDir), tokenMinutes, oidc && new Issuer(oidc.issuer, oidc.audience));
  }

  get seconds(): number {
    return this.minutes * 60;
  }

  issue(accountId: string, sessionId: string): Promise<string> {
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
      .setSubject(accountId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${this.minutes}m`)
      .sign(this.privateKey);
  }

  /** Whom a token speaks for. Roles, office and whether its sign-in still stands come from the database. */
  async holderOf(token: string): Promise<Holder> {
    const known = this.verified.get(token);
    const { issuer } = this;
    const isProved = known && (known.provedBy === undefined || known.provedBy === issuer?.keysReadAt);
    if (isProved && known.expiresAtMs > Date.now()) return known;
    try {
      // Read before it is proved, to know whose keys must prove it.
      const foreign = issuer !== null && decodeJwt(token).iss === issuer.issuer;
      const holder = foreign ? await issuer.verify(token) : await this.verify(token);
      if (this.verified.size >= REMEMBERED) this.verified.clear();
      this.verified.set(token, holder);
      return holder;
    } catch {
      throw new AppError('UNAUTHENTICATED');
    }
  }

  private async verify(token: string) {
    const { payload } = await jwtVerify(token, this.publicKey, {
      algorithms: ['EdDSA'],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['sub', 'sid', 'exp', 'iat', 'jti'],
      clockTolerance: 5,
    });
    const { sub: accountId, sid: sessionId, exp } = claimsSchema.parse(payload);
    return { accountId, sessionId, expiresAtMs: exp * 1000 };
  }
}

/** The signing key kept beside the data of a single-process installation, made at first use. */
export function localTokenKey(dataDir: string): string {
  return keptSecret(
    join(dataDir, 'token-key.pem'),
    () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  );
}
