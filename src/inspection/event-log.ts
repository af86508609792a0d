/** An office's cases as an event log that process-mining tools load: CSV, or XES (IEEE 1849-2016). Pure. */
import type { StoredEntry } from './history.store.js';
import { timeline } from './timeline.js';

export interface LoggedCase {
  readonly caseNo: string;
  readonly stored: readonly StoredEntry[];
}

interface LoggedEvent {
  readonly case: string;
  readonly seq: number;
  readonly activity: string;
  readonly timestamp: string;
  readonly resource: string | null;
  readonly role: string | null;
  readonly step: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly usedMinutes: number | null;
  readonly budgetMinutes: number | null;
  readonly verdict: string | null;
  readonly outsideSop: boolean;
  readonly hash: string;
}

/** The first three columns are what every tool asks for: case, activity, timestamp. */
export const COLUMNS = [
  'case',
  'activity',
  'timestamp',
  'seq',
  'resource',
  'role',
  'step',
  'from',
  'to',
  'usedMinutes',
  'budgetMinutes',
  'verdict',
  'outsideSop',
  'hash',
] as const satisfies readonly (keyof LoggedEvent)[];

export function eventsOf({ caseNo, stored }: LoggedCase): LoggedEvent[] {
  return timeline(stored, false).map((item) => ({
    case: caseNo,
    seq: item.seq,
    activity: item.event,
    timestamp: item.at,
    resource: item.actor?.login ?? null,
    role: item.actor?.role ?? null,
    step: item.stepNo,
    from: item.from,
    to: item.to,
    usedMinutes: item.usedMinutes,
    budgetMinutes: item.budgetMinutes,
    verdict: item.verdict,
    outsideSop: item.outsideSop,
    hash: item.hash,
  }));
}

export const XES_HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <global scope="trace"><string key="concept:name" value=""/></global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
    <string key="lifecycle:transition" value="complete"/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
`;
export const XES_END = '</log>\n';

export function xesTrace(one: LoggedCase): string {
  const events = eventsOf(one).map((event) => `    <event>${attributesOf(event).join('')}</event>\n`);
  return `  <trace>${text('concept:name', one.caseNo)}\n${events.join('')}  </trace>\n`;
}

/** What is not known has no attribute: XES knows no null. */
function attributesOf(event: LoggedEvent): string[] {
  return [
    text('concept:name', event.activity),
    `<date key="time:timestamp" value="${event.timestamp}"/>`,
    text('lifecycle:transition', 'complete'),
    text('org:resource', event.resource),
    text('org:role', event.role),
    number('int', 'step', event.step),
    text('from', event.from),
    text('to', event.to),
    number('float', 'usedMinutes', event.usedMinutes),
    number('int', 'budgetMinutes', event.budgetMinutes),
    text('verdict', event.verdict),
    `<boolean key="outsideSop" value="${String(event.outsideSop)}"/>`,
    text('hash', event.hash),
  ];
}

function text(key: string, value: string | null): string {
  return value === null ? '' : `<string key="${key}" value="${escaped(value)}"/>`;
}

function number(kind: 'int' | 'float', key: string, value: number | null): string {
  return value === null ? '' : `<${kind} key="${key}" value="${value}"/>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write these. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(value: string): string {
  return value.replace(UNWRITABLE, '\uFFFD').replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
