/**
 * Secrets of endpoints, encrypted in the database: AES-256-GCM with a key that only the configuration has. Bound to its
 * endpoint, so that a row copied over another opens nothing (docs/decisions/012-deliveries.md says what is promised).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../app-config.js';
import { keptSecret } from '../../kept-secret.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

@Injectable()
export class Sealer {
  private key: Buffer | undefined;

  constructor(private readonly config: AppConfig) {}

  seal(secret: string, endpoint: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.keyOf(), iv).setAAD(Buffer.from(endpoint));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** Null where it was sealed with another key or for another endpoint. */
  open(sealed: Buffer, endpoint: string): string | null {
    try {
      const decipher = createDecipheriv(CIPHER, this.keyOf(), sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(endpoint))
        .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  private keyOf(): Buffer {
    this.key ??= Buffer.from(
      hkdfSync('sha256', this.config.sealKey ?? localSealKey(this.config.dataDir), '', 'alur webhook secrets v1', 32),
    );
    return this.key;
  }
}

/** The key kept beside the data of a single-process installation, made at first use. */
function localSealKey(dataDir: string): string {
  return keptSecret(join(dataDir, 'seal-key'), () => randomBytes(32).toString('base64'));
}
