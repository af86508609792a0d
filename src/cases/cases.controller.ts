/** The case-handling API for internal client applications and officers. */
import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OFFICER_ROLES } from '../../machines/contract.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { Engine } from '../engine/engine.service.js';
import { AppError } from '../errors.js';
import { Answers, jsonSchema } from '../http/openapi.js';
import { Id, IdempotencyKey, ifMatchOf } from '../http/request.js';
import { HistoryStore } from '../inspection/history.store.js';
import { timeline } from '../inspection/timeline.js';
import { TRANSITION_CODES, TransitionHeaders } from '../roles/door.js';
import { CaseLists } from './case-list.service.js';
import { CaseViews, isOfficer, type CaseView } from './case-view.service.js';
import { anyEvent, caseQuery, newCase, type AnyEvent, type CaseQuery, type NewCase } from './cases.schemas.js';

const READERS = [...OFFICER_ROLES, 'client', 'inspector'] as const;
const READ_CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;

@ApiTags('cases')
@ApiBearerAuth()
@Controller('cases')
export class CasesController {
  constructor(
    private readonly engine: Engine,
    private readonly views: CaseViews,
    private readonly lists: CaseLists,
    private readonly history: HistoryStore,
  ) {}

  @Post()
  @ForRoles('staff', 'client')
  @ApiOperation({
    summary: 'Open a case',
    description:
      'Takes a case number and starts the clock of the first step. 200 instead of 201 for a repeated key.\n\nRoles: staff, client.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', example: 'walk-in-0001' } })
  @ApiResponse({ status: 201, description: 'The case.', schema: { $ref: '#/components/schemas/Case' } })
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
  @ApiResponse({ status: 200, description: 'One page.', schema: { $ref: '#/components/schemas/CasePage' } })
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
  @ApiResponse({
    status: 200,
    description: 'The case; its step sequence as ETag.',
    schema: { $ref: '#/components/schemas/Case' },
  })
  @Answers(READ_CODES)
  view(@Me() me: Reader, @Id() caseId: string): Promise<CaseView> {
    return this.views.view(me, caseId);
  }

  @Get(':id/history')
  @ForRoles(...READERS)
  @ApiOperation({
    summary: "Read a case's history",
    description: `Every entry, oldest first, with working minutes and hashes. Remarks only for the office itself.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'All entries.' })
  @Answers(READ_CODES)
  async entries(@Me() me: Reader, @Id() caseId: string) {
    const head = await this.history.head(me.officeId, caseId);
    if (!head) throw new AppError('NOT_FOUND');
    const stored = await this.history.ofCase(me.officeId, caseId);
    return { id: caseId, caseNo: head.caseNo, entries: timeline(stored, isOfficer(me)) };
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
  @ApiResponse({ status: 200, description: 'The case after the act.', schema: { $ref: '#/components/schemas/Case' } })
  @Answers([...TRANSITION_CODES, 'UNKNOWN_EVENT'])
  send(
    @Me() me: Reader,
    @Id() caseId: string,
    @IdempotencyKey() key: string | null,
    @Body({ schema: anyEvent }) { type, payload }: AnyEvent,
    @Req() request: FastifyRequest,
  ) {
    return this.engine.send(me, { caseId, event: type, payload, stepSeq: ifMatchOf(request), key });
  }
}

/** Query parameters of the list, from the schema that checks them. */
function ListParameters(): MethodDecorator {
  const { properties = {} } = jsonSchema(caseQuery);
  const parameters = Object.entries(properties).map(([name, schema]) => ApiQuery({ name, required: false, schema }));
  return (target, key, descriptor) => {
    for (const parameter of parameters) parameter(target, key, descriptor);
  };
}
