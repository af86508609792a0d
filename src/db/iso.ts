/** A timestamp as text in the answer of a statement: UTC, to the millisecond, as `toISOString` writes it. */
export function isoOf(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
