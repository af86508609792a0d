/** The office's work for process mining. */
import { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ForRoles, Me, type Reader } from '../access/actor.guard.js';
import { csv } from '../http/csv.js';
import { RecordStore } from '../evidence/records.store.js';
import { Answers } from '../http/openapi.js';
import { inOrder, INSTANT, instant, OUT_OF_ORDER } from '../http/period.js';
import { COLUMNS, eventsOf, XES_END, XES_HEAD, xesTrace, type LoggedCase } from './event-log.js';
import { EventLogStore } from './event-log.store.js';
import { ExportTurns } from './export.turns.js';
import { officeOf } from './scope.js';

const logQuery = z
  .strictObject({ from: instant, to: instant, format: z.enum(['csv', 'xes']).default('csv') })
  .refine(inOrder, OUT_OF_ORDER);
const TYPES = { csv: 'text/csv; charset=utf-8; header=present', xes: 'application/xml; charset=utf-8' } as const;

@ApiTags('inspection')
@ApiBearerAuth()
@ForRoles('inspector')
@Controller('inspection/event-log')
export class EventLogController {
  constructor(
    private readonly store: EventLogStore,
    private readonly records: RecordStore,
    private readonly turns: ExportTurns,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Event log for process mining',
    description:
      'Every entry of the cases opened from `from` until `to`, as CSV (case, activity, timestamp first) or XES (IEEE ' +
      '1849-2016); streamed, without free text and without applicants. Recorded in the log.\n\nRoles: inspector.',
  })
  @ApiQuery({ name: 'from', required: true, schema: INSTANT })
  @ApiQuery({ name: 'to', required: true, schema: INSTANT })
  @ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: ['csv', 'xes'], default: 'csv' } })
  @ApiResponse({ status: 200, description: 'The log.', content: { 'text/csv': {}, 'application/xml': {} } })
  @Answers(['INVALID_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'RATE_LIMITED'])
  async log(
    @Me() me: Reader,
    @Query({ schema: logQuery }) { from, to, format }: z.infer<typeof logQuery>,
    @Res() reply: FastifyReply,
  ) {
    const officeId = officeOf(me);
    const period = { from: new Date(from), to: new Date(to) };
    const facts = { report: 'event-log', format, from: period.from.toISOString(), to: period.to.toISOString() };
    const { stream } = await this.turns.opened(async () => {
      await this.records.append({ officeId, kind: 'REPORT_MADE', actorId: me.accountId, clientId: me.clientId, facts });
      // What fails at once is a refusal; later on, an answer that breaks off.
      const pages = await begun(this.inTurn(this.store.cases(officeId, period.from, period.to)));
      const lines = format === 'csv' ? csvLines(pages) : xesLines(pages);
      return { stream: Readable.from(lines, { objectMode: false }) };
    });
    return reply
      .type(TYPES[format])
      .header('Content-Disposition', `attachment; filename="event-log.${format}"`)
      .send(stream);
  }

  /** Page by page, each in its turn. */
  private async *inTurn(pages: AsyncGenerator<readonly LoggedCase[]>): AsyncGenerator<readonly LoggedCase[]> {
    for (;;) {
      const page = await this.turns.page(() => pages.next());
      if (page.done) return;
      yield page.value;
    }
  }
}

type Pages = AsyncIterable<readonly LoggedCase[]>;

async function begun(pages: AsyncGenerator<readonly LoggedCase[]>): Promise<Pages> {
  const first = await pages.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pages;
  })();
}

async function* csvLines(pages: Pages): AsyncGenerator<string> {
  yield csv(COLUMNS, []);
  for await (const page of pages) {
    const rows = page.flatMap(eventsOf).map((event) => COLUMNS.map((name) => event[name]));
    if (rows.length > 0) yield csv(null, rows);
  }
}

async function* xesLines(pages: Pages): AsyncGenerator<string> {
  yield XES_HEAD;
  for await (const page of pages) if (page.length > 0) yield page.map(xesTrace).join('');
  yield XES_END;
}
