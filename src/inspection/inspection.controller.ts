/** The inspectorate's doors: read only. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { INSTANT, instant } from '../http/period.js';
import { Id } from '../http/request.js';
import { standingAt } from './as-of.js';
import { HistoryStore } from './history.store.js';
import { timeline } from './timeline.js';
import { verifyChain } from './verify.js';

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const asOf = z.strictObject({ at: instant.optional() });

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
  @Gives(200, 'FullHistory', 'All entries, oldest first.')
  @Answers(CODES)
  async full(@Me() { officeId }: Reader, @Id() caseId: string) {
    const { head, stored } = await this.load(officeId, caseId);
    const items = timeline(stored, false).map((item, index) => ({ ...item, text: stored[index]?.entry }));
    return { id: caseId, caseNo: head.caseNo, entries: items };
  }

  @Get('state')
  @ApiOperation({
    summary: 'State as of an instant',
    description:
      'How the case stood at `at`, without it now, by its history alone: the last entry written by then, and the state, step sequence, visit ' +
      'and due time it left. `standing` is null before the case was opened.\n\nRoles: inspector.',
  })
  @ApiQuery({ name: 'at', required: false, schema: INSTANT })
  @Gives(200, 'CaseAsOf', 'How it stood.')
  @Answers(['INVALID_INPUT', ...CODES])
  async asOf(@Me() { officeId }: Reader, @Id() caseId: string, @Query({ schema: asOf }) { at }: z.infer<typeof asOf>) {
    const { head, stored } = await this.load(officeId, caseId);
    const atMs = at === undefined ? null : Date.parse(at);
    return {
      id: caseId,
      caseNo: head.caseNo,
      at: atMs === null ? null : new Date(atMs).toISOString(),
      standing: standingAt(stored, atMs ?? Number.POSITIVE_INFINITY),
    };
  }

  @Get('verify')
  @ApiOperation({
    summary: 'Verify the hash chain',
    description:
      'Recomputes every hash from the stored texts: PASS, or FAIL with the first bad entry and why.\n\nRoles: inspector.',
  })
  @Gives(200, 'ChainVerdict', 'The verdict.')
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
