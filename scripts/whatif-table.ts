/** The report of npm run whatif as a person reads it. */
import type { Tally, WhatIfReport } from '../src/cases/what-if.js';

const ASSUMPTION =
  'Behaviour is assumed unchanged: the same people act at the same instants, whatever the clock would have told them.';

const HEADS = ['step', 'visits', 'on time', 'would be', 'breaches gained', 'breaches lost'];

/** Per cent to one decimal; null of nothing. */
const percent = (part: number, { visits }: Tally) => (visits === 0 ? null : Math.round((1000 * part) / visits) / 10);
const share = (part: number, tally: Tally) => `${percent(part, tally)?.toFixed(1) ?? '-'} %`;

const withShares = <T extends Tally>(tally: T) => ({
  ...tally,
  onTimeBeforePercent: percent(tally.onTimeBefore, tally),
  onTimeAfterPercent: percent(tally.onTimeAfter, tally),
});

/** The same for a program to read. */
export function json(asked: object, { steps, total, ...report }: WhatIfReport): string {
  const shown = { ...report, steps: steps.map(withShares), total: withShares(total) };
  return JSON.stringify({ assumption: ASSUMPTION, asked, ...shown });
}

function row(name: string, tally: Tally): string[] {
  const { visits, onTimeBefore, onTimeAfter, gained, lost } = tally;
  return [name, String(visits), share(onTimeBefore, tally), share(onTimeAfter, tally), String(gained), String(lost)];
}

export function table({ cases, unfinished, outsideDates, steps, total }: WhatIfReport): string {
  const several = new Set(steps.map(({ service }) => service)).size > 1;
  const rows = [
    HEADS,
    ...steps.map((step) => {
      const { service, stepNo, label, state } = step;
      return row(`${several ? `${service} ` : ''}${stepNo}. ${label.id} (${state})`, step);
    }),
    row('all', total),
  ];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const left = `Left out: ${unfinished} not finished, ${outsideDates} finished on other dates.`;
  return [ASSUMPTION, '', ...lines, '', `${cases} cases. ${left}`].join('\n');
}
