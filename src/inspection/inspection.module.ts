import { Module } from '@nestjs/common';
import { HistoryStore } from './history.store.js';
import { InspectionController } from './inspection.controller.js';

@Module({ controllers: [InspectionController], providers: [HistoryStore], exports: [HistoryStore] })
export class InspectionModule {}
