/** A case holds so many papers and no more: what one officer puts on file, everybody who opens the case has to read. */
import { Injectable } from '@nestjs/common';
import { Sql } from '../db/sql.js';
import type { Actor } from '../engine/types.js';
import { AppError } from '../errors.js';

/** A case of the SOP needs about ten. */
export const MOST_PAPERS = 200;

/** A repeat under the same key is answered as before, however many there are by now. */
const PAPERS = `
SELECT (SELECT count(*)::int FROM history WHERE office_id = $1 AND case_id = $2 AND event = 'RECORD_PAPER') AS papers,
  EXISTS (SELECT FROM history WHERE request_key = $3 AND actor_id = $4 AND office_id = $1) AS repeated`;

@Injectable()
export class PaperLimit {
  constructor(private readonly sql: Sql) {}

  /** Of requests at the same moment each may be the last one: a limit on what is kept, not a number to rely on. */
  async refuse({ officeId, accountId }: Actor, caseId: string, key: string | null): Promise<void> {
    const values = [officeId, caseId, key, accountId];
    const [row] = await this.sql.run<{ papers: number; repeated: boolean }>('papers', PAPERS, values);
    if (row && row.papers >= MOST_PAPERS && !row.repeated)
      throw new AppError('TOO_MANY_PAPERS', { params: { limit: MOST_PAPERS } });
  }
}
