import { Module, type DynamicModule } from '@nestjs/common';
import { EngineModule } from '../engine/engine.module.js';
import { AlarmQueue } from './alarm.queue.js';
import { AlarmWorker } from './alarm.worker.js';
import { CalendarWorker } from './calendar.worker.js';
import { CanaryStore } from './canary.store.js';
import { TruthStore } from './truth.store.js';
import { TruthWorker } from './truth.worker.js';

/** Every process calls; only workers answer. */
@Module({})
export class SlaModule {
  static for(runsWorker: boolean): DynamicModule {
    return {
      module: SlaModule,
      imports: [EngineModule],
      providers: [
        AlarmQueue,
        ...(runsWorker ? [AlarmWorker, CalendarWorker, TruthWorker, TruthStore, CanaryStore] : []),
      ],
      exports: [AlarmQueue],
    };
  }
}
