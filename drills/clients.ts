/**
 * Clients that take cases through the eight steps and never give up: a request without a sound answer is repeated with
 * the same key. They keep a journal of what was acknowledged, against which the history is read afterwards.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { kimMemberServiceV1 as service } from '../machines/kim-member-service.v1.service.js';
import { exampleOf, OffContract, PATH, type CaseBody, type Http, type Person } from '../test/support/http.js';

/** An acknowledged request: its key, and the entry that its answer says is durable. */
export interface Acknowledged {
  readonly key: string;
  readonly hash: string;
}

const AGAIN_MS = 50;
/** Answers that a client may try again after. */
const BUSY = new Set([429, 502, 503, 504]);

export class Clients {
  readonly journal: Acknowledged[] = [];
  /** How long each of them took, tries in vain included. */
  readonly tookMs: number[] = [];
  /** Answers no client should get; what and how often. */
  readonly odd = new Map<string, number>();
  /** Tries that brought no answer or a 503. */
  retries = 0;
  private stopping = false;
  private count = 0;
  private readonly running: Promise<void>[] = [];

  /** `server`: whom to ask now, chosen anew for every try. `paceMs`: the pause of a client after each act. */
  constructor(
    private readonly name: string,
    private readonly server: () => Http,
    private readonly paceMs = 0,
  ) {}

  start(count: number): void {
    for (let index = 0; index < count; index++) this.running.push(this.work());
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  /** Until an act was acknowledged that was not under way when this was called. */
  async progress(deadlineMs: number): Promise<boolean> {
    const until = performance.now() + deadlineMs;
    const enough = this.journal.length + this.running.length + 1;
    while (this.journal.length < enough) {
      if (performance.now() > until) return false;
      await pause(10);
    }
    return true;
  }

  /** Of a hundred acts, the slowest but one. */
  get p99Ms(): number {
    const sorted = [...this.tookMs].sort((a, b) => a - b);
    return Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      let now = await this.ask('staf', '/cases', { service: service.id, applicant: service.applicantExample }, {});
      for (const [person, , type] of PATH) {
        if (!now || this.isOver()) break;
        const body = { type, payload: exampleOf(type) };
        now = await this.ask(person, `/cases/${now.id}/events`, body, { 'if-match': `"${now.stepSeq}"` });
      }
    }
  }

  private isOver(): boolean {
    return this.stopping;
  }

  private async ask(person: Person, path: string, body: object, headers: Record<string, string>) {
    const key = `${this.name}-${++this.count}`;
    const begun = performance.now();
    for (;;) {
      const reply = await this.server()
        .post<CaseBody>(person, path, body, { ...headers, 'idempotency-key': key })
        .catch((error: unknown) => (error instanceof OffContract ? error : null));
      if (reply instanceof OffContract) return this.oddity(reply.message);
      if (reply && (reply.status === 200 || reply.status === 201)) {
        this.journal.push({ key, hash: reply.body.receipt.hash });
        this.tookMs.push(performance.now() - begun);
        if (this.paceMs > 0) await pause(this.paceMs);
        return reply.body;
      }
      if (reply && !BUSY.has(reply.status)) return this.oddity(`${reply.status} ${reply.text}`);
      this.retries += 1;
      await pause(AGAIN_MS);
    }
  }

  private oddity(said: string): null {
    const what = said.slice(0, 200);
    this.odd.set(what, (this.odd.get(what) ?? 0) + 1);
    return null;
  }
}
