import { Module, type DynamicModule } from '@nestjs/common';
import { AdminStore } from '../../admin/admin.store.js';
import { EngineModule } from '../../engine/engine.module.js';
import { MailSender } from '../mail/mail.sender.js';
import { MailStore } from '../mail/mail.store.js';
import { EndpointStore } from '../webhooks/endpoints.store.js';
import { Sealer } from '../webhooks/sealer.js';
import { WebhookSender } from '../webhooks/webhook.sender.js';
import { DeliveryGauges } from './delivery.gauges.js';
import { DeliveryQueue } from './delivery.queue.js';
import { DeliveryStore } from './delivery.store.js';
import { DeliveryWorker } from './delivery.worker.js';
import { Lanes } from './lanes.js';
import { Relay } from './relay.js';
import { RelayStore } from './relay.store.js';
import { Sender } from './sender.js';
import { Settler } from './settler.js';

const SENDING = [Relay, RelayStore, Lanes, Sender, Settler, MailSender, MailStore, WebhookSender, DeliveryWorker];

/** Every process calls and keeps endpoints; only workers relay and send. */
@Module({})
export class DeliveryModule {
  static for(runsWorker: boolean): DynamicModule {
    return {
      module: DeliveryModule,
      imports: [EngineModule],
      providers: [
        DeliveryStore,
        DeliveryQueue,
        DeliveryGauges,
        AdminStore,
        EndpointStore,
        Sealer,
        ...(runsWorker ? SENDING : []),
      ],
      exports: [DeliveryQueue, EndpointStore, Sealer],
    };
  }
}
