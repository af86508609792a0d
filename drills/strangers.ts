/**
 * Other people's servers: nine receivers of webhooks, eight of them hostile until they are mended, and a mail server that
 * is down, then takes mail and refuses it, then is well. Each remembers what it was brought.
 */
import type { Http } from '../test/support/http.js';
import { Mailbox, type Mailed } from '../test/support/mailbox.js';
import { answer, flood, hang, Receiver, reset, trickle, type Behaviour } from '../test/support/receiver.js';
import { Brought } from './brought.js';

const NAMES = ['healthy', 'hangs', 'trickles', 'resets', 'fails', 'limits', 'gone', 'redirects', 'floods'] as const;
type Name = (typeof NAMES)[number];

const FLOOD_MB = 100;
/** What lies in the buffers of both systems when we stop reading; the body is six times that. */
const READ_MB = 16;
/** Longer than the outage and shorter than the time that is let pass afterwards. */
const QUIET_SECONDS = 1800;
/** Tries of one receiver side by side, in both workers, before they know better. */
const AT_ONCE = 8;
const TRY_LATER = 451;

interface Door {
  readonly name: Name;
  readonly receiver: Receiver;
  readonly endpointId: string;
  readonly brought: Brought;
}

interface Listed {
  readonly items: readonly {
    readonly id: string;
    readonly enabled: boolean;
    readonly disabledBecause: string | null;
  }[];
}

const OF_THE_LOG = /^\[Alur\] (Titik periksa|Keutuhan riwayat)/;

export class Strangers {
  readonly doors: Door[] = [];
  readonly mails = new Brought();
  private readonly floods: { bytes: number }[] = [];
  private mailWell = false;

  private constructor(
    private readonly mailbox: Mailbox,
    /** Where redirects lead. */
    private readonly target: Receiver,
  ) {
    mailbox.judge = (mail) => {
      // Checkpoints and alarms of the log come by mail too, and belong to no notice.
      if (!OF_THE_LOG.test(mail.subject ?? '')) this.mails.note(mailKey(mail), mail.messageId ?? '', this.mailWell);
      return this.mailWell ? 0 : TRY_LATER;
    };
  }

  /** The mail server's port is known, and nobody listens there. */
  static async open(): Promise<Strangers> {
    const [mailbox, target] = await Promise.all([Mailbox.open(), Receiver.open()]);
    await mailbox.down();
    return new Strangers(mailbox, target);
  }

  get environment(): Record<string, string> {
    return {
      SMTP_URL: this.mailbox.url,
      MAIL_FROM: 'Alur <alur@kantor.example>',
      WEBHOOK_ALLOW: '127.0.0.1/32',
      SEAL_KEY: 'a-key-for-a-drill-and-nothing-else',
      SWEEP_SECONDS: '1',
    };
  }

  get healthyId(): string {
    return this.door('healthy').endpointId;
  }

  /** Each becomes a webhook of the office. */
  async register(people: Http): Promise<void> {
    for (const name of NAMES) {
      const receiver = await Receiver.open();
      const body = { label: name, url: receiver.url };
      const { status, text, body: made } = await people.post<{ id: string }>('admin', '/admin/webhooks', body);
      if (status !== 201) throw new Error(`adding a webhook gave ${status}: ${text}`);
      const door = { name, receiver, endpointId: made.id, brought: new Brought() };
      this.doors.push(door);
      this.behave(door, this.behaviourOf(name), name === 'healthy' || name === 'floods');
    }
  }

  /** From now on the mail server listens, and refuses each mail for now when it has all of it. */
  async mailAnswers(): Promise<void> {
    await this.mailbox.up();
  }

  async mailAway(): Promise<void> {
    await this.mailbox.down();
  }

  async mendMail(): Promise<void> {
    this.mailWell = true;
    await this.mailbox.up();
  }

  /** All receivers are started again and take what comes; the office's admin lets the one that was gone in again. */
  async mendReceivers(people: Http): Promise<void> {
    for (const door of this.doors) {
      this.behave(door, answer(200), true);
      if (door.name !== 'healthy') door.receiver.drop();
    }
    const path = `/admin/webhooks/${this.door('gone').endpointId}`;
    await people.send('admin', 'PATCH', path, '{"enabled":true}', { 'content-type': 'application/json' });
    await people.post('admin', '/admin/deliveries/retry', {});
  }

  /** What we did to them that nobody should, asked before they are mended. */
  async complaints(people: Http): Promise<string[]> {
    const { body } = await people.get<Listed>('admin', '/admin/webhooks');
    const gone = body.items.find(({ id }) => id === this.door('gone').endpointId);
    const quiet = (['gone', 'limits'] as const).filter((name) => this.door(name).brought.tries > AT_ONCE);
    const untried = this.doors.filter(({ brought }) => brought.tries === 0);
    return [
      ...(gone?.disabledBecause === 'GONE' && !gone.enabled ? [] : ['a receiver that answers 410 is not disabled']),
      ...quiet.map((name) => `${name}: tried ${this.door(name).brought.tries} times`),
      ...untried.map(({ name }) => `${name}: never tried`),
      ...(this.target.connections > 0 ? [`a redirect was followed ${this.target.connections} times`] : []),
      ...(this.mostReadMb > READ_MB ? [`${this.mostReadMb} MB of a body of ${FLOOD_MB} MB were read`] : []),
    ];
  }

  get mostReadMb(): number {
    return Math.ceil(Math.max(0, ...this.floods.map(({ bytes }) => bytes)) / 1024 ** 2);
  }

  async close(): Promise<void> {
    await Promise.all([this.mailbox.down(), ...[this.target, ...this.receivers].map((one) => one.close())]);
  }

  private get receivers(): Receiver[] {
    return this.doors.map(({ receiver }) => receiver);
  }

  private door(name: Name): Door {
    const door = this.doors.find((one) => one.name === name);
    if (!door) throw new Error(`no door ${name}`);
    return door;
  }

  private behave({ receiver, brought }: Door, behaviour: Behaviour, isAccepted: boolean): void {
    receiver.behave = (response, request) => {
      const { data } = JSON.parse(request.body) as { data: { noticeId: string } };
      brought.note(data.noticeId, request.id, isAccepted);
      behaviour(response, request);
    };
  }

  private behaviourOf(name: Name): Behaviour {
    const behaviours: Record<Name, Behaviour> = {
      healthy: answer(200),
      hangs: hang,
      trickles: trickle,
      resets: reset,
      fails: answer(500),
      limits: answer(429, { 'retry-after': String(QUIET_SECONDS) }),
      gone: answer(410),
      redirects: answer(302, { location: this.target.url }),
      floods: (response, request) => {
        const sent = { bytes: 0 };
        this.floods.push(sent);
        flood(sent, FLOOD_MB)(response, request);
      },
    };
    return behaviours[name];
  }
}

/** A mail says no notice's id, and needs none: its recipient and its first paragraph are one notice's alone. */
function mailKey({ recipients, text = '' }: Mailed): string {
  return `${recipients.join()} ${text.split('\n\n')[0]?.trim() ?? ''}`;
}
