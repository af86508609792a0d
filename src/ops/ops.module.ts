import { Module, type DynamicModule } from '@nestjs/common';
import { Gauges } from './gauges.js';
import { OpsController } from './ops.controller.js';

@Module({})
export class OpsModule {
  static for(sla: DynamicModule): DynamicModule {
    return { module: OpsModule, imports: [sla], controllers: [OpsController], providers: [Gauges] };
  }
}
