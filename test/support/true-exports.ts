/**
 * What an export can lose and still be true, written down as every text it may then have: what docs/verify.md calls not
 * proved, and nothing beyond it.
 *
 * - Of everything: older checkpoints, which only say where a history went wrong; unless the log is of one office, texts
 *   at the end of their chains.
 * - Of a case: its last entries, up to all but the first.
 * - Of a period: entries at the beginning and the end of what it has of each chain; and the period may be called longer.
 */
import { leafHash } from '../../src/engine/chain.js';

interface Body {
  readonly line: string;
  readonly chain: string | null;
  readonly leaf: string | null;
  readonly index: number;
}
/** Each text, with the hashes of the entries whose texts it has. */
export type TrueExports = ReadonlyMap<string, ReadonlySet<string>>;

export function trueExportsOf(text: string, oneOffice: boolean): TrueExports {
  const [header = '', head = '', ...rest] = text.split('\n').slice(0, -2);
  const { kind } = JSON.parse(header) as { kind: string };
  const body = rest.map(readBody);
  const kept = kind === 'all' ? everything(body, oneOffice) : kind === 'case' ? heads(body) : spans(body);
  return new Map(
    kept.map((lines) => {
      const entries = lines.filter(({ index }) => index >= 0).length;
      const whole = [header, head, ...lines.map(({ line }) => line), JSON.stringify({ end: true, entries }), ''];
      return [whole.join('\n'), new Set(lines.flatMap(({ leaf }) => leaf ?? []))];
    }),
  );
}

function readBody(line: string): Body {
  const { index = -1, entry } = JSON.parse(line) as { index?: number; entry?: string };
  const chain = entry === undefined ? null : (JSON.parse(entry) as { case: string }).case;
  return { line, chain, index, leaf: entry === undefined ? null : leafHash(entry) };
}

const heads = (body: readonly Body[]) => body.map((_, n) => body.slice(0, n + 1));

/** By chain, which of its entries stay: every run without a gap, and none at all. */
function spans(body: readonly Body[]): Body[][] {
  let chosen: Set<Body>[] = [new Set()];
  for (const chain of new Set(body.map((one) => one.chain))) {
    const own = body.filter((one) => one.chain === chain);
    const runs: Body[][] = [[]];
    for (let from = 0; from < own.length; from++) {
      for (let to = from + 1; to <= own.length; to++) runs.push(own.slice(from, to));
    }
    chosen = chosen.flatMap((set) => runs.map((run) => new Set([...set, ...run])));
  }
  return chosen.map((set) => body.filter((one) => set.has(one)));
}

function everything(body: readonly Body[], oneOffice: boolean): Body[][] {
  let all: Body[][] = [[...body]];
  for (const checkpoint of body.filter(({ index }) => index < 0)) {
    all = all.flatMap((lines) => [lines, lines.filter((one) => one !== checkpoint)]);
  }
  if (oneOffice) return all;
  for (const chain of new Set(body.flatMap((one) => one.chain ?? []))) {
    const own = body.filter((one) => one.chain === chain).map(({ index }) => index);
    all = all.flatMap((lines) =>
      [...own, Number.POSITIVE_INFINITY].map((from) =>
        lines.map((one) => (one.chain === chain && one.index >= from ? bare(one) : one)),
      ),
    );
  }
  return all;
}

function bare({ index, line }: Body): Body {
  const { leaf } = JSON.parse(line) as { leaf: string };
  return { index, chain: null, leaf: null, line: JSON.stringify({ index, leaf }) };
}

/** The text under the header of `whole`, where its own names a longer period, or any office for no entry at all. */
export function sameHeader(text: string, whole: string): string {
  const [own, theirs] = [whole.slice(0, whole.indexOf('\n')), text.slice(0, Math.max(0, text.indexOf('\n')))];
  if (own === theirs || !own.includes('"kind":"period"')) return text;
  const times = [...text.matchAll(/\\"at\\":\\"([^\\]+)\\"/g)].map(([, at]) => at ?? '');
  const [, office, from = '', to = ''] =
    /^\{"format":"history-export\/1","kind":"period","office":"([^"]*)","from":"([^"]*)","to":"([^"]*)"\}$/.exec(
      theirs,
    ) ?? [];
  const instants = [from, to].every((one) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(one)) && from < to;
  const mine = own.includes(`"office":"${String(office)}"`) || times.length === 0;
  const fits = instants && mine && times.every((at) => at >= from && at < to);
  return fits ? own + text.slice(theirs.length) : text;
}
