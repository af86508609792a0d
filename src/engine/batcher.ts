/**
 * Lets concurrent requests share one statement, and so one commit. A lone request goes at once; while a statement is
 * under way, what arrives meanwhile goes together as soon as a lane is free.
 *
 * In a crowd one lane carries more than two: a second one would set off with the two or three that came last, and each
 * statement has its price. It is opened there only beside a statement that does not come back, a locked row or a slow disk.
 */
import { AppError } from '../errors.js';

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

interface Limits<In> {
  /** Statements under way at once. */
  readonly lanes: number;
  /** Items in one statement. */
  readonly batch: number;
  /** Items waiting; more are refused with 503, so that an overload answers instead of piling up. */
  readonly queue: number;
  /** How long a crowd waits for the statement under way, 5 ms unless told; it usually takes one to three. */
  readonly patienceMs?: number;
  /** Items with the same key never share a statement: two changes of one case must follow each other. */
  readonly key?: (item: In) => string;
}

/** A statement with more than this many has come from a crowd. */
const FEW = 4;
const PATIENCE_MS = 5;

interface Sent {
  readonly size: number;
  readonly at: number;
}

export class Batcher<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private readonly underWay = new Set<Sent>();
  private scheduled = false;
  private reminder: NodeJS.Timeout | undefined;

  constructor(
    private readonly run: (items: readonly In[]) => Promise<readonly Out[]>,
    private readonly limits: Limits<In>,
  ) {}

  submit(item: In): Promise<Out> {
    if (this.waiting.length >= this.limits.queue) {
      return Promise.reject(new AppError('UNAVAILABLE', { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Requests parsed in the same turn of the event loop still share: a statement that finds its lane free is cut at the turn's end. */
  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    if (!this.hasRoom()) {
      this.remind();
      return;
    }
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.waiting.length > 0 && this.hasRoom()) void this.send(this.cut());
      if (this.waiting.length > 0) this.remind();
    });
  }

  private get patienceMs(): number {
    return this.limits.patienceMs ?? PATIENCE_MS;
  }

  private hasRoom(): boolean {
    const [oldest] = this.underWay;
    if (!oldest) return true;
    if (this.underWay.size >= this.limits.lanes) return false;
    return oldest.size <= FEW || performance.now() - oldest.at >= this.patienceMs;
  }

  /** To look again whether the statement under way has come back. */
  private remind(): void {
    const [oldest] = this.underWay;
    if (!oldest || this.underWay.size >= this.limits.lanes) return;
    const leftMs = Math.max(1, this.patienceMs - (performance.now() - oldest.at));
    this.reminder ??= setTimeout(() => {
      this.reminder = undefined;
      this.schedule();
    }, leftMs).unref();
  }

  private cut(): Waiting<In, Out>[] {
    const { batch, key } = this.limits;
    if (!key) return this.waiting.splice(0, batch);
    const chosen: Waiting<In, Out>[] = [];
    const left: Waiting<In, Out>[] = [];
    const keys = new Set<string>();
    for (const one of this.waiting) {
      const name = key(one.item);
      if (chosen.length < batch && !keys.has(name)) chosen.push(one);
      else left.push(one);
      keys.add(name);
    }
    this.waiting = left;
    return chosen;
  }

  private async send(batch: Waiting<In, Out>[]): Promise<void> {
    const sent = { size: batch.length, at: performance.now() };
    this.underWay.add(sent);
    try {
      const outs = await this.run(batch.map(({ item }) => item));
      this.underWay.delete(sent);
      const answer = () => batch.forEach(({ resolve }, index) => resolve(outs[index] as Out));
      if (this.sendNext()) setImmediate(answer);
      else answer();
    } catch (error) {
      if (batch.length === 1 || error instanceof AppError) batch.forEach(({ reject }) => reject(error));
      else await this.oneByOne(batch);
    } finally {
      this.underWay.delete(sent);
      this.schedule();
    }
  }

  /** Before those who came back are answered: the database works on while this process writes their answers. */
  private sendNext(): boolean {
    if (this.waiting.length === 0 || !this.hasRoom()) return false;
    void this.send(this.cut());
    return true;
  }

  /** One bad item (a key used on another case) must not harm its neighbours: nothing was written, so try each alone. */
  private async oneByOne(batch: Waiting<In, Out>[]): Promise<void> {
    for (const { item, resolve, reject } of batch) {
      try {
        const [out] = await this.run([item]);
        resolve(out as Out);
      } catch (error) {
        reject(error);
      }
    }
  }
}
