/** The audit report. */
import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { AppError } from '../errors.js';
import { onceClosed } from '../http/given-up.js';
import { languageOf } from '../http/language.js';
import { Answers } from '../http/openapi.js';
import { inOrder, INSTANT, instant, OUT_OF_ORDER } from '../http/period.js';
import { AuditService } from './audit.service.js';
import { Printer } from './pdf.js';
import { auditCsv, PARTS } from './report.csv.js';
import { FORMATS, type AuditReport } from './report.types.js';

const query = z
  .strictObject({
    from: instant,
    to: instant,
    format: z.enum(FORMATS).default('json'),
    part: z.enum(PARTS).optional(),
  })
  .refine(inOrder, OUT_OF_ORDER)
  .refine(({ format, part }) => part === undefined || format === 'csv', {
    path: ['part'],
    message: 'is for format=csv: the other formats have all parts',
  });
const TYPES = { csv: 'text/csv; charset=utf-8; header=present', pdf: 'application/pdf' } as const;
const CONTENT = {
  'application/json': { schema: { $ref: '#/components/schemas/AuditReport' } },
  'text/csv': { schema: { type: 'string' as const } },
  'application/pdf': { schema: { type: 'string' as const, format: 'binary' } },
};

@ApiTags('inspection')
@ApiBearerAuth()
@ForRoles('inspector')
@Controller('inspection/report')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly printer: Printer,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Audit report of a period',
    description:
      'Cases in which anything happened from `from` until `to`, each with its whole history and whether its chain holds; lists of ' +
      'the period: breaches, events outside the SOP, holds, returns and corrections, acts of acting officers, re-dispositions; what ' +
      'is overdue now; findings (as `/inspection/findings`); notices and how long their deliveries took; the newest checkpoint. At ' +
      'most 2,000 cases, 300 as PDF. CSV: one row for each entry, or another `part`, the header and every list being a table of its own. PDF: A4, Indonesian unless `Accept-Language` prefers English, ' +
      'the checkpoint as text and QR on every page. Without free text and applicants. Recorded in the log.\n\nRoles: inspector.',
  })
  @ApiQuery({ name: 'from', required: true, schema: INSTANT })
  @ApiQuery({ name: 'to', required: true, schema: INSTANT })
  @ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: [...FORMATS], default: 'json' } })
  @ApiQuery({
    name: 'part',
    required: false,
    schema: { type: 'string', enum: [...PARTS], default: 'entries' },
    description: 'With `format=csv`: which table.',
  })
  @ApiResponse({ status: 200, description: 'The report.', content: CONTENT })
  @Answers([
    'INVALID_INPUT',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'NOT_FOUND',
    'PERIOD_TOO_LARGE',
    'REPORT_TOO_LARGE',
    'RATE_LIMITED',
  ])
  async report(
    @Me() me: Reader,
    @Query({ schema: query }) { from, to, format, part = 'entries' }: z.infer<typeof query>,
    @Headers('accept-language') language: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const make = () => this.audit.make(me, { from: new Date(from), to: new Date(to) }, format);
    if (format === 'json') return reply.send(await make());
    const document = format === 'csv' ? auditCsv(await make(), part) : await this.printed(make, language, request);
    return reply
      .type(TYPES[format])
      .header('Content-Disposition', `attachment; filename="audit${part === 'entries' ? '' : `-${part}`}.${format}"`)
      .send(document);
  }

  /** No longer than its reader stays on the line. */
  private async printed(
    make: () => Promise<AuditReport>,
    language: string | undefined,
    request: FastifyRequest,
  ): Promise<Buffer> {
    const gone = new AbortController();
    const stay = onceClosed(request.raw.socket, () => gone.abort(new AppError('UNAVAILABLE')));
    try {
      return await this.printer.print(make, languageOf(language), gone.signal);
    } finally {
      stay();
    }
  }
}
