/** Cases that wait for a role's desk, with the working time that is left. One index scan, one page. */
import { Injectable } from '@nestjs/common';
import { stepMetaOf, stateNodes, metaOf, stateName } from '../../machines/shape.js';
import { Sql } from '../db/sql.js';
import { cursorOf, instantKey, readCursor } from '../http/cursor.js';
import { Engine } from './engine.service.js';
import { OfficeStore } from './office.store.js';
import { CASE_COLUMNS, caseRow } from './rows.js';
import type { Actor, CaseRow, Role, Text } from './types.js';
import { budgetMs, usedMs } from './visit.js';

export interface InboxItem {
  readonly id: string;
  readonly caseNo: string;
  readonly service: string;
  readonly state: string;
  readonly stateLabel: Text;
  readonly stepNo: number | null;
  readonly stepSeq: number;
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly late: boolean;
  /** Working seconds left of the standard time; negative once it is used up; null while the clock stands still. */
  readonly remainingSeconds: number | null;
}

/** Roles for whom only cases that name them count (SOP row 6). */
const NAMED_DESKS: readonly Role[] = ['sekdin', 'kabid'];

const PAGE = `
SELECT ${CASE_COLUMNS}, (extract(epoch from alur_now()) * 1000)::float8 AS now
FROM case_desks d JOIN cases c ON c.office_id = d.office_id AND c.id = d.case_id
WHERE d.office_id = $1 AND NOT d.closed AND d.desk_role = $2
  AND ($3::uuid IS NULL OR d.desk_account = $3)
  AND ($4::float8 IS NULL
    OR (coalesce(d.due_at, 'infinity'), d.case_id)
      > (coalesce(to_timestamp(nullif($4::float8, -1) / 1000.0), 'infinity'), $5::uuid))
ORDER BY d.due_at NULLS LAST, d.case_id LIMIT $6`;

type Found = CaseRow & { now: number };

@Injectable()
export class Inbox {
  constructor(
    private readonly sql: Sql,
    private readonly offices: OfficeStore,
    private readonly engine: Engine,
  ) {}

  /** One page of the desk(s) of `roles`; `next` is null on the last one. */
  async page(
    actor: Actor,
    roles: readonly Role[],
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: InboxItem[]; next: string | null }> {
    const after = readCursor(cursor, instantKey);
    const held = roles.filter((role) => actor.grants.some((grant) => grant.role === role));
    const pages = await Promise.all(held.map((role) => this.desk(actor, role, after, limit + 1)));
    const rows = pages.flat().sort((a, b) => sortDue(a) - sortDue(b) || (a.id < b.id ? -1 : 1));
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? cursorOf([last.dueAt ?? -1, last.id]) : null;
    return { items: await Promise.all(shown.map((row) => this.item(row))), next };
  }

  private async desk(actor: Actor, role: Role, after: [number, string] | null, limit: number): Promise<Found[]> {
    const named = NAMED_DESKS.includes(role) ? actor.accountId : null;
    const values = [actor.officeId, role, named, after?.[0] ?? null, after?.[1] ?? null, limit];
    const rows = await this.sql.run<Found>('inbox', PAGE, values);
    return rows.map((row) => ({ ...row, ...caseRow(row) }));
  }

  private async item(row: Found): Promise<InboxItem> {
    const time = await this.offices.workingTime(row.officeId, row.calendarVersion);
    const { service } = this.engine.registered(row);
    const node = stateNodes(service).find((one) => stateName(one) === row.state);
    const label = node && (stepMetaOf(node) ?? metaOf(node))?.label;
    const left = budgetMs(row, time) - usedMs(row, time, Math.floor(row.now));
    return {
      id: row.id,
      caseNo: row.caseNo,
      service: row.service,
      state: row.state,
      stateLabel: label ?? { id: row.state, en: row.state },
      stepNo: row.stepNo,
      stepSeq: row.stepSeq,
      openedAt: new Date(row.openedAt).toISOString(),
      dueAt: row.dueAt === null ? null : new Date(row.dueAt).toISOString(),
      late: row.breachAt !== null && row.breachAt < row.now,
      remainingSeconds: row.clockStartedAt === null ? null : Math.floor(left / 1000),
    };
  }
}

function sortDue({ dueAt }: CaseRow): number {
  return dueAt ?? Number.MAX_SAFE_INTEGER;
}
