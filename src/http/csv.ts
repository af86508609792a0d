/** CSV after RFC 4180. A cell that a spreadsheet would take for a formula is given an apostrophe (OWASP). Pure. */
type Cell = string | number | boolean | null;

/** Without a header where the rows go on. */
export function csv(header: readonly string[] | null, rows: readonly (readonly Cell[])[]): string {
  return [...(header ? [header] : []), ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
