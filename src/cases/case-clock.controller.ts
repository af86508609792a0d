/** The clock of a case, explained to everyone who may read the case. */
import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { OFFICER_ROLES } from '../../machines/contract.js';
import { Registry } from '../../machines/registry.js';
import { totalMinutes } from '../../machines/shape.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { OfficeStore } from '../engine/office.store.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { caseClock, timesOf, type CaseClock } from './case-clock.js';
import { CaseHistories } from './case-history.store.js';

const READERS = [...OFFICER_ROLES, 'client', 'inspector'] as const;

@ApiTags('cases')
@ApiBearerAuth()
@Controller('cases/:id/clock')
export class CaseClockController {
  constructor(
    private readonly histories: CaseHistories,
    private readonly offices: OfficeStore,
    private readonly registry: Registry,
  ) {}

  @Get()
  @ForRoles(...READERS)
  @ApiOperation({
    summary: "Explain a case's clock",
    description: `Every step visit in pieces that add up to the millisecond: \`worked\`, \`outsideHours\`, \`holiday\` and, while the case is on hold or sent back, \`held\`. A visit is late when its \`worked\` pieces come to more than \`budgetMs\`, so each verdict can be worked out again from this answer alone (docs/clock.md). Net time is what was worked; gross time goes on in holds and returns.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'CaseClock', 'The clock until now, or until the case ended.')
  @Answers(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'HISTORY_UNREADABLE'])
  async explain(@Me() { officeId }: Reader, @Id() caseId: string): Promise<CaseClock & { id: string; caseNo: string }> {
    const history = await this.histories.ofCase(officeId, caseId);
    if (!history) throw new AppError('NOT_FOUND');
    const { id, caseNo, service, machineVersion, now } = history;
    const machine = this.registry.find(service, machineVersion);
    if (!machine) throw new Error(`Machine ${service}@${machineVersion} is not installed.`);
    const times = await timesOf(history, (version) => this.offices.workingTime(officeId, version));
    return { id, caseNo, ...caseClock(history, times, now, totalMinutes(machine.service)) };
  }
}
