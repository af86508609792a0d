/**
 * Server-sent events from the notice table: asked once a second, kept alive, resumed by the last id seen, ended when the
 * right to hear them ends.
 */
import { Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { AppError } from '../errors.js';
import { NoticeStore, type StreamCursor, type StreamedNotice } from './notices.store.js';

const POLL_MS = 1000;
const KEEP_ALIVE_MS = 15_000;
/** How often it is looked at whether the listener may still listen; what that reads is kept for two seconds (fresh.ts). */
const LOOK_MS = 3000;
const PAGE = 100;
/** Open streams in one process; more are asked to come back. */
const MOST = 500;
/** Of one listener: a desk, a phone and what was not closed; nobody takes the places of others. */
const MOST_OF_ONE = 5;
const RETRY_SECONDS = 30;
const EVENT_ID = /^(\d{1,19})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

@Injectable()
export class NoticeStream implements OnModuleDestroy {
  private readonly stopped = new Subject<void>();
  private openCount = 0;
  private readonly openOf = new Map<string, number>();

  constructor(private readonly store: NoticeStore) {}

  async open(
    officeId: string,
    recipientId: string,
    lastEventId: string | undefined,
    present: (notice: StreamedNotice) => object,
    mayListen: () => Promise<boolean>,
  ): Promise<Observable<MessageEvent>> {
    const from = await (lastEventId
      ? this.store.placeOf(officeId, recipientId, parseEventId(lastEventId))
      : this.store.now());
    const leave = this.take(recipientId);
    // Whoever has gone before the answer began is never listened for.
    const unclaimed = setTimeout(leave, RETRY_SECONDS * 1000).unref();
    return new Observable<MessageEvent>((subscriber) => {
      let { cursor } = from;
      let quietSince = performance.now();
      let lookedAt = quietSince;
      let timer: NodeJS.Timeout | undefined;
      clearTimeout(unclaimed);
      const poll = async () => {
        try {
          if (performance.now() - lookedAt >= LOOK_MS) {
            if (!(await mayListen())) {
              subscriber.complete();
              return;
            }
            lookedAt = performance.now();
          }
          for (const notice of await this.store.since(officeId, recipientId, { cursor, seen: from.seen }, PAGE)) {
            cursor = { xid: notice.xid, id: notice.id };
            quietSince = performance.now();
            subscriber.next({ id: `${cursor.xid}.${cursor.id}`, type: 'notice', data: present(notice) });
          }
        } catch {
          // The database is away: the stream stays open and goes on from its cursor.
        }
        if (performance.now() - quietSince > KEEP_ALIVE_MS) {
          quietSince = performance.now();
          subscriber.next({ type: 'keep-alive', data: '' });
        }
        if (!subscriber.closed) timer = setTimeout(() => void poll(), POLL_MS);
      };
      const stop = this.stopped.subscribe(() => subscriber.complete());
      void poll();
      return () => {
        leave();
        clearTimeout(timer);
        stop.unsubscribe();
      };
    });
  }

  private countOf(recipientId: string): number {
    return this.openOf.get(recipientId) ?? 0;
  }

  /** A place, looked for and taken in one step, so that many at once are counted too; what comes back gives it up, once. */
  private take(recipientId: string): () => void {
    if (this.openCount >= MOST) throw new AppError('UNAVAILABLE', { retryAfterSeconds: RETRY_SECONDS });
    if (this.countOf(recipientId) >= MOST_OF_ONE) {
      throw new AppError('RATE_LIMITED', { retryAfterSeconds: RETRY_SECONDS });
    }
    this.count(recipientId, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.count(recipientId, -1);
      isTaken = false;
    };
  }

  private count(recipientId: string, by: 1 | -1): void {
    this.openCount += by;
    const open = this.countOf(recipientId) + by;
    if (open > 0) this.openOf.set(recipientId, open);
    else this.openOf.delete(recipientId);
  }

  /** Before the HTTP server closes: it waits for open answers. */
  onModuleDestroy(): void {
    this.stopped.next();
  }
}

function parseEventId(text: string): StreamCursor {
  const [, xid, id] = EVENT_ID.exec(text) ?? [];
  if (!xid || !id) throw new AppError('INVALID_CURSOR');
  return { xid, id };
}
