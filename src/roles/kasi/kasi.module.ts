import { Module } from '@nestjs/common';
import { EngineModule } from '../../engine/engine.module.js';
import { KasiController } from './kasi.controller.js';

@Module({ imports: [EngineModule], controllers: [KasiController] })
export class KasiModule {}
