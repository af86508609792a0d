/** The private key that signs checkpoints: given, or kept beside the data of a single-process installation. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from '../config.js';
import { keptSecret } from '../kept-secret.js';
import { verifierKeyOf, type VerifierKey } from './note.js';

export interface LogKey {
  readonly privateKey: KeyObject;
  readonly verifier: VerifierKey;
}

export function logKeyFile(dataDir: string): string {
  return join(dataDir, 'log-key.pem');
}

/** `given` is the configured PEM; without one, the key under `dataDir`, made at first use. */
export function readLogKey(given: string | null, dataDir: string, origin: string): LogKey {
  const pem = given ?? keptSecret(logKeyFile(dataDir), makeLogKey);
  const privateKey = parse(pem);
  return { privateKey, verifier: verifierKeyOf(origin, createPublicKey(privateKey)) };
}

export function makeLogKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function parse(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: the reason could quote the key.
  }
  throw new ConfigError('LOG_KEY: not an Ed25519 private key in PEM (PKCS#8).');
}
