/** Reading a case's clock: what its history says to the millisecond, and what a reader is shown. */
import type { Http, Person } from './http.js';

export interface TextEntry {
  readonly at: string;
  readonly event: string;
  readonly to: string;
  readonly outsideSop: boolean;
  readonly actor: { readonly id: string } | null;
  readonly visit: {
    readonly no: number;
    readonly stepNo: number;
    readonly usedMs: number;
    readonly budgetMs: number;
    readonly budgetMinutes: number;
    readonly verdict: string | null;
  } | null;
}

export interface ClockReading {
  readonly state: string;
  readonly visit: number;
  readonly dueAt: string | null;
  readonly clock: {
    readonly running: boolean;
    readonly usedMinutes: number;
    readonly budgetMinutes: number;
    readonly remainingSeconds: number;
    readonly dueAt: string | null;
    readonly late: boolean;
  };
}

/** The entries as they were hashed. */
export async function entriesOf(http: Http, caseId: string): Promise<TextEntry[]> {
  const path = `/inspection/cases/${caseId}/history`;
  const { body } = await http.get<{ entries: { text: string }[] }>('inspektur', path);
  return body.entries.map(({ text }) => JSON.parse(text) as TextEntry);
}

/** Working milliseconds used in the visit, as the case's last entry states them. */
export async function usedMsOf(http: Http, caseId: string): Promise<number> {
  return (await entriesOf(http, caseId)).at(-1)?.visit?.usedMs ?? Number.NaN;
}

export async function clockOf(http: Http, caseId: string, person: Person = 'kasi'): Promise<ClockReading> {
  return (await http.get<ClockReading>(person, `/cases/${caseId}`)).body;
}
