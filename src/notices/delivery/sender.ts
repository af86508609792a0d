/** One try of one delivery, by its channel. A receiver's failure is an outcome; so is a defect of ours, which must not stop others. */
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../errors.js';
import { MailSender } from '../mail/mail.sender.js';
import { WebhookSender } from '../webhooks/webhook.sender.js';
import type { Claimed, Outcome } from './outcome.js';

@Injectable()
export class Sender {
  private readonly log = new Logger('deliveries');

  constructor(
    private readonly webhooks: WebhookSender,
    private readonly mail: MailSender,
  ) {}

  async send(claimed: Claimed, stopping: AbortSignal): Promise<Outcome> {
    try {
      return claimed.channel === 'webhook'
        ? await this.webhooks.send(claimed, stopping)
        : await this.mail.send(claimed, stopping);
    } catch (error) {
      // The database is away: nothing was sent, and nothing can be written down.
      if (error instanceof AppError) throw error;
      this.log.error(`delivery ${claimed.id}: ${(error as Error).stack ?? (error as Error).message}`);
      return { result: 'failed', code: 'DEFECT' };
    }
  }
}
