import { Module } from '@nestjs/common';
import { EngineModule } from '../../engine/engine.module.js';
import { SekdinKabidController } from './sekdin-kabid.controller.js';

@Module({ imports: [EngineModule], controllers: [SekdinKabidController] })
export class SekdinKabidModule {}
