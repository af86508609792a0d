/** Personal data for an inspector: with a reason, and on record before it is shown. */
import { Controller, Get, Headers } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { HistoryStore } from './history.store.js';
import { LONGEST, reasonOf, ReasonHeader, SHORTEST } from './reason.js';
import { officeOf } from './scope.js';
import { UnmaskStore } from './unmask.store.js';

@ApiTags('inspection')
@ApiBearerAuth()
@ForRoles('inspector')
@Controller('inspection/cases/:id/personal')
export class UnmaskController {
  constructor(
    private readonly history: HistoryStore,
    private readonly store: UnmaskStore,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Unmask personal data',
    description:
      'The applicant, free text of the acts and the letters of one case, which are masked everywhere else. `Reason` says why, ' +
      `in ${SHORTEST} to ${LONGEST} characters: it is kept with the name of the reader, and shown to the person concerned who asks ` +
      'who has read of them. That it was read is recorded in the log, without the reason.\n\nRoles: inspector.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ReasonHeader(true)
  @Gives(200, 'PersonalData', 'What is held; null and empty where nothing is, or no longer.')
  @Answers(['INVALID_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])
  async unmask(@Me() me: Reader, @Id() caseId: string, @Headers('reason') given: string | undefined) {
    const officeId = officeOf(me);
    // A person looks, for a reason of their own: no application does so on somebody's behalf.
    if (me.kind === 'client') throw new AppError('FORBIDDEN', { params: { roles: 'inspector' } });
    const head = await this.history.head(officeId, caseId);
    if (!head) throw new AppError('NOT_FOUND');
    await this.store.record(officeId, caseId, me.accountId, reasonOf(given));
    return { id: caseId, caseNo: head.caseNo, ...(await this.store.read(officeId, caseId)) };
  }
}
