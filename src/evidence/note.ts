/**
 * C2SP signed notes and tlog checkpoints: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint. Pure.
 */
import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** C2SP's number for Ed25519. */
const ED25519 = Buffer.from([1]);
/** What stands before the 32 bytes of an Ed25519 key in its SPKI form (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const ID_BYTES = 4;

export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

/** A public key as people pass it on: `name+id+base64`. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
  readonly text: string;
}

export function verifierKeyOf(name: string, publicKey: KeyObject): VerifierKey {
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);
  const typed = Buffer.concat([ED25519, raw]);
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, ID_BYTES * 2);
  return { name, keyId, publicKey, text: `${name}+${keyId}+${typed.toString('base64')}` };
}

/** Null where the text is no verifier key, or its id is not that of its key. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [, name = '', , base64 = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const typed = Buffer.from(base64, 'base64');
  if (typed.length !== 33 || typed[0] !== ED25519[0]) return null;
  const key = Buffer.concat([SPKI_PREFIX, typed.subarray(1)]);
  const parsed = verifierKeyOf(name, createPublicKey({ key, format: 'der', type: 'spki' }));
  return parsed.text === text ? parsed : null;
}

export function checkpointText(origin: string, { size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

export function signNote(text: string, privateKey: KeyObject, { name, keyId }: VerifierKey): string {
  const signature = Buffer.concat([Buffer.from(keyId, 'hex'), sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`;
}

/** The checkpoint that a note carries, where one of the keys has signed it; else null. */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): (Checkpoint & { keyId: string }) | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) return null;
  const text = note.slice(0, end + 1);
  const signatures = note.slice(end + 2).split('\n');
  for (const key of keys) {
    const prefix = `\u2014 ${key.name} `;
    const line = signatures.find((one) => one.startsWith(prefix) && keyIdIn(one.slice(prefix.length)) === key.keyId);
    const signature = Buffer.from(line?.slice(prefix.length) ?? '', 'base64').subarray(ID_BYTES);
    if (signature.length !== 64 || !verify(null, Buffer.from(text), key.publicKey, signature)) continue;
    const [origin, size = '', root = '', rest] = text.split('\n');
    if (origin !== key.name || rest !== '' || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
    return { size: Number(size), root: Buffer.from(root, 'base64'), keyId: key.keyId };
  }
  return null;
}

function keyIdIn(base64: string): string {
  return Buffer.from(base64, 'base64').subarray(0, ID_BYTES).toString('hex');
}

/** What the old key signs to hand over to the new one. */
export function rotationText(older: VerifierKey, newer: VerifierKey): string {
  return `alur-key-rotation/1\n${older.text}\n${newer.text}\n`;
}
