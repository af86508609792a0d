import { Module } from '@nestjs/common';
import { EngineModule } from '../../engine/engine.module.js';
import { KadinController } from './kadin.controller.js';

@Module({ imports: [EngineModule], controllers: [KadinController] })
export class KadinModule {}
