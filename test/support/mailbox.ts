/** A real SMTP server on loopback: it keeps the mail it takes, refuses as told, and can go away and come back on its port. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Mailed extends Email {
  readonly recipients: readonly string[];
}

export class Mailbox {
  readonly mails: Mailed[] = [];
  /** SMTP code for a recipient; 0 takes it. */
  refuse: (address: string) => number = () => 0;
  /** SMTP code for a mail that has come whole; 0 takes it. */
  judge: (mail: Mailed) => number = () => 0;
  /** Called when a mail was taken and before it is acknowledged. */
  onMail: (mail: Mailed) => Promise<void> = () => Promise.resolve();
  private server: SMTPServer | undefined;
  private port = 0;

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await mailbox.up();
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, done) => {
        const code = this.refuse(address);
        done(refusal(code));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          void this.take(
            Buffer.concat(chunks),
            session.envelope.rcptTo.map(({ address }) => address),
          ).then((code) => done(refusal(code)));
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private async take(raw: Buffer, recipients: string[]): Promise<number> {
    const mail = { ...(await PostalMime.parse(raw)), recipients };
    const code = this.judge(mail);
    if (code !== 0) return code;
    this.mails.push(mail);
    await this.onMail(mail);
    return 0;
  }
}

function refusal(code: number): Error | null {
  return code === 0 ? null : Object.assign(new Error('not taken'), { responseCode: code });
}
