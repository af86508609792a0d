/** Exports: recorded first, then streamed. An export that breaks off has no end line, and the verifier says so. */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { CheckpointStore, type StoredCheckpoint } from '../evidence/checkpoint.store.js';
import { TreeReader } from '../evidence/tree-reader.js';
import {
  checkpointLine,
  endLine,
  entryLine,
  headerLine,
  headLine,
  type LogLine,
  type Subject,
} from './export.lines.js';
import { ExportStore } from './export.store.js';
import { ExportTurns } from './export.turns.js';
import { HistoryStore } from './history.store.js';
import { officeOf } from './scope.js';

type Read = () => Promise<(LogLine | string)[]>;

/** Entries read at once: about a megabyte of text. */
const PAGE = 1000;
/** Entries counted at once. */
const COUNTED_AT_ONCE = 20_000;

/** Indexes of the log, the second one not included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Made {
  readonly stream: Readable;
  /** Hash of the record of it. */
  readonly receipt: string;
}

@Injectable()
export class Exports {
  constructor(
    private readonly store: ExportStore,
    private readonly history: HistoryStore,
    private readonly checkpoints: CheckpointStore,
    private readonly reader: TreeReader,
    private readonly turns: ExportTurns,
  ) {}

  /** Everything under the newest checkpoint that belongs to the subject. The record of it comes under the next one. */
  async open(me: Reader, subject: Subject): Promise<Made> {
    const office = officeOf(me);
    if (subject.kind === 'case' && !(await this.history.head(office, subject.caseId))) throw new AppError('NOT_FOUND');
    const head = await this.checkpoints.last();
    if (!head) throw new AppError('NOT_SEALED_YET');
    if (subject.kind === 'case' && (await this.store.ofCase(office, subject.caseId, head.size)).length === 0) {
      throw new AppError('NOT_SEALED_YET');
    }
    return this.turns.opened(() => this.begin(me, office, subject, head));
  }

  /** What proves that one entry is in the log; without `seq`, the last one under the newest checkpoint. */
  async proof(me: Reader, caseId: string, seq?: number) {
    const office = officeOf(me);
    const stored = await this.history.head(office, caseId);
    if (!stored || (seq ?? 1) > stored.version) throw new AppError('NOT_FOUND');
    const head = await this.checkpoints.last();
    const found = head && (await this.store.ofCase(office, caseId, head.size)).at(seq === undefined ? -1 : seq - 1);
    if (!found) throw new AppError('NOT_SEALED_YET');
    const { index, leaf, entry } = found;
    return { index, leaf, text: entry, proof: await this.proofsIn(head)(index), checkpoint: head.note };
  }

  private async begin(me: Reader, office: string, subject: Subject, head: StoredCheckpoint): Promise<Made> {
    // Before anything is sent: what fails at once is a refusal; later on, an answer that breaks off.
    const span = subject.kind === 'period' ? await this.store.spanOf(subject) : { from: 0, to: head.size };
    // How many texts everything has, on record: a later export with fewer of them is found out.
    const counted = subject.kind === 'all' && { texts: await this.textsUnder(office, head.size) };
    const receipt = await this.store.recorded({
      officeId: office,
      kind: 'EXPORT_MADE',
      actorId: me.accountId,
      clientId: me.clientId,
      facts: { ...subject, size: head.size, root: head.rootHex, ...counted },
    });
    return { stream: Readable.from(this.lines(office, subject, head, span), { objectMode: false }), receipt };
  }

  /** The whole log is read for it, as by the pages: in turns with them. */
  private async textsUnder(office: string, size: number): Promise<number> {
    let texts = 0;
    for (let from = 0; from < size; from += COUNTED_AT_ONCE) {
      const to = Math.min(from + COUNTED_AT_ONCE, size);
      texts += await this.turns.page(() => this.store.textsIn(office, from, to));
    }
    return texts;
  }

  private async *lines(office: string, subject: Subject, head: StoredCheckpoint, span: Span): AsyncGenerator<string> {
    const keys = await this.checkpoints.keys();
    yield headerLine(office, subject);
    yield headLine(
      head.note,
      // The first one vouches for the others: the inspector has it from elsewhere.
      keys.flatMap(({ verifierKey, endorsement }) => (endorsement ? [{ key: verifierKey, endorsement }] : [])),
    );
    let entries = 0;
    const proofOf = subject.kind === 'all' ? null : this.proofsIn(head);
    for (const read of this.pages(office, subject, head.size, span)) {
      const page = await this.turns.page(async () => this.written(await read(), proofOf));
      entries += page.entries;
      if (page.text !== '') yield page.text;
    }
    yield endLine(entries);
  }

  private async written(page: readonly (LogLine | string)[], proofOf: ((index: number) => Promise<string[]>) | null) {
    let [text, entries] = ['', 0];
    for (const one of page) {
      if (typeof one === 'string') text += checkpointLine(one);
      else {
        text += entryLine(one, proofOf && (await proofOf(one.index)));
        entries += 1;
      }
    }
    return { text, entries };
  }

  private proofsIn({ size }: StoredCheckpoint): (index: number) => Promise<string[]> {
    const proofOf = this.reader.inclusionIn(size);
    return async (index) => (await proofOf(index)).map((one) => one.toString('hex'));
  }

  private *pages(office: string, subject: Subject, size: number, span: Span): Generator<Read> {
    if (subject.kind === 'case') {
      yield () => this.store.ofCase(office, subject.caseId, size);
      return;
    }
    const end = Math.min(span.to, size);
    for (let from = span.from; from < end; from += PAGE) {
      const to = Math.min(from + PAGE, end);
      if (subject.kind === 'period') yield () => this.store.ofPeriod(office, from, to, subject);
      else yield () => this.withCheckpoints(office, from, to, size);
    }
  }

  /** Each older checkpoint behind the entry it ends with: where history was rewritten, they say from where on. */
  private async withCheckpoints(office: string, from: number, to: number, size: number): Promise<(LogLine | string)[]> {
    const [entries, passed] = await Promise.all([
      this.store.range(office, from, to),
      this.store.checkpoints(from, Math.min(to, size - 1)),
    ]);
    const at = new Map(passed.map((one) => [one.size, one.note]));
    return entries.flatMap((entry) => {
      const note = at.get(entry.index + 1);
      return note === undefined ? [entry] : [entry, note];
    });
  }
}
