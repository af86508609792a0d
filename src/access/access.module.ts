import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../db/entities.js';
import { AccountStore } from './accounts.store.js';
import { ActorGuard } from './actor.guard.js';
import { Attempts } from './attempts.js';
import { AttemptStore } from './attempts.store.js';
import { AuthController } from './auth.controller.js';
import { InspectedOfficesController } from './inspected-offices.controller.js';
import { MandatesModule } from './mandates.module.js';
import { OldRowStore } from './old-rows.store.js';
import { OldRowWorker } from './old-rows.worker.js';
import { Refusals } from './refusals.js';
import { RefusalStore } from './refusals.store.js';
import { RequestLimits } from './request-limits.js';
import { RequestCountStore } from './request-limits.store.js';
import { SessionStore } from './sessions.store.js';
import { SignIn } from './sign-in.js';
import { Tokens } from './tokens.js';

/** Every process knows who is asking; only workers clear away what is long over. */
@Module({})
export class AccessModule {
  static for(tokens: Tokens, runsWorker: boolean): DynamicModule {
    return {
      module: AccessModule,
      imports: [TypeOrmModule.forFeature([Account]), MandatesModule],
      controllers: [AuthController, InspectedOfficesController],
      providers: [
        AccountStore,
        ActorGuard,
        Attempts,
        AttemptStore,
        Refusals,
        RefusalStore,
        RequestLimits,
        RequestCountStore,
        SessionStore,
        SignIn,
        { provide: Tokens, useValue: tokens },
        ...(runsWorker ? [OldRowStore, OldRowWorker] : []),
      ],
      exports: [ActorGuard, AccountStore, RequestLimits, Tokens],
    };
  }
}
