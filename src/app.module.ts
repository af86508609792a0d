/** The house: what every process has, and what only the API has. */
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { AccessModule } from './access/access.module.js';
import { ActorGuard } from './access/actor.guard.js';
import type { Tokens } from './access/tokens.js';
import type { AppConfig } from './app-config.js';
import { AuditModule } from './audit/audit.module.js';
import { BoardsModule } from './boards/boards.module.js';
import { CalendarsModule } from './calendars/calendars.module.js';
import { CasesModule } from './cases/cases.module.js';
import type { Config } from './config.js';
import { CoreModule } from './core.module.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { FindingsModule } from './findings/findings.module.js';
import { InspectionModule } from './inspection/inspection.module.js';
import { DeliveryModule } from './notices/delivery/delivery.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { OpsModule } from './ops/ops.module.js';
import { KadinModule } from './roles/kadin/kadin.module.js';
import { KasiModule } from './roles/kasi/kasi.module.js';
import { SekdinKabidModule } from './roles/sekdin-kabid/sekdin-kabid.module.js';
import { StaffModule } from './roles/staff/staff.module.js';
import { SlaModule } from './sla/sla.module.js';

const ROLES = [StaffModule, KadinModule, SekdinKabidModule, KasiModule];
const INSPECTION = [InspectionModule, FindingsModule, AuditModule];
const API = [...ROLES, CasesModule, ...INSPECTION, CalendarsModule, AdminModule, BoardsModule];

@Module({})
export class AppModule {
  static for(config: Config, appConfig: AppConfig, tokens: Tokens): DynamicModule {
    const sla = SlaModule.for(appConfig.runsWorker);
    const deliveries = DeliveryModule.for(appConfig.runsWorker);
    const access = AccessModule.for(tokens, appConfig.runsWorker);
    return {
      module: AppModule,
      imports: [
        CoreModule.for(config, appConfig),
        access,
        sla,
        OpsModule.for(sla),
        deliveries,
        EvidenceModule.for(appConfig.runsWorker),
        ...(appConfig.runsApi ? [...API, NoticesModule.for(deliveries, access)] : []),
      ],
      providers: [{ provide: APP_GUARD, useExisting: ActorGuard }],
    };
  }
}
