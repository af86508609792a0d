/** Short-lived access tokens: EdDSA, one issuer, one audience, and nothing in them but who it is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '../errors.js';

const ISSUER = 'alur';
const AUDIENCE = 'alur-api';
const TYPE = 'at+jwt';

/** Tokens whose signature need not be checked again until they expire. */
const REMEMBERED = 10_000;

export class Tokens {
  private readonly verified = new Map<string, { accountId: string; expiresAtMs: number }>();
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;

  constructor(
    pem: string,
    private readonly minutes: number,
  ) {
    this.privateKey = createPrivateKey(pem);
    if (this.privateKey.asymmetricKeyType !== 'ed25519') throw new Error('TOKEN_KEY must be an Ed25519 private key.');
    this.publicKey = createPublicKey(this.privateKey);
  }

  get seconds(): number {
    return this.minutes * 60;
  }

  issue(accountId: string): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
      .setSubject(accountId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${this.minutes}m`)
      .sign(this.privateKey);
  }

  /** The account a token speaks for. Roles and office are not its business: they come from the database. */
  async accountOf(token: string): Promise<string> {
    const known = this.verified.get(token);
    if (known && known.expiresAtMs > Date.now()) return known.accountId;
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        algorithms: ['EdDSA'],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        clockTolerance: 5,
      });
      const accountId = z.uuid().parse(payload.sub);
      if (this.verified.size >= REMEMBERED) this.verified.clear();
      this.verified.set(token, { accountId, expiresAtMs: (payload.exp ?? 0) * 1000 });
      return accountId;
    } catch {
      throw new AppError('UNAUTHENTICATED');
    }
  }
}

/** The signing key kept beside the data of a single-process installation, made at first use. */
export function localTokenKey(dataDir: string): string {
  const file = join(dataDir, 'token-key.pem');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}
