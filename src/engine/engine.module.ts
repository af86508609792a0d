import { Module } from '@nestjs/common';
import { CalendarMoveStore } from './calendar-move.store.js';
import { CalendarMover } from './calendar-mover.js';
import { DueStore } from './due.store.js';
import { Engine } from './engine.service.js';
import { Inbox } from './inbox.service.js';
import { OfficeStore } from './office.store.js';
import { CaseStore } from './store.js';

@Module({
  providers: [Engine, Inbox, OfficeStore, CaseStore, DueStore, CalendarMoveStore, CalendarMover],
  exports: [Engine, Inbox, OfficeStore, CaseStore, CalendarMover],
})
export class EngineModule {}
