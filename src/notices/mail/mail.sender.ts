/** One try of a mail, through the office's own server. Its Message-ID is made of the delivery's id: the same on every try. */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { AppConfig } from '../../app-config.js';
import type { Claimed, Outcome } from '../delivery/outcome.js';
import { alarmMail, checkpointMail } from './evidence.message.js';
import { MailStore, type Letter } from './mail.store.js';
import { mailOf, type Mail } from './message.js';

/** Within the lease; a server that says nothing is given up sooner. */
const TRY_MS = 30_000;
const SILENT_MS = 10_000;

@Injectable()
export class MailSender implements OnApplicationShutdown {
  private readonly transport: ReturnType<typeof makeTransport> | null;

  constructor(
    private readonly config: AppConfig,
    private readonly store: MailStore,
  ) {
    this.transport = config.mail && makeTransport(config.mail.url);
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }

  async send({ officeId, id }: Claimed, stopping: AbortSignal): Promise<Outcome> {
    const { mail: server } = this.config;
    if (!server || !this.transport) return { result: 'failed', code: 'NO_MAIL_SERVER' };
    const letter = await this.store.letter(officeId, id);
    const mail = letter && contentOf(letter);
    if (!letter?.to || !mail) return { result: 'refused', code: 'NO_ADDRESS' };
    const timeUp = AbortSignal.timeout(TRY_MS);
    try {
      await this.transport.sendMail({
        from: server.from,
        to: { name: '', address: letter.to },
        messageId: `<${id}@${domainOf(server.from)}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...mail,
        signal: AbortSignal.any([timeUp, stopping]),
      });
      return { result: 'sent', code: 'SMTP_250' };
    } catch (error) {
      return timeUp.aborted ? { result: 'failed', code: 'TIMEOUT' } : outcomeOf(error);
    }
  }
}

/** Null where there is nothing to say any more. */
function contentOf({ notices, isDigest, checkpoint, alarm }: Letter): Mail | null {
  if (checkpoint) return checkpointMail(checkpoint);
  if (alarm) return alarmMail(alarm);
  return notices.length === 0 ? null : mailOf(notices, isDigest);
}

function makeTransport(url: string) {
  return createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: SILENT_MS,
    greetingTimeout: SILENT_MS,
    socketTimeout: SILENT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** A recipient refused for good (5xx to RCPT TO) is; a wrong password or a busy server will be mended. */
function outcomeOf(error: unknown): Outcome {
  const { responseCode, command, code } = error as { responseCode?: number; command?: string; code?: string };
  if (responseCode === undefined) return { result: 'failed', code: code ?? 'SMTP_FAILED' };
  const isForGood = command === 'RCPT TO' && responseCode >= 500;
  return { result: isForGood ? 'refused' : 'failed', code: `SMTP_${responseCode}` };
}

function domainOf(from: string): string {
  return /@([^@<>\s]+?)>?$/.exec(from)?.[1] ?? 'alur.invalid';
}
