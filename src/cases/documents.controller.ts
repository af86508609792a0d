/** Upload, list and download of a case's papers. A paper may also be recorded as seen, without a file. */
import { Controller, Get, Headers, HttpCode, Param, Post, Req, Res, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OFFICER_ROLES } from '../../machines/contract.js';
import { RELEASES } from '../../machines/registry.js';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { Engine } from '../engine/engine.service.js';
import { AppError } from '../errors.js';
import { Answers, Gives, jsonSchema } from '../http/openapi.js';
import { Id, IdempotencyKey, ifMatchOf } from '../http/request.js';
import { ReasonHeader, reasonOf } from '../inspection/reason.js';
import { UnmaskStore } from '../inspection/unmask.store.js';
import { TakesBody } from '../http/unlisted.js';
import { DOOR, TRANSITION_CODES, TransitionHeaders } from '../roles/door.js';
import { isOfficer } from './case-view.service.js';
import { CasesStore } from './cases.store.js';
import { Documents, FILE_TYPES } from './documents.service.js';
import { readForm } from './form.js';
import { PaperLimit } from './paper-limit.js';

const EVENT = 'RECORD_PAPER';
const spec = RELEASES[0]?.service.events[EVENT];
const payload = spec && jsonSchema(spec.payload);
const file = { type: 'string', format: 'binary', description: 'The scan; in `multipart/form-data` only.' };
const READERS = [...OFFICER_ROLES, 'inspector'] as const;
const SHA256 = /^[0-9a-f]{64}$/;

@ApiTags('documents')
@ApiBearerAuth()
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@ForRoles(...READERS)
@Controller('cases/:id/documents')
export class DocumentsController {
  constructor(
    private readonly documents: Documents,
    private readonly engine: Engine,
    private readonly store: CasesStore,
    private readonly unmask: UnmaskStore,
    private readonly limit: PaperLimit,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List papers',
    description: `Papers on file with their hashes, oldest first; empty when none is.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @Gives(200, 'Papers', 'The papers.')
  @Answers(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'HISTORY_UNREADABLE'])
  async list(@Me() { officeId }: Reader, @Id() caseId: string) {
    return { items: await this.documents.list(officeId, caseId) };
  }

  @Post()
  @HttpCode(201)
  @ForRoles(...OFFICER_ROLES)
  @SetMetadata(DOOR, { roles: OFFICER_ROLES, event: EVENT })
  @TransitionHeaders(false)
  @ApiOperation({
    summary: 'Put a paper on file',
    description:
      'As `multipart/form-data` with `kind`, optional `note` and one `file` (PDF, JPEG or PNG by content); ' +
      `or as JSON for a paper seen on the desk.\n\nRoles: ${OFFICER_ROLES.join(', ')}.`,
  })
  @TakesBody()
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({
    required: true,
    schema: { title: 'RecordPaper', ...payload, properties: { ...payload?.properties, file }, example: spec?.example },
  })
  @Gives(201, 'Case', 'The case.')
  @Answers([...TRANSITION_CODES.filter((code) => code !== 'IF_MATCH_REQUIRED'), 'TOO_MANY_PAPERS'])
  async add(
    @Me() me: Reader,
    @Id() caseId: string,
    @IdempotencyKey() key: string | null,
    @Req() request: FastifyRequest,
  ) {
    const intent = { caseId, stepSeq: ifMatchOf(request), key };
    await this.limit.refuse(me, caseId, key);
    if (!request.isMultipart()) return this.engine.send(me, { ...intent, event: EVENT, payload: request.body });
    const { received, fields } = await readForm(
      request,
      (file) => this.documents.receive(me, caseId, file),
      this.documents,
    );
    return this.documents.record(me, { ...intent, payload: fields }, received);
  }

  @Get(':document')
  @ApiOperation({
    summary: 'Download a paper',
    description:
      'Always as an attachment, never shown inline. An inspector says why in `Reason`, as for `/inspection/cases/{id}/personal`: ' +
      'it is kept with their name, and the read is recorded in the log; no client reads scans for one. Reads by a client are ' +
      `recorded.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ReasonHeader(false)
  @ApiParam({ name: 'document', description: 'SHA-256 of the content', schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'The file.',
    content: Object.fromEntries(FILE_TYPES.map((type) => [type, {}])),
  })
  @Answers(['INVALID_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'HISTORY_UNREADABLE'])
  async download(
    @Me() me: Reader,
    @Id() caseId: string,
    @Param('document') documentId: string,
    @Headers('reason') given: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    // A person looks, for a reason of their own: no application does so on an inspector's behalf.
    if (!isOfficer(me) && me.kind === 'client') throw new AppError('FORBIDDEN', { params: { roles: 'inspector' } });
    if (!SHA256.test(documentId)) throw new AppError('NOT_FOUND');
    const { item, open } = await this.documents.find(me.officeId, caseId, documentId);
    await this.recordRead(me, caseId, documentId, given);
    return reply
      .type(item.contentType ?? 'application/octet-stream')
      .header('Content-Disposition', `attachment; filename="${item.kind}-${documentId.slice(0, 8)}"`)
      .header('Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'")
      .header('X-Content-Type-Options', 'nosniff')
      .send(open());
  }

  /** A scan names people: whoever reads it other than at the office's own desks leaves a record first (UU 27/2022). */
  private async recordRead(me: Reader, caseId: string, documentId: string, given: string | undefined): Promise<void> {
    if (!isOfficer(me)) await this.unmask.record(me.officeId, caseId, me.accountId, reasonOf(given), documentId);
    else if (me.kind === 'client')
      await this.store.recordPersonalRead(me.officeId, caseId, me.clientId ?? me.accountId);
  }
}
