/** The report as tables, each a file of its own: the entries, the header, and every list. Pure. */
import { csv } from '../http/csv.js';
import { LISTS, type ListName } from './audit.types.js';
import type { AuditReport } from './report.types.js';

/** What `part` may ask for. */
export const PARTS = [
  'entries',
  'header',
  'broken',
  ...LISTS,
  'overdueNow',
  'refusedAttempts',
  'findings',
  'notices',
] as const;
export type Part = (typeof PARTS)[number];

type Cell = string | number | boolean | null;
interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export function auditCsv(report: AuditReport, part: Part): string {
  const { columns, rows } = isList(part) ? list(report, part) : TABLES[part](report);
  return csv(columns, rows);
}

function isList(part: Part): part is ListName {
  return (LISTS as readonly string[]).includes(part);
}

/** Rows by column: what is not known is an empty cell, what is an object stands in it as JSON. */
function table<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[]): Table {
  return { columns, rows: rows.map((row) => columns.map((name) => cellOf(row[name]))) };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

const TABLES: Readonly<Record<Exclude<Part, ListName>, (report: AuditReport) => Table>> = {
  entries,
  header,
  broken: ({ integrity }) => table(integrity.broken, ['caseNo', 'seq', 'reason']),
  overdueNow: ({ overdueNow }) => table(overdueNow, ['caseNo', 'state', 'stepNo', 'dueAt', 'dueAtLocal', 'desk']),
  refusedAttempts: ({ refusedAttempts }) =>
    table(refusedAttempts, ['at', 'atLocal', 'actor', 'client', 'caseNo', 'route', 'code', 'reasons', 'times']),
  findings: ({ findings }) => table(findings.items, ['kind', 'caseNo', 'seq', 'at', 'actor', 'detail']),
  notices: ({ notices }) =>
    table(notices, [
      'kind',
      'notices',
      'acknowledged',
      'sent',
      'waiting',
      'givenUp',
      'medianDelaySeconds',
      'longestDelaySeconds',
    ]),
};

function list({ lists }: AuditReport, name: ListName): Table {
  return table(lists[name], ['caseNo', 'seq', 'at', 'atLocal', 'event', 'stepNo', 'actor', 'detail']);
}

function entries({ cases }: AuditReport): Table {
  const rows = cases.flatMap(({ caseNo, integrity, entries: lines }) =>
    lines.map(({ actor, ...line }) => ({
      ...line,
      case: caseNo,
      integrity,
      step: line.stepNo,
      actor: actor?.login ?? null,
      role: actor?.role ?? null,
      actingFor: actor?.actingFor ?? null,
      letterNumber: actor?.letterNumber ?? null,
    })),
  );
  return table(rows, [
    'case',
    'seq',
    'at',
    'atLocal',
    'event',
    'outsideSop',
    'actor',
    'role',
    'actingFor',
    'letterNumber',
    'from',
    'to',
    'step',
    'usedMinutes',
    'budgetMinutes',
    'verdict',
    'reason',
    'integrity',
    'hash',
  ]);
}

/** What the report is of, its verdict, and how many there are of what is capped: a name and a value in each row. */
function header({ header: head, integrity, totals, findings }: AuditReport): Table {
  const { office, services, ...rest } = head;
  const { checkpoint } = integrity;
  const rows: [string, Cell][] = [
    ['office', office.code],
    ['officeName', office.name],
    ...Object.entries(rest),
    ...services.flatMap(({ service, sopNumber, sopName, machineVersion, machineHash }): [string, Cell][] => [
      ['sop', `${sopNumber ?? service} ${sopName ?? ''}`.trim()],
      ['sopVersion', machineVersion],
      ['sopHash', machineHash],
    ]),
    ['integrity', integrity.result],
    ['cases', integrity.cases],
    ['entries', integrity.entries],
    ['broken', integrity.broken.length],
    ...Object.entries(totals),
    ...Object.entries(findings.counts).map(([kind, count]): [string, Cell] => [`findings ${kind}`, count]),
    ['checkpointSize', checkpoint?.size ?? null],
    ['checkpointRoot', checkpoint?.rootHash ?? null],
    ['checkpoint', checkpoint?.note ?? null],
  ];
  return { columns: ['name', 'value'], rows };
}
