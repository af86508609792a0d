/** CSV after RFC 4180. What a spreadsheet would take for a formula is given an apostrophe (OWASP). Pure. */
type Cell = string | number | boolean | null;

const FORMULA = /^[=+\-@\t\r\n]/;
/** A spreadsheet set to Indonesian separates by `;`, others by tabs, and there no quotes of ours hold a cell or a line together. */
const LATER_FORMULA = /[;\t\r\n](?=[" ]*[=+\-@])/g;

/** Without a header where the rows go on. */
export function csv(header: readonly string[] | null, rows: readonly (readonly Cell[])[]): string {
  return [...(header ? [header] : []), ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const held = value.replace(LATER_FORMULA, "$&'");
  const safe = FORMULA.test(held) ? `'${held}` : held;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
