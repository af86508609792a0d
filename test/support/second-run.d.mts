/** Types of second-run.mjs. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

export function suitesAgain(report: Report): { readonly late: string[]; readonly unstable: string[] };
export function readReport(path: string): Report;
