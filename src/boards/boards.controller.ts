/** The section head's board, and the report on working minutes. */
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { RecordStore } from '../evidence/records.store.js';
import { Answers, Gives } from '../http/openapi.js';
import { Boards } from './boards.service.js';
import { csv } from '../http/csv.js';
import { COLUMNS, groupsOf, reportQuery, type ReportQuery } from './report.schemas.js';

const READERS = ['kasi', 'kadin', 'sekdin', 'kabid', 'inspector'] as const;
const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const MONTH = { type: 'string', example: '2026-11' } as const;
const REPORT = { schema: { $ref: '#/components/schemas/SlaReport' } };
const TABLE = { schema: { type: 'string' }, example: `${COLUMNS.join(',')}\r\n` } as const;

@ApiTags('boards')
@ApiBearerAuth()
@Controller()
export class BoardsController {
  constructor(
    private readonly boards: Boards,
    private readonly records: RecordStore,
  ) {}

  @Get('kasi/board')
  @ForRoles('kasi')
  @ApiOperation({
    summary: "The section head's board",
    description:
      'Open cases by step, late now, due within the hour, paused; what was finished today and how much of it on time ' +
      '(`share` is null before the first); the load of desks and officers. No figure is older than `asOf`. The answer never ' +
      'waits for a count: it gives the last one, and where that is older than five seconds, the next begins.\n\n' +
      'A paused case (on hold, returned) is counted as paused and not as late now; `lateNow` and `pausedLate` together are ' +
      'what `GET /cases?late=true` finds.\n\nRoles: kasi.',
  })
  @Gives(200, 'Board', 'The figures.')
  @Answers(CODES)
  board(@Me() { officeId }: Reader) {
    return this.boards.board(officeId);
  }

  @Get('reports/sla')
  @ForRoles(...READERS)
  @ApiOperation({
    summary: 'Working minutes by month, step and officer',
    description:
      'Step visits that ended in the months `from` to `to` (office zone, at most 24), under the officer who ended them; ' +
      'percentiles by nearest rank; acts outside the SOP in the month and at the step of the act. CSV with `format=csv`, ' +
      `or where \`Accept\` is \`text/csv\` and nothing else; an inspector who takes one away is recorded in the log.\n\nRoles: ${READERS.join(', ')}.`,
  })
  @ApiQuery({ name: 'from', required: true, schema: MONTH })
  @ApiQuery({ name: 'to', required: true, schema: MONTH })
  @ApiQuery({
    name: 'groupBy',
    required: false,
    description: 'Any of month, step and officer, each once; what is left out is null in the rows.',
    schema: { type: 'string', default: 'month,step,officer' },
  })
  @ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: ['json', 'csv'] } })
  @ApiResponse({ status: 200, description: 'The rows.', content: { 'application/json': REPORT, 'text/csv': TABLE } })
  @Answers(['INVALID_INPUT', ...CODES, 'REPORT_TOO_LARGE', 'RATE_LIMITED'])
  async sla(
    @Me() me: Reader,
    @Query({ schema: reportQuery }) query: ReportQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { from, to, format = accept === 'text/csv' ? 'csv' : 'json' } = query;
    const groupBy = groupsOf(query);
    const rows = await this.boards.report(me.officeId, { from, to, groupBy });
    if (format === 'json') return { from, to, groupBy, rows };
    if (me.grants.some(({ role }) => role === 'inspector')) await this.record(me, { report: 'sla', format, from, to });
    void reply
      .type('text/csv; charset=utf-8; header=present')
      .header('Content-Disposition', `attachment; filename="sla-${from}-${to}.csv"`);
    return csv(
      COLUMNS,
      rows.map((row) => COLUMNS.map((name) => row[name])),
    );
  }

  /** It holds no personal data of applicants; but what an inspector carries out of the building, the log knows of. */
  private record({ officeId, accountId, clientId }: Reader, facts: Record<string, string>): Promise<void> {
    return this.records.append({ officeId, kind: 'REPORT_MADE', actorId: accountId, clientId, facts });
  }
}
