/** Types of late.mjs. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

export function lateSuites(report: Report): string[];
export function readReport(path: string): Report;
