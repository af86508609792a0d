/**
 * Signs the log's head. It trusts neither the database nor itself: it compares with the last checkpoint in its own file and
 * with the last one in the database, and signs only what provably grew out of both. Otherwise it stops, and says so until
 * somebody has looked.
 */
import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../app-config.js';
import { Metrics } from '../ops/metrics.js';
import { AlarmStore } from './alarm.store.js';
import { appendNote, lastNote } from './checkpoint-file.js';
import { CheckpointStore } from './checkpoint.store.js';
import { LogStore, type Run } from './log.store.js';
import { readLogKey, type LogKey } from './log-key.js';
import { checkpointText, openCheckpoint, parseVerifierKey, signNote, type Checkpoint } from './note.js';
import { TreeReader } from './tree-reader.js';
import { isConsistent, ShortTile } from './tree.js';

/** A checkpoint as soon as so many entries are new, or something is new and the last is so old. */
const EVENTS = 100;
const SECONDS = 60;

export class SigningRefused extends Error {}

@Injectable()
export class Signer {
  private readonly log = new Logger('signer');
  private key: LogKey | null = null;
  private complaint: string | null = null;
  private told: string | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly store: LogStore,
    private readonly checkpoints: CheckpointStore,
    private readonly reader: TreeReader,
    private readonly alarms: AlarmStore,
    private readonly metrics: Metrics,
  ) {}

  /** A wrong key is found at start. */
  prepare(): void {
    this.key ??= readLogKey(this.config.logKey, this.config.dataDir, this.config.logOrigin);
  }

  /** Signs where it is time to, or at once with `now`; the note, or null where there was nothing to sign. */
  async signIfDue(now = false): Promise<string | null> {
    try {
      const note = await this.store.alone((run) => this.sign(run, now));
      // Not being due, or another process being at it, says nothing about the log.
      if (note !== null) await this.refused(null);
      return note;
    } catch (error) {
      if (!(error instanceof SigningRefused)) throw error;
      await this.refused(error.message);
      return null;
    }
  }

  private async sign(run: Run, now: boolean): Promise<string | null> {
    this.prepare();
    const { privateKey, verifier } = this.key as LogKey;
    const size = await this.store.size(run);
    const last = await this.checkpoints.last(run);
    // Before anything else, so that a log cut short is noticed when nothing new is written, too.
    const known = await this.known(run);
    const shortened = known.find((one) => one.size > size);
    if (shortened)
      throw new SigningRefused(`the log is shorter than the ${shortened.size} entries of a checkpoint that was signed`);
    if (size === 0 || (last && !(await this.isDue(run, last, size, now)))) return null;
    const head: Checkpoint = { size, root: await this.whole(this.reader.root(size, run)) };
    for (const one of known) await this.refuseUnlessGrownFrom(run, one, head);
    await this.register(run, verifier.keyId, verifier.text);
    const note = signNote(checkpointText(verifier.name, head), privateKey, verifier);
    // Own memory first: a crash in between leaves a checkpoint that the next one is compared with all the same.
    appendNote(this.config.checkpointFile, note);
    const { mail, checkpointMailHours } = this.config;
    await this.checkpoints.add(run, { ...head, keyId: verifier.keyId, note }, mail && checkpointMailHours);
    this.metrics.checkpointSize.set(size);
    return note;
  }

  private async isDue(run: Run, last: { size: number; signedAt: Date }, size: number, now: boolean): Promise<boolean> {
    if (size <= last.size) return false;
    if (now || size - last.size >= EVENTS) return true;
    return (await this.checkpoints.secondsSince(run, last.signedAt)) >= SECONDS;
  }

  /** What was signed before: by this signer's own file, and by the database. Each must carry a signature of ours. */
  private async known(run: Run): Promise<Checkpoint[]> {
    const own = lastNote(this.config.checkpointFile);
    const stored = await this.checkpoints.last(run);
    const keys = (await this.checkpoints.keys(run)).flatMap(({ verifierKey }) => parseVerifierKey(verifierKey) ?? []);
    const mine = (this.key as LogKey).verifier;
    return [own, stored?.note ?? null].flatMap((note) => {
      if (note === null) return [];
      const checkpoint = openCheckpoint(note, [mine, ...keys]);
      if (!checkpoint) throw new SigningRefused('the last checkpoint does not carry a signature of this log');
      return [checkpoint];
    });
  }

  private async refuseUnlessGrownFrom(run: Run, older: Checkpoint, head: Checkpoint): Promise<void> {
    const proof = await this.whole(this.reader.consistency(older.size, head.size, run));
    if (isConsistent(older, head, proof)) return;
    throw new SigningRefused(`the log's first ${older.size} entries are no longer those that were signed`);
  }

  /** A log with holes is not what was signed either. */
  private async whole<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof ShortTile) throw new SigningRefused('the log has gaps');
      throw error;
    }
  }

  /** The first key makes itself known; from then on only `npm run keys -- rotate` hands over to another. */
  private async register(run: Run, keyId: string, verifierKey: string): Promise<void> {
    const current = (await this.checkpoints.keys(run)).at(-1);
    if (!current) return this.checkpoints.addKey(run, { keyId, verifierKey, fromSize: 0, endorsement: null });
    if (current.keyId === keyId) return;
    throw new SigningRefused(
      `this process holds key ${keyId}, but the log is signed by ${current.keyId} (docs/operations.md)`,
    );
  }

  /** Remembered when it is told: what could not be told is tried again with the next turn. */
  private async refused(reason: string | null): Promise<void> {
    this.metrics.signerStopped.set(reason === null ? 0 : 1);
    if (reason !== null && reason !== this.complaint) this.log.error(`NOT SIGNING: ${reason}`);
    this.complaint = reason;
    if (reason !== null && reason === this.told) return;
    const finding = { officeId: null, caseId: null, differences: 1 };
    await this.alarms.tell('signer', reason === null ? [] : [{ ...finding, why: reason }], true);
    this.told = reason;
  }
}
