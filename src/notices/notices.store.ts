/** Notices of one person. The stream's cursor is (transaction, id) below the oldest one still running: nothing is skipped. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Notice } from '../db/entities.js';
import { isoOf } from '../db/iso.js';
import { Sql } from '../db/sql.js';

export interface StreamedNotice {
  readonly id: string;
  readonly officeId: string;
  readonly recipientId: string;
  readonly xid: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly kind: string;
  readonly level: number;
  readonly textId: string;
  readonly textEn: string;
  readonly createdAt: string;
  readonly acknowledgedAt: string | null;
}

export interface StreamCursor {
  readonly xid: string;
  readonly id: string;
}

/** Where a stream begins: above the oldest transaction still running, less what could already be seen (`pg_snapshot`). */
export interface StreamStart {
  readonly cursor: StreamCursor;
  readonly seen: string | null;
}

const COLUMNS = `
  n.id, n.office_id AS "officeId", n.recipient_id AS "recipientId", n.created_xid::text AS xid, n.case_id AS "caseId",
  c.case_no AS "caseNo", n.kind, n.level, n.text_id AS "textId", n.text_en AS "textEn",
  ${isoOf('n.created_at')} AS "createdAt",
  ${isoOf('n.acknowledged_at')} AS "acknowledgedAt"`;

const LIST = `
SELECT ${COLUMNS} FROM notices n JOIN cases c ON c.office_id = n.office_id AND c.id = n.case_id
WHERE n.office_id = $1 AND n.recipient_id = $2 AND ($3 = false OR n.acknowledged_at IS NULL)
  AND ($4::xid8 IS NULL OR (n.created_xid, n.id) < ($4::xid8, $5::uuid))
ORDER BY n.created_xid DESC, n.id DESC LIMIT $6`;

const SINCE = `
SELECT ${COLUMNS} FROM notices n JOIN cases c ON c.office_id = n.office_id AND c.id = n.case_id
WHERE n.office_id = $1 AND n.recipient_id = $2 AND (n.created_xid, n.id) > ($3::xid8, $4::uuid)
  AND n.created_xid < pg_snapshot_xmin(pg_current_snapshot())
  AND ($6::pg_snapshot IS NULL OR NOT pg_visible_in_snapshot(n.created_xid, $6::pg_snapshot))
ORDER BY n.created_xid, n.id LIMIT $5`;

const NOW = 'SELECT pg_snapshot_xmin(s)::text AS xid, s::text AS seen FROM pg_current_snapshot() AS s';

/**
 * A server that a dump was restored to counts transactions anew, and the notice has another number there
 * (db/restored-notices.ts): the notice itself says where it now stands. One that is gone leaves its number, if it can be one.
 */
const PLACE = `
SELECT coalesce((SELECT created_xid FROM notices WHERE office_id = $1 AND recipient_id = $2 AND id = $4),
  least($3::xid8, pg_snapshot_xmin(pg_current_snapshot())))::text AS xid`;

const REOPEN = `
UPDATE notices n SET acknowledged_at = NULL WHERE office_id = $1 AND recipient_id = $2 AND id = $3
  AND (n.kind NOT IN ('DELIVERY_PARKED', 'WEBHOOK_DISABLED') OR NOT EXISTS (SELECT 1 FROM notices o
    WHERE o.office_id = $1 AND o.recipient_id = $2 AND o.kind = n.kind AND o.acknowledged_at IS NULL))`;

@Injectable()
export class NoticeStore {
  constructor(
    private readonly sql: Sql,
    @InjectRepository(Notice) private readonly notices: Repository<Notice>,
  ) {}

  list(
    officeId: string,
    recipientId: string,
    openOnly: boolean,
    before: StreamCursor | null,
    limit: number,
  ): Promise<StreamedNotice[]> {
    const values = [officeId, recipientId, openOnly, before?.xid ?? null, before?.id ?? null, limit];
    return this.sql.run('notices', LIST, values);
  }

  since(
    officeId: string,
    recipientId: string,
    { cursor: { xid, id }, seen }: StreamStart,
    limit: number,
  ): Promise<StreamedNotice[]> {
    return this.sql.run('notices-since', SINCE, [officeId, recipientId, xid, id, limit, seen]);
  }

  /** Where a stream begins that has no earlier place to resume from. */
  async now(): Promise<StreamStart> {
    const [row] = await this.sql.run<{ xid: string; seen: string }>('notices-now', NOW, []);
    if (!row) throw new Error('a snapshot has one row');
    return { cursor: { xid: row.xid, id: '00000000-0000-0000-0000-000000000000' }, seen: row.seen };
  }

  /** Where a stream goes on after a notice that was seen. */
  async placeOf(officeId: string, recipientId: string, { xid, id }: StreamCursor): Promise<StreamStart> {
    const [row] = await this.sql.run<{ xid: string }>('notices-place', PLACE, [officeId, recipientId, xid, id]);
    return { cursor: { xid: row?.xid ?? xid, id }, seen: null };
  }

  countOpen(officeId: string, recipientId: string): Promise<number> {
    return this.sql.read(this.notices.countBy({ officeId, recipientId, acknowledgedAt: IsNull() }));
  }

  /** Marks as seen; null when it is not this person's. A second time keeps the first instant. */
  async acknowledge(officeId: string, recipientId: string, id: string): Promise<Notice | null> {
    const query = `UPDATE notices SET acknowledged_at = coalesce(acknowledged_at, alur_now())
      WHERE office_id = $1 AND recipient_id = $2 AND id = $3`;
    await this.sql.run('notice-acknowledge', query, [officeId, recipientId, id]);
    return this.sql.read(this.notices.findOneBy({ officeId, recipientId, id }));
  }

  /** Open again, but for one of its kind that is told once until it is acknowledged (notices_ops); null when it is not this person's. */
  async reopen(officeId: string, recipientId: string, id: string): Promise<Notice | null> {
    await this.sql.run('notice-reopen', REOPEN, [officeId, recipientId, id]);
    return this.sql.read(this.notices.findOneBy({ officeId, recipientId, id }));
  }
}
