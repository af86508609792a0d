/** What one look at everything found not to agree: all of it counted, some of it kept, and grouped as it is told. Pure. */

export interface Difference {
  /** Null where there is no case: the log is everybody's. */
  readonly officeId: string | null;
  /** Null: the log itself, or what belongs to no case. */
  readonly caseId: string | null;
  /** For the program's log. It names values as they are stored, so it goes no further. */
  readonly why: string;
}

/** All differences of one case, or of none. */
export interface Finding extends Difference {
  readonly differences: number;
}

/** Kept and told one by one. Whoever spoils more has spoilt the log: the number of the others is told as one. */
const MOST = 100;

export class Found {
  total = 0;
  private readonly kept: Difference[] = [];

  constructor(private readonly most = MOST) {}

  add(difference: Difference): void {
    this.total += 1;
    if (this.kept.length < this.most) this.kept.push(difference);
  }

  /** One for each case, and one for what belongs to no case. */
  findings(): Finding[] {
    const others = this.total - this.kept.length;
    const rest: Difference = { officeId: null, caseId: null, why: `${others} more differences` };
    const subjects = new Map<string, Difference[]>();
    for (const one of others > 0 ? [...this.kept, rest] : this.kept) {
      const key = JSON.stringify([one.officeId, one.caseId]);
      subjects.set(key, [...(subjects.get(key) ?? []), one]);
    }
    return [...subjects.values()].map((all) => ({
      officeId: all[0]?.officeId ?? null,
      caseId: all[0]?.caseId ?? null,
      why: all.map(({ why }) => why).join('\n'),
      differences: all.length + (all.includes(rest) ? others - 1 : 0),
    }));
  }
}
