/** What an inspector carries out of the building: exports that prove themselves, and what is needed to check them. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ForRoles, Me, Public, type Reader } from '../access/actor.guard.js';
import { CheckpointStore } from '../evidence/checkpoint.store.js';
import { cursorOf, readCursor } from '../http/cursor.js';
import { Answers, Gives } from '../http/openapi.js';
import { inOrder, INSTANT, instant, OUT_OF_ORDER } from '../http/period.js';
import { Id } from '../http/request.js';
import { PROJECT_ROOT } from '../paths.js';
import { Exports, type Made } from './export.service.js';

const READ_CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const NDJSON = 'application/x-ndjson';
const RECEIPT = {
  Receipt: {
    description: 'Hash of the record of this export: give it to the verifier with a later export of everything.',
    schema: { type: 'string' as const },
  },
};

const exportQuery = z
  .strictObject({ from: instant.optional(), to: instant.optional() })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    path: ['to'],
    message: 'from and to belong together; without both, everything',
  })
  .refine(inOrder, OUT_OF_ORDER);
const proofQuery = z.strictObject({ seq: z.coerce.number().int().min(1).max(1_000_000).optional() });
const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(400).optional(),
});
const sizeKey = z.tuple([z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)]);

@ApiTags('inspection')
@ForRoles('inspector')
@Controller('inspection')
export class ExportController {
  constructor(
    private readonly exports: Exports,
    private readonly checkpoints: CheckpointStore,
  ) {}

  @Get('keys')
  @Public()
  @ApiOperation({
    summary: 'Public keys of the log',
    description:
      'C2SP verifier keys, oldest first; each later one is vouched for by the one before it. Keep the first one yourself.\n\nRoles: none needed.',
  })
  @Gives(200, 'LogKeys', 'The keys.')
  @Answers([])
  async keys() {
    return { items: await this.checkpoints.keys() };
  }

  @Get('verifier')
  @Public()
  @ApiOperation({
    summary: 'The verifier',
    description: 'One file that needs nothing but Node: `node verify-history.mjs`.\n\nRoles: none needed.',
  })
  @ApiResponse({ status: 200, description: 'The file.', content: { 'text/javascript': {} } })
  @Answers([])
  verifier(@Res() reply: FastifyReply) {
    return reply
      .type('text/javascript; charset=utf-8')
      .header('Content-Disposition', 'attachment; filename="verify-history.mjs"')
      .send(createReadStream(join(PROJECT_ROOT, 'verify-history.mjs')));
  }

  @Get('checkpoints')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Signed checkpoints', description: 'Newest first.\n\nRoles: inspector.' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @Gives(200, 'Checkpoints', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', ...READ_CODES])
  async list(@Query({ schema: pageQuery }) { limit, cursor }: z.infer<typeof pageQuery>) {
    const [below] = readCursor(cursor, sizeKey) ?? [Number.MAX_SAFE_INTEGER];
    const items = await this.checkpoints.page(below, limit);
    const last = items.at(-1);
    return { items, next: items.length === limit && last ? cursorOf([last.size]) : null };
  }

  @Get('export')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Export everything, or a period',
    description:
      'NDJSON for `verify-history.mjs`. Everything: all leaves of the log, texts of your office, hashes of the others. ' +
      'A period: the entries written in it, each with its proof. Up to the newest checkpoint; recorded in the log. Four at a time in a process.\n\nRoles: inspector.',
  })
  @ApiQuery({ name: 'from', required: false, schema: INSTANT })
  @ApiQuery({ name: 'to', required: false, schema: INSTANT })
  @ApiResponse({ status: 200, description: 'The export, streamed.', headers: RECEIPT, content: { [NDJSON]: {} } })
  @Answers(['INVALID_INPUT', 'NOT_SEALED_YET', 'RATE_LIMITED', ...READ_CODES])
  async whole(
    @Me() me: Reader,
    @Query({ schema: exportQuery }) { from, to }: z.infer<typeof exportQuery>,
    @Res() reply: FastifyReply,
  ) {
    const all = from === undefined || to === undefined;
    const made = await this.exports.open(me, all ? { kind: 'all' } : { kind: 'period', from, to });
    return attachment(reply, all ? 'history' : 'history-period', made);
  }

  @Get('cases/:id/export')
  @ApiBearerAuth()
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({
    summary: 'Export a case',
    description:
      'NDJSON for `verify-history.mjs`: the exact texts, each with its proof under the newest checkpoint. Recorded in the log.\n\nRoles: inspector.',
  })
  @ApiResponse({ status: 200, description: 'The export, streamed.', headers: RECEIPT, content: { [NDJSON]: {} } })
  @Answers(['NOT_SEALED_YET', 'RATE_LIMITED', ...READ_CODES])
  async ofCase(@Me() me: Reader, @Id() caseId: string, @Res() reply: FastifyReply) {
    return attachment(reply, `case-${caseId}`, await this.exports.open(me, { kind: 'case', caseId }));
  }

  @Get('cases/:id/proof')
  @ApiBearerAuth()
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQuery({ name: 'seq', required: false, schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    summary: 'Proof for one entry',
    description:
      'Of entry `seq`, else of the last one: its place in the log, and the hashes that lead from it to the newest checkpoint.\n\nRoles: inspector.',
  })
  @Gives(200, 'Proof', 'The proof.')
  @Answers(['INVALID_INPUT', 'NOT_SEALED_YET', ...READ_CODES])
  proof(@Me() me: Reader, @Id() caseId: string, @Query({ schema: proofQuery }) { seq }: z.infer<typeof proofQuery>) {
    return this.exports.proof(me, caseId, seq);
  }
}

function attachment(reply: FastifyReply, name: string, { stream, receipt }: Made): FastifyReply {
  return reply
    .type(NDJSON)
    .header('Content-Disposition', `attachment; filename="${name}.ndjson"`)
    .header('Receipt', receipt)
    .send(stream);
}
