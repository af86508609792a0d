/** A TCP door in front of a server: it can be shut (the server "stopped") or go dead (a half-open connection). */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  dead: boolean;
}

export class Proxy {
  private readonly pairs = new Set<Pair>();
  private server: Server | undefined;
  private frozen = false;
  private mute = false;
  private port = 0;

  private constructor(private readonly target: { host: string; port: number }) {}

  static async before(host: string, port: number): Promise<Proxy> {
    const proxy = new Proxy({ host, port });
    await proxy.listen();
    return proxy;
  }

  /** `url` with this door's address in place of the server's own. */
  rewrite(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** As if the server had stopped: connections break, new ones are refused. */
  async shut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }

  /** As if a cable had been pulled: connections stay up, and nothing comes through any more. */
  freeze(): void {
    this.frozen = true;
    for (const pair of this.pairs) pair.dead = true;
  }

  /** What is asked still arrives; its answers are lost. */
  silence(): void {
    this.mute = true;
  }

  /** New connections work again. What was frozen stays dead without a word, as behind a router that forgot it. */
  async mend(): Promise<void> {
    this.frozen = false;
    this.mute = false;
    if (!this.server) await this.listen();
  }

  private async listen(): Promise<void> {
    const server = createServer((socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private accept(near: Socket): void {
    const pair: Pair = { near, far: connect(this.target.port, this.target.host), dead: this.frozen };
    this.pairs.add(pair);
    this.forward(pair, pair.near, pair.far);
    this.forward(pair, pair.far, pair.near);
  }

  private forward(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      const isAnswer = from === pair.far;
      if (!pair.dead && !(isAnswer && this.mute)) to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      to.destroy();
      this.pairs.delete(pair);
    });
  }
}
