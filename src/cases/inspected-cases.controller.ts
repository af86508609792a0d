/** Cases of every office that somebody inspects, in one list. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Me, type Reader } from '../access/actor.guard.js';
import { MandateStore, type InspectedOffice } from '../access/mandates.store.js';
import { cursorOf } from '../http/cursor.js';
import { Answers, Gives } from '../http/openapi.js';
import { CaseLists, type CasePage } from './case-list.service.js';
import { caseQuery, type CaseQuery } from './cases.schemas.js';
import { ListParameters } from './list-parameters.js';

@ApiTags('inspection')
@ApiBearerAuth()
@Controller('inspection/cases')
export class InspectedCasesController {
  constructor(
    private readonly mandates: MandateStore,
    private readonly lists: CaseLists,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Find cases in all offices you inspect',
    description:
      'By the same filters as the list of an office, newest first, each with the `office` it belongs to (send that as ' +
      '`Inspect-Office` to look into it); counts are of all these offices together. Dates are days of each office. Empty ' +
      'where you inspect nothing.\n\nRoles: any.',
  })
  @ListParameters()
  @Gives(200, 'InspectedCasePage', 'One page.')
  @Answers(['INVALID_INPUT', 'INVALID_CURSOR', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])
  async list(@Me() me: Reader, @Query({ schema: caseQuery }) query: CaseQuery) {
    const offices = await this.mandates.officesOf(me.accountId, me.homeOfficeId);
    const pages = await Promise.all(
      offices.map(async (office) => ({ office, page: await this.lists.page(inspecting(me, office), query) })),
    );
    return merged(pages, query.limit);
  }
}

function inspecting(me: Reader, { id, letterNumber }: InspectedOffice): Reader {
  return { ...me, officeId: id, grants: [{ role: 'inspector', actingFor: null, letterNumber }] };
}

/** Each page is in the order of the whole and begins at the same place, so the first of them all are the whole's first. */
function merged(pages: readonly { office: InspectedOffice; page: CasePage }[], limit: number) {
  const all = pages
    .flatMap(({ office, page }) => page.items.map((item) => ({ office: office.code, ...item })))
    .sort((a, b) => (a.openedAt === b.openedAt ? compare(b.id, a.id) : compare(b.openedAt, a.openedAt)));
  const items = all.slice(0, limit);
  const last = items.at(-1);
  const isMore = all.length > limit || pages.some(({ page }) => page.next !== null);
  const byState: Record<string, number> = {};
  for (const { page } of pages) {
    for (const [state, count] of Object.entries(page.counts.byState)) byState[state] = (byState[state] ?? 0) + count;
  }
  return {
    items,
    next: isMore && last ? cursorOf([Date.parse(last.openedAt), last.id]) : null,
    counts: {
      total: pages.reduce((sum, { page }) => sum + page.counts.total, 0),
      capped: pages.some(({ page }) => page.counts.capped),
      byState,
    },
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
