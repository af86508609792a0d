/** Writes down how a try ended, and what follows from it: nothing more, another try, or no further one and a word to the admins. */
import { Injectable } from '@nestjs/common';
import { Metrics } from '../../ops/metrics.js';
import { MOST_TRIES, pauseMs } from './backoff.js';
import { DeliveryQueue } from './delivery.queue.js';
import { DeliveryStore, type OpsNotice } from './delivery.store.js';
import type { Claimed, Outcome } from './outcome.js';

@Injectable()
export class Settler {
  constructor(
    private readonly store: DeliveryStore,
    private readonly queue: DeliveryQueue,
    private readonly metrics: Metrics,
  ) {}

  async settle(claimed: Claimed, outcome: Outcome): Promise<void> {
    const { channel } = claimed;
    if (outcome.result === 'sent') await this.store.sent(claimed, outcome.code);
    else if (outcome.result === 'refused') await this.refuse(claimed, outcome.code, outcome.gone ?? false);
    else if (claimed.isTest || claimed.attempts >= MOST_TRIES) {
      await this.store.stop(claimed, 'parked', outcome.code, parkedNotice(claimed, outcome.code));
      this.metrics.deliveries.inc({ channel, result: 'parked' });
      return;
    } else await this.tryAgain(claimed, outcome.code, outcome.askedMs ?? 0);
    this.metrics.deliveries.inc({ channel, result: outcome.result });
  }

  private async refuse(claimed: Claimed, code: string, gone: boolean): Promise<void> {
    if (gone) await this.store.disableGone(claimed);
    await this.store.stop(claimed, 'refused', code, gone ? GONE : parkedNotice(claimed, code));
  }

  private async tryAgain(claimed: Claimed, code: string, asked: number): Promise<void> {
    const pause = pauseMs(claimed.attempts, Math.random(), asked);
    if (asked > 0) await this.store.hold(claimed, pause);
    const at = await this.store.again(claimed, code, pause);
    const { id, lane, attempts } = claimed;
    if (at !== null) await this.queue.call([{ id, lane, at, tries: attempts }]);
  }
}

function parkedNotice({ channel, attempts }: Claimed, code: string): OpsNotice {
  const [id, en] = channel === 'email' ? ['surel', 'e-mail'] : ['webhook', 'webhook'];
  return {
    kind: 'DELIVERY_PARKED',
    id: `Pemberitahuan lewat ${id} tidak terkirim setelah ${attempts} percobaan (${code}). Lihat daftar pengiriman, perbaiki penyebabnya, lalu kirim ulang.`,
    en: `A notice by ${en} was not delivered after ${attempts} tries (${code}). See the list of deliveries, mend the cause, then retry.`,
  };
}

const GONE: OpsNotice = {
  kind: 'WEBHOOK_DISABLED',
  id: 'Penerima webhook menjawab 410 (sudah tiada), maka dinonaktifkan. Lihat daftar webhook.',
  en: 'A webhook receiver answered 410 (gone) and has been disabled. See the list of webhooks.',
};
