import { Module } from '@nestjs/common';
import { AccessChanges } from '../access/access-changes.js';
import { MandatesModule } from '../access/mandates.module.js';
import { AdminStore } from '../admin/admin.store.js';
import { EngineModule } from '../engine/engine.module.js';
import { OfficeStore } from '../engine/office.store.js';
import { CalendarVersionsController } from './calendar-versions.controller.js';
import { CalendarsController } from './calendars.controller.js';
import { Calendars } from './calendars.service.js';
import { CalendarsStore } from './calendars.store.js';

@Module({
  imports: [EngineModule, MandatesModule],
  controllers: [CalendarsController, CalendarVersionsController],
  providers: [Calendars, CalendarsStore, AdminStore],
})
export class CalendarsModule {
  /** A changed calendar is heard of at once: who acts is judged by it, not by what this process remembers. */
  constructor(changes: AccessChanges, offices: OfficeStore) {
    changes.keep(offices);
  }
}
