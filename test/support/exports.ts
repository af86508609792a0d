/** Exports made in memory, as large or small as a test wants them, and what the verifier says to any text. */
import { generateKeyPairSync } from 'node:crypto';
import { Growth, type FullTile } from '../../src/evidence/growth.js';
import { checkpointText, signNote, verifierKeyOf } from '../../src/evidence/note.js';
import { inclusionProof, rootOf, TILE, type TileKey } from '../../src/evidence/tree.js';
import {
  checkpointLine,
  endLine,
  entryLine,
  headerLine,
  headLine,
  type KeyLine,
  type LogLine,
  type Subject,
} from '../../src/inspection/export.lines.js';
import { leafHash } from '../../src/engine/chain.js';
import { Bad, parseKey, Usage, Verifier, type Key } from '../../verify-history.mjs';

export interface Said {
  /** UNCHECKED: the question could not be put, as with a kept checkpoint that nobody signed. */
  readonly result: 'PASS' | 'FAIL' | 'UNCHECKED';
  readonly index: number | null;
  readonly why: string;
}

const parsed = new Map<string, Key>();
function keyOf(text: string): Key {
  const known = parsed.get(text) ?? parseKey(text);
  parsed.set(text, known);
  return known;
}

/** The verifier's word on a whole export; anything it throws but `Bad` and `Usage` is a defect of its own. */
export function verdictOn(
  text: string,
  key: string,
  kept: readonly string[] = [],
  receipts: readonly string[] = [],
  oneOffice = false,
): Said {
  const verifier = new Verifier({ keys: [keyOf(key)], kept, receipts, oneOffice });
  try {
    const lines = text.split('\n');
    if (lines.pop() !== '') throw new Bad('cut off');
    for (const line of lines) verifier.line(line);
    return { result: 'PASS', index: null, why: verifier.finish() };
  } catch (error) {
    if (error instanceof Usage) return { result: 'UNCHECKED', index: null, why: error.message };
    if (!(error instanceof Bad)) throw error;
    return { result: 'FAIL', index: error.index, why: error.message };
  }
}

export interface Signing {
  readonly key: string;
  sign(size: number, root: Buffer): string;
  /** Hands over to a key, or says it does: a note over any text. */
  note(text: string): string;
}

export function signing(name = 'test.example/log'): Signing {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const verifier = verifierKeyOf(name, publicKey);
  return {
    key: verifier.text,
    sign: (size, root) => signNote(checkpointText(name, { size, root }), privateKey, verifier),
    note: (text) => signNote(text, privateKey, verifier),
  };
}

/** A log in memory: leaves, tiles, a checkpoint after each `every` entries and after the last. */
export class MemoryLog {
  readonly lines: LogLine[] = [];
  readonly checkpoints = new Map<number, string>();
  private readonly growth = new Growth(0, []);
  private readonly full: FullTile[] = [];
  private readonly proofs = new Map<string, string[]>();

  constructor(
    readonly signer: Signing,
    private readonly every = 50,
  ) {}

  add(text: string, own = true): void {
    const leaf = leafHash(text);
    this.lines.push({ index: this.lines.length, leaf, own, entry: own ? text : null });
    this.full.push(...this.growth.add(Buffer.from(leaf, 'hex')));
    if (this.lines.length % this.every === 0) this.checkpoint();
  }

  checkpoint(): string {
    const size = this.lines.length;
    const note = this.checkpoints.get(size) ?? this.signer.sign(size, rootOf(this.tiles, size));
    this.checkpoints.set(size, note);
    return note;
  }

  /** `keys`: as an export hands them over, each with what the one before it signed. */
  export(
    office: string,
    subject: Subject,
    lines: readonly LogLine[] = this.lines,
    keys: readonly KeyLine[] = [],
  ): string {
    const all = subject.kind === 'all';
    const proof = (index: number) => (index < this.lines.length ? this.proof(index) : []);
    const head = this.checkpoint();
    const body = lines.map((line) => {
      const passed = all && line.index + 1 < this.lines.length ? this.checkpoints.get(line.index + 1) : undefined;
      return entryLine(line, all ? null : proof(line.index)) + (passed === undefined ? '' : checkpointLine(passed));
    });
    return headerLine(office, subject) + headLine(head, keys) + body.join('') + endLine(lines.length);
  }

  private proof(index: number): string[] {
    const name = `${index}/${this.lines.length}`;
    const known = this.proofs.get(name);
    if (known) return known;
    const made = inclusionProof(this.tiles, index, this.lines.length).map((one) => one.toString('hex'));
    this.proofs.set(name, made);
    return made;
  }

  private readonly tiles = ({ level, no }: TileKey): Buffer => {
    const whole = this.full.find((tile) => tile.level === level && tile.no === no);
    if (whole) return whole.hashes;
    const below = this.full.filter((tile) => tile.level === level - 1 && Math.floor(tile.no / TILE) === no);
    const leaves = this.lines.slice(no * TILE, (no + 1) * TILE).map(({ leaf }) => Buffer.from(leaf, 'hex'));
    return Buffer.concat(level === 0 ? leaves : below.map(({ root }) => root));
  };
}

/** Entries of some cases, taken in turns as an office works; texts with the fields that tie them together. */
export function fillLog(
  log: MemoryLog,
  office: string,
  cases: readonly string[],
  entries: number,
  extra = '',
  /** Each so many entries one of another office. */
  others = 0,
): void {
  const chains = new Map<string, { seq: number; prev: string }>();
  for (let n = 0; n < entries; n++) {
    if (others > 0 && n % others === others - 1) {
      log.add(`theirs ${n}`, false);
      continue;
    }
    const id = cases[(n * 7 + Math.floor(n / 5)) % cases.length] ?? '';
    const { seq, prev } = chains.get(id) ?? { seq: 0, prev: '0'.repeat(64) };
    const at = new Date(Date.UTC(2026, 10, 24, 2, 0, n)).toISOString();
    const facts = { note: `\u00e9\u4e16\ud83d\udcdc ${n}${extra}` };
    const entry = { v: 1, office, case: id, seq: seq + 1, prev, at, event: 'RECORD_PAPER', outsideSop: false, facts };
    const text = JSON.stringify(entry);
    log.add(text);
    chains.set(id, { seq: seq + 1, prev: leafHash(text) });
  }
}
