/** The house: what every process has, and what only the API has. */
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { ActorGuard } from './access/actor.guard.js';
import type { Tokens } from './access/tokens.js';
import type { AppConfig } from './app-config.js';
import { CasesModule } from './cases/cases.module.js';
import type { Config } from './config.js';
import { CoreModule } from './core.module.js';
import { InspectionModule } from './inspection/inspection.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { OpsModule } from './ops/ops.module.js';
import { KadinModule } from './roles/kadin/kadin.module.js';
import { KasiModule } from './roles/kasi/kasi.module.js';
import { SekdinKabidModule } from './roles/sekdin-kabid/sekdin-kabid.module.js';
import { StaffModule } from './roles/staff/staff.module.js';
import { SlaModule } from './sla/sla.module.js';

const API = [StaffModule, KadinModule, SekdinKabidModule, KasiModule, CasesModule, NoticesModule, InspectionModule];

@Module({})
export class AppModule {
  static for(config: Config, appConfig: AppConfig, tokens: Tokens): DynamicModule {
    const sla = SlaModule.for(appConfig.runsWorker);
    return {
      module: AppModule,
      imports: [
        CoreModule.for(config, appConfig),
        AccessModule.for(tokens),
        sla,
        OpsModule.for(sla),
        ...(appConfig.runsApi ? API : []),
      ],
      providers: [{ provide: APP_GUARD, useExisting: ActorGuard }],
    };
  }
}
