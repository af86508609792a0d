/** Somebody else's server that webhooks are sent to: it keeps what comes, and answers, hangs, trickles or breaks off as told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly id: string;
}

export type Behaviour = (response: ServerResponse, request: Received) => void;

export const answer =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end('{"ok":true}');
  };
/** Takes the message and never says a word. */
export const hang: Behaviour = () => undefined;
export const reset: Behaviour = (response) => {
  response.socket?.resetAndDestroy();
};
/** Part of a status line, then a byte of a header now and then, for ever. */
export const trickle: Behaviour = (response) => {
  const { socket } = response;
  socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
  const timer = setInterval(() => socket?.write('x'), 100);
  socket?.once('close', () => clearInterval(timer));
};
/** A body without end; `sent` says how much of it went out. */
export const flood = (sent: { bytes: number }, megabytes: number): Behaviour => {
  return (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536);
    const most = megabytes * 1024 ** 2;
    const more = () => {
      while (sent.bytes < most && !response.destroyed) {
        sent.bytes += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    response.on('error', () => undefined);
    more();
  };
};

export class Receiver {
  readonly received: Received[] = [];
  connections = 0;
  behave: Behaviour = answer(200);
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async open(host = '127.0.0.1', port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}/alur`;
  }

  /** Ids of messages in the order in which they came, repeats included. */
  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }

  /** Breaks off whatever is under way, as a restart would. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const headers = request.headers as Record<string, string>;
    const received = {
      path: request.url ?? '',
      method: request.method ?? '',
      headers,
      body: Buffer.concat(chunks).toString('utf8'),
      id: headers['webhook-id'] ?? '',
    };
    this.received.push(received);
    this.behave(response, received);
  }
}
