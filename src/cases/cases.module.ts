import { Module } from '@nestjs/common';
import { EngineModule } from '../engine/engine.module.js';
import { InspectionModule } from '../inspection/inspection.module.js';
import { CaseLists } from './case-list.service.js';
import { CaseViews } from './case-view.service.js';
import { CasesController } from './cases.controller.js';
import { CasesStore } from './cases.store.js';
import { DocumentsController } from './documents.controller.js';
import { Documents } from './documents.service.js';
import { ServicesController } from './services.controller.js';

@Module({
  imports: [EngineModule, InspectionModule],
  controllers: [CasesController, DocumentsController, ServicesController],
  providers: [CaseLists, CaseViews, CasesStore, Documents],
})
export class CasesModule {}
