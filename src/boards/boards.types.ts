/** Counts for boards and reports, as they come out of the database. */

/** Open cases of one step, desk and standing. */
export interface DeskCount {
  readonly stepNo: number | null;
  readonly role: string | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly paused: boolean;
  readonly open: number;
  readonly late: number;
  readonly dueWithinHour: number;
}

/** Step visits ended today by one officer. */
export interface OfficerCount {
  readonly login: string;
  readonly name: string;
  readonly finished: number;
  readonly onTime: number;
}

export interface BoardCounts {
  readonly asOf: Date;
  readonly desks: readonly DeskCount[];
  readonly officers: readonly OfficerCount[];
}

export interface ReportRow {
  readonly month: string | null;
  readonly step: number | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly finished: number;
  readonly onTimePercent: number | null;
  readonly medianMinutes: number | null;
  readonly p90Minutes: number | null;
  readonly breaches: number;
  readonly outsideSop: number;
  readonly holds: number;
  readonly returns: number;
  readonly recalls: number;
}
