/** Personal data of a case, which inspectors see on the record only. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import { RecordStore } from '../evidence/records.store.js';
import { readText } from '../evidence/readable.js';

const READ = 'INSERT INTO personal_reads (office_id, case_id, account_id, reason) VALUES ($1, $2, $3, $4)';

/** Texts as they were committed to; null or empty where nothing was given, or it was lawfully destroyed. */
const PERSONAL = `
SELECT (SELECT data FROM case_applicants WHERE office_id = $1 AND case_id = $2) AS applicant,
  coalesce((SELECT json_agg(json_build_object('seq', seq, 'text', data) ORDER BY seq) FROM case_payloads
    WHERE office_id = $1 AND case_id = $2), '[]') AS remarks,
  coalesce((SELECT json_agg(json_build_object('book', book, 'year', year, 'seq', seq, 'letter', letter)
      ORDER BY registered_at) FROM agenda_entries
    WHERE office_id = $1 AND case_id = $2), '[]') AS letters`;

type Text = Readonly<Record<string, unknown>>;

export interface Personal {
  readonly applicant: Text | null;
  /** Free text of acts, by entry. */
  readonly remarks: readonly { readonly seq: number; readonly text: Text }[];
  readonly letters: readonly {
    readonly book: string;
    readonly year: number;
    readonly seq: number;
    readonly letter: Text;
  }[];
}

interface Stored extends Pick<Personal, 'letters'> {
  readonly applicant: string | null;
  readonly remarks: readonly { readonly seq: number; readonly text: string }[];
}

@Injectable()
export class UnmaskStore {
  constructor(
    private readonly sql: Sql,
    private readonly records: RecordStore,
  ) {}

  /** Who reads and why, for the person concerned; that it is read, a scan by its hash, for the log. Both or neither. */
  record(officeId: string, caseId: string, accountId: string, reason: string, document?: string): Promise<void> {
    return this.sql.transaction(async (run) => {
      await run('unmask-read', READ, [officeId, caseId, accountId, reason]);
      const facts = { case: caseId, ...(document !== undefined && { document }) };
      await this.records.appendWith(run, { officeId, kind: 'PERSONAL_DATA_READ', actorId: accountId, facts });
    });
  }

  async read(officeId: string, caseId: string): Promise<Personal> {
    const [found] = await this.sql.inOffice<Stored>(officeId, 'unmask', PERSONAL, [officeId, caseId]);
    return {
      applicant: found?.applicant == null ? null : readText(found.applicant),
      remarks: (found?.remarks ?? []).map(({ seq, text }) => ({ seq, text: readText(text) })),
      letters: found?.letters ?? [],
    };
  }
}
