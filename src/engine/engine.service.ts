/**
 * Everything that happens to a case goes through here: open, send, view, inbox, and the alarms that are due. The machine
 * decides, one statement writes, the answer leaves after the commit.
 */
import { Injectable, Logger } from '@nestjs/common';
import { Registry, type Registered } from '../../machines/registry.js';
import { AppError } from '../errors.js';
import { Metrics } from '../ops/metrics.js';
import { Turns } from '../ops/turns.js';
import { LEVEL_EVENTS } from '../sla/ladder.js';
import { answer } from './answer.js';
import type { CaseAnswer } from './answer.types.js';
import { caseIdAt } from './case-id.js';
import { caughtUpWrite } from './catch-up.js';
import { leafHash, sha256Hex } from './chain.js';
import { decide, type Accepted } from './decide.js';
import { DueStore, MOST_TRIES } from './due.store.js';
import { entryOf } from './entry-of.js';
import { withNumber, type Entry } from './entry.js';
import { OfficeStore } from './office.store.js';
import { openingOf } from './opening.js';
import { replay } from './replay.js';
import { freshSalt } from './salt.js';
import { restore } from './snapshot.js';
import { CaseStore, type Earlier, type Loaded, type Written } from './store.js';
import type { Actor, CaseRow, CaseWrite, Intent, Refusal, Role } from './types.js';
import type { Times } from './visit.js';

type CaughtUpWrite = CaseWrite & { readonly lateMs: readonly number[] };

/**
 * How often a decision is taken again because the case moved between reading and writing. Only records without If-Match
 * ever get far: of that many papers put on one case at once, each round lets at least one in.
 */
const TRIES = 32;
/** No case has the nil UUID: what is asked for is the time, and the request under this key. */
const NO_CASE = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class Engine {
  private readonly log = new Logger('engine');
  private readonly turns = new Turns();
  /** Called after a commit that armed an alarm; a hint to wake up in time, never needed. */
  onArmed: (at: number) => void = () => undefined;

  constructor(
    readonly registry: Registry,
    private readonly store: CaseStore,
    private readonly due: DueStore,
    private readonly offices: OfficeStore,
    private readonly metrics: Metrics,
  ) {}

  /** Opens a case of the service's newest version. `created` is false for a repeated request. */
  async open(
    actor: Actor,
    serviceId: string,
    applicant: unknown,
    key: string | null,
  ): Promise<{ created: boolean; answer: CaseAnswer }> {
    const registered = this.registry.find(serviceId);
    if (!registered) throw new AppError('UNKNOWN_SERVICE', { params: { service: serviceId } });
    const requestHash = key === null ? '' : sha256Hex(JSON.stringify(['OPEN', serviceId, applicant]));
    const { now, earlier } = await this.load(actor, NO_CASE, key);
    if (earlier) return { created: false, answer: await this.repeat(actor, earlier, requestHash) };
    const caseId = caseIdAt(now);
    const directory = await this.offices.directory(actor.officeId);
    const time = await this.offices.workingTime(actor.officeId, directory.calendarVersion);
    const opened = openingOf({
      registered,
      actor,
      applicant,
      caseId,
      at: now,
      time,
      calendarVersion: directory.calendarVersion,
      request: key === null ? null : { key, hashHex: requestHash },
      saltHex: freshSalt(),
    });
    if (!opened.ok) throw refusal(opened);
    const written = await this.onceByKey(actor, key, requestHash, () => this.store.open(opened.write, opened.opening));
    if ('answer' in written) return { created: false, answer: written.answer };
    this.metrics.transitions.inc({ event: 'OPENED' });
    this.armed(opened.write.change.nextAlarmAt);
    const entry = withNumber(opened.entry, opened.write.number, written.number);
    const head = { id: caseId, caseNo: written.number };
    return { created: true, answer: answer(registered, head, opened.snapshot, entry, written.hash, readerOf(entry)) };
  }

  /** One event on one case; the answer is durable. Refusals are thrown as AppError and leave nothing behind. */
  send(actor: Actor, intent: Intent): Promise<CaseAnswer> {
    // Without If-Match all of them may pass: in turn they do, instead of outrunning each other again and again.
    if (intent.stepSeq === null) return this.turns.take(intent.caseId, () => this.act(actor, intent));
    return this.act(actor, intent);
  }

  private async act(actor: Actor, intent: Intent): Promise<CaseAnswer> {
    const requestHash = hashOf(intent);
    const quick = await this.actOnLastKnown(actor, intent, requestHash);
    if (quick) return quick;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { row, now, earlier } = await this.load(actor, intent.caseId, intent.key);
      if (earlier) return this.repeat(actor, earlier, requestHash);
      if (!row) throw new AppError('NOT_FOUND');
      const decided = await this.decide(actor, intent, row, now, requestHash);
      if (!decided.ok) throw refusal(decided);
      const done = await this.write(actor, intent, requestHash, row, decided);
      if (done) return done;
    }
    throw new AppError('UNAVAILABLE', { retryAfterSeconds: 1 });
  }

  /**
   * On the case as this process last left it, with nothing read but the time. It counts only where the version still
   * matches; a refusal, a repeat, or a case that has moved on takes the long way. Only for acts that say which step they
   * saw: a repeat of one is stale by then, and so never gets as far as the statement others share.
   */
  private async actOnLastKnown(actor: Actor, intent: Intent, requestHash: string): Promise<CaseAnswer | null> {
    const row = intent.stepSeq === null ? null : this.store.lastKnown(actor.officeId, intent.caseId);
    if (!row || row.stepSeq !== intent.stepSeq) return null;
    const decided = await this.decide(actor, intent, row, await this.store.now(), requestHash);
    return decided.ok ? this.write(actor, intent, requestHash, row, decided) : null;
  }

  /** The answer once it is durable; null where the case has moved on from `row`, and nothing was written. */
  private async write(
    actor: Actor,
    intent: Intent,
    requestHash: string,
    row: CaseRow,
    decided: Accepted,
  ): Promise<CaseAnswer | null> {
    const append = () => this.store.append(row, decided.write);
    const written = await this.onceByKey(actor, intent.key, requestHash, append);
    if (written === null) return null;
    return 'answer' in written ? written.answer : this.finish(row, decided, written);
  }

  /** A case as it stands, with what this reader may do. */
  async view(actor: Actor, caseId: string): Promise<{ row: CaseRow; now: number; answer: CaseAnswer }> {
    const { row, now } = await this.load(actor, caseId, null);
    if (!row) throw new AppError('NOT_FOUND');
    const registered = this.registered(row);
    const act = await this.store.lastAct(row.officeId, row.id, row.version);
    const reader = { id: actor.accountId, roles: actor.grants.map(({ role }) => role) };
    const snapshot = restore(registered.service, row.snapshot);
    const shown = answer(registered, row, snapshot, entryOf(act.entry), act.hash, reader);
    return { row, now, answer: { ...shown, dueAt: row.dueAt === null ? null : new Date(row.dueAt).toISOString() } };
  }

  /** Fires what is due, at most `limit` cases; true while more may be due. Safe to call from anywhere at any time. */
  async fireDue(limit: number): Promise<boolean> {
    const { claimed, fired, failed } = await this.due.drain(limit, (row, now, calendar) =>
      this.caughtUp(row, now, calendar),
    );
    this.announce(fired);
    for (const { caseNo, tries, reason } of failed) {
      this.metrics.alarmsFailed.inc();
      const parked = tries >= MOST_TRIES ? ', parked (npm run parked)' : '';
      this.log.error(`alarm of case ${caseNo} cannot fire, try ${tries}${parked}: ${reason}`);
    }
    return claimed === limit && fired.length + failed.length > 0;
  }

  /** What the clock has to say about a case by `now`; `calendarVersion` is the one its office goes by. */
  async caughtUp(row: CaseRow, now: number, calendarVersion: number): Promise<CaughtUpWrite | null> {
    const directory = await this.offices.directory(row.officeId);
    const times = await this.times(row, calendarVersion);
    return caughtUpWrite(this.registered(row), row, directory, times, Math.max(now, row.lastAt));
  }

  /** After such writes are durable: counted, and called for again. */
  announce(writes: readonly CaughtUpWrite[]): void {
    for (const { earlier, last, lateMs, change, notices } of writes) {
      this.countAlarms([...earlier, last], lateMs, notices);
      this.armed(change.nextAlarmAt);
    }
  }

  /** A case may already go by a later version than the directory, which is read every few seconds, knows of. */
  private async times(row: CaseRow, officeVersion: number): Promise<Times> {
    const currentVersion = Math.max(officeVersion, row.calendarVersion);
    const [visit, current] = await Promise.all([
      this.offices.workingTime(row.officeId, row.calendarVersion),
      this.offices.calendar(row.officeId, currentVersion),
    ]);
    return { visit, current: current.time, currentVersion, changedBy: current.changedBy };
  }

  /** The machine a case runs on; a stored hash that differs means somebody changed a released version. */
  registered({
    service,
    machineVersion,
    machineHash,
  }: Pick<CaseRow, 'service' | 'machineVersion' | 'machineHash'>): Registered {
    const found = this.registry.find(service, machineVersion);
    if (!found || found.hash !== machineHash) {
      throw new Error(`Machine ${service}@${machineVersion} with hash ${machineHash} is not installed.`);
    }
    return found;
  }

  private load(actor: Actor, caseId: string, key: string | null): Promise<Loaded> {
    return this.store.load({ officeId: actor.officeId, caseId, actorId: actor.accountId, key });
  }

  private async decide(
    actor: Actor,
    intent: Intent,
    row: CaseRow,
    now: number,
    requestHash: string,
  ): Promise<Accepted | Refusal> {
    const directory = await this.offices.directory(row.officeId);
    return decide({
      registered: this.registered(row),
      row,
      actor,
      intent,
      directory,
      times: await this.times(row, directory.calendarVersion),
      at: Math.max(now, row.lastAt),
      requestHash,
      saltHex: freshSalt,
    });
  }

  private finish(row: CaseRow, { write, entry: decided, snapshot, lateMs }: Accepted, written: Written): CaseAnswer {
    this.metrics.transitions.inc({ event: write.last.event });
    this.countAlarms(write.earlier, lateMs, write.notices);
    this.armed(write.change.nextAlarmAt);
    const entry = withNumber(decided, write.number, written.number);
    return answer(this.registered(row), row, snapshot, entry, written.hash, readerOf(entry));
  }

  /** Runs a write; when another request with the same key was quicker, its answer is the answer. */
  private async onceByKey<T>(
    actor: Actor,
    key: string | null,
    requestHash: string,
    write: () => Promise<T>,
  ): Promise<T | { answer: CaseAnswer }> {
    try {
      return await write();
    } catch (error) {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code !== '23505' || constraint !== 'history_request') throw error;
      const { earlier } = await this.load(actor, NO_CASE, key);
      if (!earlier) throw error;
      return { answer: await this.repeat(actor, earlier, requestHash) };
    }
  }

  /** The answer a request got before, made again from the history it left. */
  private async repeat(actor: Actor, earlier: Earlier, requestHash: string): Promise<CaseAnswer> {
    if (earlier.requestHash !== requestHash) throw new AppError('IDEMPOTENCY_MISMATCH');
    const { row } = await this.load(actor, earlier.caseId, null);
    if (!row) throw new AppError('NOT_FOUND');
    const texts = await this.store.entriesUpTo(row.officeId, row.id, earlier.seq);
    const entries = texts.map(entryOf);
    const entry = entries[entries.length - 1];
    if (!entry) throw new Error(`Case ${row.id} has no entry ${earlier.seq}.`);
    this.metrics.replays.inc();
    const registered = this.registered(row);
    const hash = leafHash(texts[texts.length - 1] ?? '');
    return answer(registered, row, replay(registered.service, entries), entry, hash, readerOf(entry));
  }

  private countAlarms(
    entries: readonly { event: string; level: number | null }[],
    lateMs: readonly number[],
    notices: readonly { level: number }[],
  ): void {
    const alarms = entries.filter(({ level }) => level !== null);
    alarms.forEach(({ event, level }, index) => {
      const isHeard = event === LEVEL_EVENTS.warning || notices.some((notice) => notice.level === level);
      if (!isHeard) this.metrics.alarmsUnheard.inc();
      this.metrics.alarmsFired.inc({ level: String(level) });
      this.metrics.alarmLateness.observe((lateMs[index] ?? 0) / 1000);
    });
  }

  private armed(at: number | null): void {
    if (at !== null) this.onArmed(at);
  }
}

function readerOf({ actor }: Entry): { id: string; roles: readonly Role[] } {
  return { id: actor?.id ?? '', roles: actor?.roles ?? [] };
}

/** What a repeat under the same key must be the same as; nothing to compare where there is no key. */
function hashOf({ caseId, event, payload, file, key }: Intent): string {
  return key === null ? '' : sha256Hex(JSON.stringify([caseId, event, payload ?? {}, file ?? null]));
}

function refusal({ code, ...extras }: Refusal): AppError {
  return new AppError(code, extras);
}
