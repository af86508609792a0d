import { Module, type DynamicModule } from '@nestjs/common';
import { AlarmStore } from './alarm.store.js';
import { CheckpointStore } from './checkpoint.store.js';
import { LogStore } from './log.store.js';
import { LogWorker } from './log.worker.js';
import { RecordStore } from './records.store.js';
import { Sealer } from './sealer.js';
import { SelfCheck } from './self-check.js';
import { SelfCheckStore } from './self-check.store.js';
import { Signer } from './signer.js';
import { TreeReader } from './tree-reader.js';

const READS = [LogStore, CheckpointStore, TreeReader, RecordStore];

/** Every process reads the log and records what it does with it; only workers seal and sign. */
@Module({ providers: READS, exports: READS })
export class EvidenceModule {
  static for(runsWorker: boolean): DynamicModule {
    return {
      module: EvidenceModule,
      providers: runsWorker ? [Sealer, Signer, LogWorker, AlarmStore, SelfCheckStore, SelfCheck] : [],
    };
  }
}
