/** The case-handling API for internal client applications and officers. */
import {
  Body,
  Controller,
  createParamDecorator,
  Get,
  HttpCode,
  Post,
  Query,
  Res,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OFFICER_ROLES } from '../../machines/contract.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { Engine } from '../engine/engine.service.js';
import { AppError } from '../errors.js';
import { Answers, Gives } from '../http/openapi.js';
import { Id, IdempotencyKey, idempotencyKeyOf, ifMatchOf, uuidOf } from '../http/request.js';
import { HistoryStore } from '../inspection/history.store.js';
import { timeline } from '../inspection/timeline.js';
import { TRANSITION_CODES, TransitionHeaders } from '../roles/door.js';
import { CaseLists } from './case-list.service.js';
import { CaseViews, isOfficer, type CaseView } from './case-view.service.js';
import { CasesStore } from './cases.store.js';
import { anyEvent, caseQuery, newCase, type AnyEvent, type CaseQuery, type NewCase } from './cases.schemas.js';
import { ListParameters } from './list-parameters.js';
import { PaperLimit } from './paper-limit.js';

const READERS = [...OFFICER_ROLES, 'client', 'inspector'] as const;
const READ_CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

interface Asked {
  readonly me: Reader;
  readonly caseId: string;
  readonly stepSeq: number | null;
  readonly key: string | null;
}

/** All of an act but its body, in one go: Nest takes its time over each parameter. */
const Asked = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }> & { actor: Reader }>();
  const { actor, params } = request;
  return { me: actor, caseId: uuidOf(params.id), stepSeq: ifMatchOf(request), key: idempotencyKeyOf(request) };
});

@ApiTags('cases')
@ApiBearerAuth()
@Controller('cases')
export class CasesController {
  constructor(
    private readonly engine: Engine,
    private readonly views: CaseViews,
    private readonly lists: CaseLists,
    private readonly history: HistoryStore,
    private readonly store: CasesStore,
    private readonly papers: PaperLimit,
  ) {}

  @Post()
  @ForRoles('staff', 'client')
  @ApiOperation({
    summary: 'Open a case',
    description:
      'Takes a case number and starts the clock of the first step. 200 instead of 201 for a repeated key.\n\nRoles: staff, client.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', example: 'walk-in-0001' } })
  @Gives(201, 'Case', 'The case.')
  @Gives(200, 'Case', 'A repeat under the same key: the case it opened before.')
  @Answers([
    'INVALID_INPUT',
    'MALFORMED_JSON',
    'UNKNOWN_SERVICE',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'NOT_FOUND',
    'TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'IDEMPOTENCY_MISMATCH',
    'HISTORY_UNREADABLE',
  ])
  async open(
    @Me() me: Reader,
    @IdempotencyKey() key: string | null,
    @Body({ schema: newCase }) { service, applicant }: NewCase,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { created, answer } = await this.engine.open(me, service, applicant, key);
    void reply.status(created ? 201 : 200).header('Location', `/api/v1/cases/${answer.id}`);
    return answer;
  }

  @Get()
  @ForRoles(...READERS)
  @ApiOperation({
    summary: 'Find cases',
    description: `Newest first, with counts by state for the same filters.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ListParameters()
  @Gives(200, 'CasePage', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...READ_CODES])
  list(@Me() me: Reader, @Query({ schema: caseQuery }) query: CaseQuery) {
    return this.lists.page(me, query);
  }

  @Get(':id')
  @ForRoles(...READERS)
  @ApiOperation({
    summary: 'Read a case',
    description: `State, clock, numbers, and what you may do now. Reads of the applicant by a client are recorded.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'Case', 'The case; its step sequence as ETag.')
  @Answers([...READ_CODES, 'HISTORY_UNREADABLE'])
  view(@Me() me: Reader, @Id() caseId: string): Promise<CaseView> {
    return this.views.view(me, caseId);
  }

  @Get(':id/history')
  @ForRoles(...READERS)
  @ApiOperation({
    summary: "Read a case's history",
    description: `Every entry, oldest first, with working minutes and hashes. Remarks only for the office itself; reads of them by a client are recorded.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @Gives(200, 'CaseHistory', 'All entries.')
  @Answers(READ_CODES)
  async entries(@Me() me: Reader, @Id() caseId: string) {
    const head = await this.history.head(me.officeId, caseId);
    if (!head) throw new AppError('NOT_FOUND');
    const withRemarks = isOfficer(me);
    // Remarks name people: an application that reads them for an officer leaves a record, as when it reads the applicant.
    if (withRemarks && me.kind === 'client')
      await this.store.recordPersonalRead(me.officeId, caseId, me.clientId ?? me.accountId);
    const stored = await this.history.ofCase(me.officeId, caseId);
    return { id: caseId, caseNo: head.caseNo, entries: timeline(stored, withRemarks) };
  }

  @Post(':id/events')
  @HttpCode(200)
  @ForRoles(...OFFICER_ROLES)
  @ApiOperation({
    summary: 'Send any event',
    description: `The generic door: any event of the case's machine, so that a new SOP can be used at once.\n\nRoles: as the machine says, see GET /services/{id}.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @TransitionHeaders()
  @Gives(200, 'Case', 'The case after the act.')
  @Answers([...TRANSITION_CODES, 'UNKNOWN_EVENT', 'TOO_MANY_PAPERS'])
  async send(@Asked() { me, caseId, stepSeq, key }: Asked, @Body({ schema: anyEvent }) { type, payload }: AnyEvent) {
    if (type === 'RECORD_PAPER') await this.papers.refuse(me, caseId, key);
    return this.engine.send(me, { caseId, event: type, payload, stepSeq, key });
  }
}
