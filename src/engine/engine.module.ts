import { Module } from '@nestjs/common';
import { Engine } from './engine.service.js';
import { Inbox } from './inbox.service.js';
import { OfficeStore } from './office.store.js';
import { CaseStore } from './store.js';

@Module({ providers: [Engine, Inbox, OfficeStore, CaseStore], exports: [Engine, Inbox, OfficeStore, CaseStore] })
export class EngineModule {}
