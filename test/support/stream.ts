/** Server-sent events over real HTTP, one at a time; the reader can break off as a network does. */
import { eventually } from './eventually.js';
import type { Http, Person } from './http.js';

/** A transaction running anywhere on the server, such as another suite making its database, holds a stream up. */
const PATIENCE_MS = 60_000;

export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly id: string; readonly text: string; readonly kind: string };
}

export class EventStream {
  private readonly events: StreamEvent[] = [];
  private ended = false;

  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    void this.read().finally(() => (this.ended = true));
  }

  static async open(http: Http, person: Person, headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(`${http.base}/api/v1/notices/stream`, {
      headers: { authorization: `Bearer ${await http.token(person)}`, ...headers },
      signal: abort.signal,
    });
    return new EventStream(response, abort);
  }

  /** The next events, each once. */
  async take(count: number): Promise<StreamEvent[]> {
    await eventually(`${count} events`, () => this.events.length >= count, PATIENCE_MS);
    return this.events.splice(0, count);
  }

  /** What has come and was not taken. */
  get waiting(): readonly StreamEvent[] {
    return this.events;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  breakOff(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        this.events.push(...blocks.flatMap(parse));
      }
    } catch {
      // Broken off by the test, or by the server's end.
    }
  }
}

function parse(block: string): StreamEvent[] {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  if (fields.get('event') !== 'notice') return [];
  const data = JSON.parse(fields.get('data') ?? '') as StreamEvent['data'];
  return [{ id: fields.get('id') ?? '', type: 'notice', data }];
}
