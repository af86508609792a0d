/**
 * An answer as JSON. Most of it is the same for all cases at one place of their SOP and all readers alike, and is spelled out
 * once for them; byte for byte what JSON.stringify gives.
 */
import type { CaseAnswer } from './answer.types.js';
import type { Options } from './allowed.js';

/** Of the snapshot: labels, papers, minutes. */
export type Place = Pick<CaseAnswer, 'service' | 'state' | 'stateLabel' | 'closed' | 'step'>;

const places = new WeakMap<Place, string>();
const options = new WeakMap<Options, string>();
const parts = new WeakMap<CaseAnswer, { readonly place: Place; readonly options: Options }>();

/** Remembers what an answer was put together from. */
export function madeOf(answer: CaseAnswer, place: Place, chosen: Options): CaseAnswer {
  parts.set(answer, { place, options: chosen });
  return answer;
}

/** Null for anything but an answer as it was made. */
export function textOf(body: object): string | null {
  const made = parts.get(body as CaseAnswer);
  if (!made) return null;
  const { id, caseNo, stepSeq, visit, dueAt, last, receipt } = body as CaseAnswer;
  const head = JSON.stringify({ id, caseNo }).slice(0, -1);
  const act = JSON.stringify({ stepSeq, visit, dueAt, last }).slice(1, -1);
  const place = inner(places, made.place);
  return `${head},${place},${act},${inner(options, made.options)},"receipt":${JSON.stringify(receipt)}}`;
}

/** The fields of an object without its braces, spelled out once. */
function inner<T extends object>(known: WeakMap<T, string>, value: T): string {
  let text = known.get(value);
  if (text === undefined) known.set(value, (text = JSON.stringify(value).slice(1, -1)));
  return text;
}
