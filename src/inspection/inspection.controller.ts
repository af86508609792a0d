/** The inspectorate's doors: read only. */
import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers } from '../http/openapi.js';
import { Id } from '../http/request.js';
import { HistoryStore } from './history.store.js';
import { timeline } from './timeline.js';
import { verifyChain } from './verify.js';

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

@ApiTags('inspection')
@ApiBearerAuth()
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@ForRoles('inspector')
@Controller('inspection/cases/:id')
export class InspectionController {
  constructor(private readonly history: HistoryStore) {}

  @Get('history')
  @ApiOperation({
    summary: 'Full history',
    description:
      'Every entry with used and budget minutes, and the exact text that was hashed. Free text is left out.\n\nRoles: inspector.',
  })
  @ApiResponse({ status: 200, description: 'All entries, oldest first.' })
  @Answers(CODES)
  async full(@Me() { officeId }: Reader, @Id() caseId: string) {
    const { head, stored } = await this.load(officeId, caseId);
    const items = timeline(stored, false).map((item, index) => ({ ...item, text: stored[index]?.entry }));
    return { id: caseId, caseNo: head.caseNo, entries: items };
  }

  @Get('verify')
  @ApiOperation({
    summary: 'Verify the hash chain',
    description:
      'Recomputes every hash from the stored texts: PASS, or FAIL with the first bad entry and why.\n\nRoles: inspector.',
  })
  @ApiResponse({ status: 200, description: 'The verdict.' })
  @Answers(CODES)
  async verify(@Me() { officeId }: Reader, @Id() caseId: string) {
    const { head, stored } = await this.load(officeId, caseId);
    return { id: caseId, caseNo: head.caseNo, ...verifyChain(officeId, caseId, stored, head) };
  }

  private async load(officeId: string, caseId: string) {
    const whole = await this.history.whole(officeId, caseId);
    if (!whole) throw new AppError('NOT_FOUND');
    const { stored, ...head } = whole;
    return { head, stored };
  }
}
