import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { EventLogController } from './event-log.controller.js';
import { EventLogStore } from './event-log.store.js';
import { ExportController } from './export.controller.js';
import { Exports } from './export.service.js';
import { ExportStore } from './export.store.js';
import { ExportTurns } from './export.turns.js';
import { HistoryStore } from './history.store.js';
import { InspectionController } from './inspection.controller.js';
import { UnmaskController } from './unmask.controller.js';
import { UnmaskStore } from './unmask.store.js';

@Module({
  imports: [EvidenceModule],
  controllers: [InspectionController, ExportController, EventLogController, UnmaskController],
  providers: [HistoryStore, ExportStore, ExportTurns, Exports, EventLogStore, UnmaskStore],
  exports: [HistoryStore, UnmaskStore],
})
export class InspectionModule {}
