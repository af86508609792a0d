/**
 * Papers of a case. The file is streamed to disk and hashed on the way (its SHA-256 is its id); the paper itself is an act in the case's history
 * (RECORD_PAPER), so history says what was on file when, and what its hash was. A refused act leaves no file behind.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, type ReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { fileTypeFromBuffer } from 'file-type';
import { AppConfig } from '../app-config.js';
import type { CaseAnswer } from '../engine/answer.types.js';
import { entryOf } from '../engine/entry-of.js';
import { Engine } from '../engine/engine.service.js';
import type { Actor, FileFacts, Intent } from '../engine/types.js';
import { AppError } from '../errors.js';
import { HistoryStore } from '../inspection/history.store.js';
import { clearLeftovers } from './documents.leftovers.js';

/** Scans and photographs; the content decides, not the name. */
export const FILE_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
/** Bytes the type is read from. */
const HEAD_BYTES = 4100;
/** From here on, an act may have been recorded before its answer was lost. */
const UNKNOWN_STATUS = 500;

export interface DocumentItem {
  readonly kind: string;
  readonly medium: 'file' | 'paper';
  readonly documentId: string | null;
  readonly contentType: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly recordedAt: string;
  readonly event: string;
  readonly seq: number;
}

/** A file on disk that no history entry speaks of yet. */
export interface Received {
  readonly pending: string;
  readonly file: FileFacts;
}

export interface Scan {
  readonly item: DocumentItem;
  readonly open: () => ReadStream;
}

interface PaperEntry {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly facts: { readonly kind?: string; readonly papers?: readonly string[]; readonly file?: FileFacts };
}

@Injectable()
export class Documents implements OnApplicationBootstrap {
  private readonly log = new Logger('documents');

  constructor(
    private readonly engine: Engine,
    private readonly history: HistoryStore,
    private readonly config: AppConfig,
  ) {}

  /** In the background: nobody waits for it, and a failure only means that it is tried at the next start. */
  onApplicationBootstrap(): void {
    const isRecorded = async (officeId: string, caseId: string, documentId: string) =>
      (await this.list(officeId, caseId)).some((item) => item.documentId === documentId);
    clearLeftovers(join(this.config.dataDir, 'documents'), isRecorded).then(
      (n) => n > 0 && this.log.warn(`cleared ${n} file(s) that a killed process left among the papers`),
      (error: unknown) => this.log.warn(`leftover papers not cleared: ${(error as Error).message}`),
    );
  }

  /** Papers on file, oldest first: uploaded, recorded, or ticked while a step was completed. */
  async list(officeId: string, caseId: string): Promise<DocumentItem[]> {
    const head = await this.history.head(officeId, caseId);
    if (!head) throw new AppError('NOT_FOUND');
    const stored = await this.history.ofCase(officeId, caseId);
    return stored.flatMap(({ entry }) => papersIn(entryOf(entry)));
  }

  /** Streams an upload to disk under a name of its own; nobody sees it before `record`. */
  async receive(actor: Actor, caseId: string, stream: Readable): Promise<Received> {
    await this.engine.view(actor, caseId);
    const folder = this.folder(actor.officeId, caseId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const part = join(folder, `${randomUUID()}.part`);
    try {
      const facts = await this.stream(stream, part);
      const pending = join(folder, `${facts.sha256}.${randomUUID()}.pending`);
      await rename(part, pending);
      return { pending, file: { documentId: facts.sha256, ...facts } };
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /**
   * Records the paper; the file gets its final name once the record is durable, and goes when it is refused. Where nobody
   * knows which of the two it is, it stays under its pending name: `find` and the next start put that right.
   */
  async record(actor: Actor, intent: Omit<Intent, 'event' | 'file'>, received: Received): Promise<CaseAnswer> {
    let answer: CaseAnswer;
    try {
      answer = await this.engine.send(actor, { ...intent, event: 'RECORD_PAPER', file: received.file });
    } catch (error) {
      if (error instanceof AppError && error.status < UNKNOWN_STATUS) await this.discard(received);
      throw error;
    }
    const path = join(this.folder(actor.officeId, intent.caseId), received.file.documentId);
    await rename(received.pending, path).catch((error: unknown) =>
      this.log.warn(`a paper keeps its pending name: ${(error as Error).message}`),
    );
    return answer;
  }

  discard({ pending }: Received): Promise<void> {
    return rm(pending, { force: true });
  }

  /** A paper with its scan, which is opened when it is to be sent. */
  async find(officeId: string, caseId: string, documentId: string): Promise<Scan> {
    const item = (await this.list(officeId, caseId)).find((one) => one.documentId === documentId);
    if (!item) throw new AppError('NOT_FOUND');
    const folder = this.folder(officeId, caseId);
    const path = join(folder, documentId);
    if (!existsSync(path)) await this.finishRename(folder, documentId);
    return { item, open: () => createReadStream(path) };
  }

  /** A crash between the durable record and the rename leaves the file under its pending name. */
  private async finishRename(folder: string, documentId: string): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    const pending = names.find((name) => name.startsWith(`${documentId}.`) && name.endsWith('.pending'));
    if (!pending) throw new AppError('NOT_FOUND');
    await rename(join(folder, pending), join(folder, documentId));
  }

  private folder(officeId: string, caseId: string): string {
    return join(this.config.dataDir, 'documents', officeId, caseId);
  }

  private async stream(stream: Readable, path: string): Promise<Omit<FileFacts, 'documentId'>> {
    const hash = createHash('sha256');
    const limitBytes = this.config.uploadMaxBytes;
    let sizeBytes = 0;
    let head = Buffer.alloc(0);
    await pipeline(
      stream,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          sizeBytes += chunk.length;
          if (sizeBytes > limitBytes) throw new AppError('TOO_LARGE', { params: { limitBytes } });
          if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600, flush: true }),
    );
    const contentType = (await fileTypeFromBuffer(head))?.mime ?? '';
    if (!(FILE_TYPES as readonly string[]).includes(contentType)) {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', { params: { expected: FILE_TYPES.join(', ') } });
    }
    return { sha256: hash.digest('hex'), sizeBytes, contentType };
  }
}

function papersIn({ seq, at, event, facts }: PaperEntry): DocumentItem[] {
  const common = { recordedAt: at, event, seq };
  const none = { documentId: null, contentType: null, sizeBytes: null, sha256: null };
  const { file, kind, papers = [] } = facts;
  const ticked = papers.map((one) => ({ kind: one, medium: 'paper' as const, ...none, ...common }));
  if (event !== 'RECORD_PAPER' || kind === undefined) return ticked;
  if (!file) return [{ kind, medium: 'paper', ...none, ...common }];
  const { documentId, contentType, sizeBytes, sha256 } = file;
  return [{ kind, medium: 'file', documentId, contentType, sizeBytes, sha256, ...common }];
}
