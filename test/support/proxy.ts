/** A TCP door in front of a server: it can be shut (the server "stopped") or go dead (a half-open connection). */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Proxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | undefined;
  private dead = false;
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
    const closed = new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
    this.server = undefined;
    this.breakAll();
    await closed;
  }

  /** As if a cable had been pulled: connections stay up, and nothing comes through any more. */
  freeze(): void {
    this.dead = true;
  }

  /** Back to normal; what was frozen breaks, since bytes were lost in it. */
  async mend(): Promise<void> {
    if (this.dead) this.breakAll();
    this.dead = false;
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
    const far = connect(this.target.port, this.target.host);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (chunk) => void (this.dead || to.write(chunk)));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
    }
  }

  private breakAll(): void {
    for (const [near, far] of this.pairs) {
      near.destroy();
      far.destroy();
    }
  }
}
