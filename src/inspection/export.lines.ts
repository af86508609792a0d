/**
 * The lines of an export, byte by byte as `verify-history.mjs` wants them: nothing in them that is not checked. Pure.
 * docs/verify.md has the format.
 */
export const FORMAT = 'history-export/1';

export type Subject =
  | { readonly kind: 'all' }
  | { readonly kind: 'case'; readonly caseId: string }
  | { readonly kind: 'period'; readonly from: string; readonly to: string };

export interface LogLine {
  readonly index: number;
  readonly leaf: string;
  /** Of this office: its text belongs here. Of another: the hash is all an inspector of this one gets. */
  readonly own: boolean;
  /** Null where it is of another office, and where it is gone although it should not be. */
  readonly entry: string | null;
}

export interface KeyLine {
  readonly key: string;
  /** By the key before it. */
  readonly endorsement: string;
}

const line = (value: object) => `${JSON.stringify(value)}\n`;

export function headerLine(office: string, subject: Subject): string {
  const head = { format: FORMAT, kind: subject.kind, office };
  if (subject.kind === 'all') return line(head);
  if (subject.kind === 'case') return line({ ...head, case: subject.caseId });
  return line({ ...head, from: subject.from, to: subject.to });
}

export function headLine(checkpoint: string, keys: readonly KeyLine[]): string {
  return line({ checkpoint, keys: keys.map(({ key, endorsement }) => ({ key, endorsement })) });
}

export function checkpointLine(checkpoint: string): string {
  return line({ checkpoint });
}

/** With `proof` for single entries; without one where all leaves are there and the tree itself is the proof. */
export function entryLine({ index, leaf, own, entry }: LogLine, proof: readonly string[] | null): string {
  if (own && entry === null) return line({ index, leaf, lost: true });
  if (proof) return line({ index, entry, proof });
  return line(entry === null ? { index, leaf } : { index, leaf, entry });
}

export function endLine(entries: number): string {
  return line({ end: true, entries });
}
