import { Module } from '@nestjs/common';
import { EngineModule } from '../../engine/engine.module.js';
import { StaffController } from './staff.controller.js';

@Module({ imports: [EngineModule], controllers: [StaffController] })
export class StaffModule {}
