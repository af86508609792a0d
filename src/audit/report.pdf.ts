/** The report as a document to print: A4, the checkpoint in words and as QR on every page. Pure. */
import type { Content, Definition } from 'pdfmake';
import type { Text } from '../../machines/contract.js';
import type { AuditCase, AuditLine, Listed } from './audit.types.js';
import type { AuditReport } from './report.types.js';
import { DETAILS, LIST_TITLES, SYSTEM_EVENTS, WORDS } from './report.words.js';

type Language = keyof Text;
type Say = (word: keyof typeof WORDS) => string;

const NOTE_WIDTH = 600;
const QR_POINTS = 76;

export function definitionOf(report: AuditReport, language: Language): Definition {
  const say: Say = (word) => WORDS[word][language];
  const named = [SYSTEM_EVENTS, ...report.header.services.map(({ labels: own }) => own), DETAILS];
  const labels = new Map(
    named.flatMap((own) => Object.entries(own).map(([name, label]) => [name, label[language]] as const)),
  );
  return {
    info: { title: `${say('title')} ${report.header.office.code}`, creationDate: new Date(report.header.madeAt) },
    pageSize: 'A4',
    // Eight columns, the time of each act in two clocks.
    pageOrientation: 'landscape',
    // A heading at the foot of a page goes to the next one, with what it heads.
    pageBreakBefore: ({ headlineLevel }, { getFollowingNodesOnPage }) =>
      headlineLevel === 1 && getFollowingNodesOnPage().length === 0,
    pageMargins: [36, 36, 36, 104],
    defaultStyle: { fontSize: 7.5, lineHeight: 1.1 },
    styles: {
      h1: { fontSize: 15, bold: true },
      h2: { fontSize: 10, bold: true, margin: [0, 10, 0, 3] },
      th: { bold: true },
    },
    footer: (page, pages) => footer(report, say, page, pages),
    content: [
      ...head(report, say),
      ...LIST_TITLES.flatMap(({ name, title }) => list(title[language], report.lists[name], say, labels)),
      ...overdue(report, say),
      ...refused(report, say),
      ...findings(report, say, labels),
      ...notices(report, say),
      ...report.cases.flatMap((one) => caseTable(one, say, labels)),
    ],
  };
}

function footer({ integrity }: AuditReport, say: Say, page: number, pages: number): Content {
  const note = integrity.checkpoint?.note ?? null;
  const where = { text: `${say('page')} ${page} ${say('of')} ${pages}`, alignment: 'right' as const };
  const text = {
    text: note === null ? say('noCheckpoint') : `${say('checkpoint')}\n${note}`,
    fontSize: 6,
    width: NOTE_WIDTH,
  };
  return {
    margin: [36, 8, 36, 0],
    columns: [
      text,
      { stack: [...(note === null ? [] : [{ qr: note, fit: QR_POINTS, alignment: 'right' as const }]), where] },
    ],
  };
}

function head({ header, integrity }: AuditReport, say: Say): Content[] {
  const rows: [string, string][] = [
    [say('office'), `${header.office.name} (${header.office.code})`],
    ...header.services.map(({ sopNumber, sopName, service, machineVersion, machineHash }): [string, string] => [
      say('sop'),
      `${sopNumber ?? service} ${sopName ?? ''}, ${say('version')} ${machineVersion}\n${machineHash}`,
    ]),
    [say('period'), `${header.fromLocal} ${say('until')} ${header.toLocal}\n${header.from} – ${header.to}`],
    [say('made'), `${header.madeAtLocal} (${header.madeAt}) ${say('by')} ${header.madeBy}`],
    [say('cases'), `${integrity.cases}; ${say('entries').toLowerCase()} ${integrity.entries}`],
    [say('integrity'), integrity.result === 'PASS' ? say('whole') : say('broken')],
    ...integrity.broken.map(({ caseNo, seq, reason }): [string, string] => [
      say('broken'),
      `${caseNo} #${seq}: ${reason}`,
    ]),
  ];
  return [
    { text: say('title'), style: 'h1', margin: [0, 0, 0, 8] },
    {
      layout: 'noBorders',
      table: { widths: [110, '*'], body: rows.map(([name, value]) => [{ text: name, style: 'th' }, value]) },
    },
  ];
}

function list(title: string, items: readonly Listed[], say: Say, labels: ReadonlyMap<string, string>): Content[] {
  const rows = items.map(({ caseNo, seq, atLocal, event, stepNo, actor, detail }) => [
    `${caseNo} #${seq}`,
    atLocal,
    labels.get(event) ?? event,
    shown(stepNo),
    actor ?? say('system'),
    described(detail, labels),
  ]);
  const columns = [say('case'), say('at'), say('act'), say('step'), say('actor'), say('detail')];
  return section(`${title} (${items.length})`, columns, [90, 104, 150, 44, 80, '*'], rows, say);
}

function overdue({ overdueNow, totals }: AuditReport, say: Say): Content[] {
  const rows = overdueNow.map(({ caseNo, state, stepNo, dueAtLocal, desk }) => [
    caseNo,
    state,
    shown(stepNo),
    dueAtLocal,
    desk ?? '',
  ]);
  const columns = [say('case'), say('state'), say('step'), say('due'), say('desk')];
  return section(
    `${say('overdue')} (${counted(rows, totals.overdueNow, say)})`,
    columns,
    [100, 150, 44, 120, '*'],
    rows,
    say,
  );
}

function refused({ refusedAttempts, totals }: AuditReport, say: Say): Content[] {
  const rows = refusedAttempts.map(({ atLocal, actor, client, caseNo, route, code, reasons, times }) => [
    atLocal,
    `${actor ?? ''}${client === null ? '' : ` (${client})`}`,
    caseNo ?? '',
    route,
    [code, ...reasons].join(', '),
    String(times),
  ]);
  const columns = [say('at'), say('actor'), say('case'), say('act'), say('detail'), say('times')];
  return section(
    `${say('refused')} (${counted(rows, totals.refusedAttempts, say)})`,
    columns,
    [104, 100, 90, 220, '*', 40],
    rows,
    say,
  );
}

function findings(
  { findings: { items, counts } }: AuditReport,
  say: Say,
  labels: ReadonlyMap<string, string>,
): Content[] {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rows = items.map(({ kind, caseNo, seq, at, actor, detail }) => [
    kind,
    caseNo === null ? '' : `${caseNo}${seq === null ? '' : ` #${seq}`}`,
    new Date(at).toISOString(),
    actor ?? '',
    described(detail, labels),
  ]);
  const columns = [say('findings'), say('case'), say('at'), say('actor'), say('detail')];
  return section(`${say('findings')} (${counted(rows, all, say)})`, columns, [110, 100, 110, 80, '*'], rows, say);
}

function notices({ notices: kinds }: AuditReport, say: Say): Content[] {
  const rows = kinds.map((one) => [
    one.kind,
    String(one.notices),
    String(one.acknowledged),
    String(one.sent),
    `${shown(one.medianDelaySeconds)} / ${shown(one.longestDelaySeconds)}`,
  ]);
  const columns = [say('notices'), say('count'), say('acknowledged'), say('sent'), say('delay')];
  return section(say('notices'), columns, ['*', 60, 70, 70, 180], rows, say);
}

function caseTable(
  { caseNo, id, integrity, entries }: AuditCase,
  say: Say,
  labels: ReadonlyMap<string, string>,
): Content[] {
  const rows = entries.map((line) => [
    String(line.seq),
    `${line.atLocal}\n${line.at}`,
    labels.get(line.event) ?? line.event,
    actorOf(line, say),
    shown(line.stepNo),
    line.usedMinutes === null ? '' : `${line.usedMinutes} / ${shown(line.budgetMinutes)}`,
    line.verdict === null ? '' : say(line.verdict === 'LATE' ? 'LATE' : 'ON_TIME'),
    line.reason ?? '',
  ]);
  const columns = [
    '#',
    say('at'),
    say('act'),
    say('actor'),
    say('step'),
    say('minutes'),
    say('verdict'),
    say('detail'),
  ];
  const title = `${say('case')} ${caseNo}, ${integrity === 'PASS' ? say('whole') : say('broken')}  ${id}`;
  return section(title, columns, [16, 104, 150, 130, 44, 60, 56, '*'], rows, say);
}

function actorOf({ actor }: AuditLine, say: Say): string {
  if (!actor) return say('system');
  const letter = actor.actingFor ? `\n${say('actingFor')} ${actor.letterNumber ?? ''}` : '';
  return `${actor.login ?? ''} (${actor.role})${letter}`;
}

function section(
  title: string,
  columns: readonly string[],
  widths: (number | '*')[],
  rows: readonly (readonly string[])[],
  say: Say,
): Content[] {
  const heading: Content = { text: title, style: 'h2', headlineLevel: 1 };
  if (rows.length === 0) return [heading, say('none')];
  const header: Content[] = columns.map((text) => ({ text, style: 'th' }));
  const body = rows.map((cells): Content[] => cells.map((text) => ({ text })));
  return [
    heading,
    {
      layout: 'lightHorizontalLines',
      table: { headerRows: 1, keepWithHeaderRows: 1, dontBreakRows: true, widths, body: [header, ...body] },
    },
  ];
}

/** All there are; where the list is shorter, both. */
function counted(rows: readonly unknown[], total: number, say: Say): string {
  return rows.length === total ? String(total) : `${rows.length} ${say('of')} ${total}`;
}

function shown(value: number | null): string {
  return value === null ? '' : String(Math.round(value * 100) / 100);
}

function described(detail: Readonly<Record<string, unknown>>, labels: ReadonlyMap<string, string>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${labels.get(name) ?? name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}
