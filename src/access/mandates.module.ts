/** Apart from the rest of access, for the list of cases over all inspected offices. */
import { Module } from '@nestjs/common';
import { AccessChanges } from './access-changes.js';
import { MandateStore } from './mandates.store.js';

@Module({ providers: [AccessChanges, MandateStore], exports: [AccessChanges, MandateStore] })
export class MandatesModule {}
