import { Module } from '@nestjs/common';
import { MandatesModule } from '../access/mandates.module.js';
import { EngineModule } from '../engine/engine.module.js';
import { InspectionModule } from '../inspection/inspection.module.js';
import { CaseClockController } from './case-clock.controller.js';
import { CaseHistories } from './case-history.store.js';
import { CaseLists } from './case-list.service.js';
import { CaseViews } from './case-view.service.js';
import { CasesController } from './cases.controller.js';
import { CasesStore } from './cases.store.js';
import { DocumentsController } from './documents.controller.js';
import { Documents } from './documents.service.js';
import { InspectedCasesController } from './inspected-cases.controller.js';
import { PaperLimit } from './paper-limit.js';
import { ServicesController } from './services.controller.js';

@Module({
  imports: [EngineModule, InspectionModule, MandatesModule],
  controllers: [
    CasesController,
    CaseClockController,
    DocumentsController,
    ServicesController,
    InspectedCasesController,
  ],
  providers: [CaseHistories, CaseLists, CaseViews, CasesStore, Documents, PaperLimit],
})
export class CasesModule {}
