import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { BoardsController } from './boards.controller.js';
import { Boards } from './boards.service.js';
import { BoardsStore } from './boards.store.js';
import { ReportStore } from './report.store.js';

@Module({ imports: [EvidenceModule], controllers: [BoardsController], providers: [Boards, BoardsStore, ReportStore] })
export class BoardsModule {}
