import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { FindingsModule } from '../findings/findings.module.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { Printer } from './pdf.js';

@Module({
  imports: [EvidenceModule, FindingsModule],
  controllers: [AuditController],
  providers: [AuditService, Printer],
})
export class AuditModule {}
