import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Notice } from '../db/entities.js';
import { DeliveriesController } from './delivery/deliveries.controller.js';
import { DeliveryListStore } from './delivery/delivery-list.store.js';
import { RetryAll } from './delivery/retry-all.js';
import { NoticesController } from './notices.controller.js';
import { NoticeStore } from './notices.store.js';
import { NoticeStream } from './notices.stream.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { PreferenceStore } from './preferences/preferences.store.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

@Module({})
export class NoticesModule {
  static for(deliveries: DynamicModule, access: DynamicModule): DynamicModule {
    return {
      module: NoticesModule,
      imports: [TypeOrmModule.forFeature([Notice]), deliveries, access],
      controllers: [NoticesController, PreferencesController, WebhooksController, DeliveriesController],
      providers: [NoticeStore, NoticeStream, PreferenceStore, DeliveryListStore, RetryAll],
    };
  }
}
