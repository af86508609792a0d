import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../db/entities.js';
import { AccountStore } from './accounts.store.js';
import { ActorGuard } from './actor.guard.js';
import { Attempts } from './attempts.js';
import { AuthController } from './auth.controller.js';
import { Tokens } from './tokens.js';

@Module({})
export class AccessModule {
  static for(tokens: Tokens): DynamicModule {
    return {
      module: AccessModule,
      imports: [TypeOrmModule.forFeature([Account])],
      controllers: [AuthController],
      providers: [AccountStore, ActorGuard, Attempts, { provide: Tokens, useValue: tokens }],
      exports: [ActorGuard, AccountStore, Tokens],
    };
  }
}
