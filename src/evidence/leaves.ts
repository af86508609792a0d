/** A leaf on its way to the log, as `history_arrivals` packs it: 76 bytes; taken apart by the database (log.store.ts). Pure. */
export interface Leaf {
  readonly officeId: string;
  /** A case, or an office for its records. */
  readonly chainId: string;
  readonly seq: number;
  readonly at: Date;
  readonly hash: Buffer;
}

export const LEAF_BYTES = 76;

export function pack({ officeId, chainId, seq, at, hash }: Leaf): Buffer {
  const numbers = Buffer.alloc(12);
  numbers.writeInt32BE(seq);
  numbers.writeBigInt64BE(BigInt(at.getTime()), 4);
  return Buffer.concat([bytes(officeId), bytes(chainId), numbers, hash]);
}

function bytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
