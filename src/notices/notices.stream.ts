/** Server-sent events from the notice table: asked once a second, kept alive, resumed by the last id seen. */
import { Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { AppError } from '../errors.js';
import { NoticeStore, type StreamCursor, type StreamedNotice } from './notices.store.js';

const POLL_MS = 1000;
const KEEP_ALIVE_MS = 15_000;
const PAGE = 100;
/** Open streams in one process; more are asked to come back. */
const MOST = 500;
const EVENT_ID = /^(\d{1,19})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

@Injectable()
export class NoticeStream implements OnModuleDestroy {
  private readonly stopped = new Subject<void>();
  private openCount = 0;

  constructor(private readonly store: NoticeStore) {}

  async open(
    officeId: string,
    recipientId: string,
    lastEventId: string | undefined,
    present: (notice: StreamedNotice) => object,
  ): Promise<Observable<MessageEvent>> {
    if (this.openCount >= MOST) throw new AppError('UNAVAILABLE', { retryAfterSeconds: 30 });
    const from = lastEventId ? { cursor: parseEventId(lastEventId), seen: null } : await this.store.now();
    return new Observable<MessageEvent>((subscriber) => {
      let { cursor } = from;
      let quietSince = performance.now();
      let timer: NodeJS.Timeout | undefined;
      this.openCount += 1;
      const poll = async () => {
        try {
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
        this.openCount -= 1;
        clearTimeout(timer);
        stop.unsubscribe();
      };
    });
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
