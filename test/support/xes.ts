/**
 * What IEEE 1849-2016 asks of an event log, written down from the standard: elements, their order, their attributes and the
 * types of these; beyond the schema, that keys are of extensions that are declared and that what is global is everywhere.
 */
import { XMLParser } from 'fast-xml-parser';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}
type Flaws = string[];

const NAME = /^[\p{L}_:][\p{L}\p{N}_:.-]*$/u;
const NC_NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const TOKEN = /^(\S+( \S+)*)?$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const DOUBLE = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/;
const TIME =
  /^-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const isLong = (value: string) => /^[+-]?\d+$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);

const VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  string: () => true,
  date: (value) => TIME.test(value),
  int: isLong,
  float: (value) => DOUBLE.test(value),
  boolean: (value) => /^(true|false|0|1)$/.test(value),
  id: (value) => NC_NAME.test(value),
};
/** In the order in which they may stand in a log; attributes of the log itself come between. */
const ORDER = ['extension', 'global', 'classifier', 'attribute', 'trace', 'event'];

function read(text: string): Element[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    ignoreDeclaration: true,
  });
  const shaped = (nodes: readonly Record<string, unknown>[]): Element[] =>
    nodes.flatMap((node) => {
      const name = Object.keys(node).find((key) => key !== ':@') ?? '';
      if (name === '#text') return [{ name, attributes: {}, children: [] }];
      return [
        {
          name,
          attributes: (node[':@'] ?? {}) as Record<string, string>,
          children: shaped(node[name] as Record<string, unknown>[]),
        },
      ];
    });
  return shaped(parser.parse(text) as Record<string, unknown>[]);
}

/** What is wrong with a log; empty where it keeps the standard. */
export function xesFlaws(text: string): readonly string[] {
  const flaws: Flaws = [];
  const [log, ...more] = read(text);
  if (log?.name !== 'log' || more.length > 0) return ['there is not one log'];
  attributes(
    log,
    { 'xes.version': DECIMAL, 'xes.features': TOKEN, xmlns: /^http:\/\/www\.xes-standard\.org\/$/ },
    flaws,
  );
  if (Number(log.attributes['xes.version']) !== 1849.2016) flaws.push('the version is another');
  inOrder(log, flaws);
  const of = (name: string) => log.children.filter((child) => child.name === name);
  for (const one of of('extension')) attributes(one, { name: NC_NAME, prefix: NC_NAME, uri: /^https?:\S+$/ }, flaws);
  const prefixes = new Set(of('extension').map((one) => one.attributes.prefix ?? ''));
  const globals = { trace: globalOf(of('global'), 'trace', flaws), event: globalOf(of('global'), 'event', flaws) };
  if (of('global').length > 2) flaws.push('more than two globals');
  for (const one of of('classifier')) {
    attributes(one, { name: NC_NAME, keys: TOKEN }, flaws);
    for (const key of one.attributes.keys?.split(' ') ?? []) {
      if (!globals.event.includes(key)) flaws.push(`classified by ${key}, which is not global`);
    }
  }
  for (const global of of('global')) for (const one of global.children) attribute(one, prefixes, flaws);
  for (const trace of of('trace')) component(trace, globals, prefixes, flaws);
  return flaws;
}

function inOrder({ children }: Element, flaws: Flaws): void {
  let before = 0;
  for (const { name } of children) {
    const place = ORDER.indexOf(name in VALUES ? 'attribute' : name);
    if (place < 0) flaws.push(`${name} in a log`);
    else if (place < before) flaws.push(`${name} out of its order`);
    before = Math.max(before, place);
  }
}

function globalOf(globals: readonly Element[], scope: string, flaws: Flaws): string[] {
  const found = globals.filter(({ attributes: { scope: own } }) => own === scope);
  if (found.length > 1) flaws.push(`two globals of ${scope}`);
  for (const one of found) attributes(one, { scope: NC_NAME }, flaws);
  return found.flatMap(({ children }) => children.map((child) => child.attributes.key ?? ''));
}

/** A trace or an event: attributes first, events last, and everything that is global. */
function component(
  one: Element,
  globals: Readonly<Record<'trace' | 'event', readonly string[]>>,
  prefixes: ReadonlySet<string>,
  flaws: Flaws,
): void {
  attributes(one, {}, flaws);
  const firstEvent = one.children.findIndex(({ name }) => name === 'event');
  const keys: string[] = [];
  one.children.forEach((child, n) => {
    if (child.name === 'event' && one.name === 'trace') component(child, globals, prefixes, flaws);
    else {
      if (firstEvent >= 0 && n > firstEvent) flaws.push('an attribute behind an event');
      attribute(child, prefixes, flaws);
      keys.push(child.attributes.key ?? '');
    }
  });
  if (new Set(keys).size !== keys.length) flaws.push('a key twice');
  for (const key of globals[one.name as 'trace' | 'event']) {
    if (!keys.includes(key)) flaws.push(`${one.name} without ${key}`);
  }
}

function attribute(one: Element, prefixes: ReadonlySet<string>, flaws: Flaws): void {
  const check = VALUES[one.name];
  if (!check) {
    flaws.push(`${one.name} is no attribute`);
    return;
  }
  attributes(one, { key: NAME, value: /^[^]*$/ }, flaws);
  const { key = '', value = '' } = one.attributes;
  if (!check(value)) flaws.push(`${key}: ${value} is no ${one.name}`);
  if (key.includes(':') && !prefixes.has(key.slice(0, key.indexOf(':')))) flaws.push(`${key} of no extension`);
  for (const inner of one.children) attribute(inner, prefixes, flaws);
}

/** Exactly these, each in its form. */
function attributes(one: Element, forms: Readonly<Record<string, RegExp>>, flaws: Flaws): void {
  for (const [name, form] of Object.entries(forms)) {
    const value = one.attributes[name];
    if (value === undefined || !form.test(value)) flaws.push(`${one.name}: ${name} is ${value ?? 'missing'}`);
  }
  for (const name of Object.keys(one.attributes)) if (!(name in forms)) flaws.push(`${one.name} has a ${name}`);
}
