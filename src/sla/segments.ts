/**
 * A span of time cut where the office opens and closes, for people and for whoever checks us. The pieces follow each
 * other without gap or overlap, and two neighbours are never of one kind: a weekend is one piece, and so is a run of
 * holidays. A listed holiday is `holiday` from midnight to midnight of the office's zone, on whichever weekday it falls;
 * all else that lies in no window is `outsideHours`. Pure.
 */
import type { Day, WorkingTime } from './calendar.js';

export type SegmentKind = 'worked' | 'outsideHours' | 'holiday';

export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  readonly to: number;
}

export function* segments(time: WorkingTime, from: number, to: number): Generator<Segment> {
  let last = null as Segment | null;
  for (const day of time.daysBetween(from, to)) {
    for (const piece of piecesOf(day)) {
      const cut = { kind: piece.kind, from: Math.max(piece.from, from), to: Math.min(piece.to, to) };
      if (cut.from >= cut.to) continue;
      if (last?.kind === cut.kind) last = { ...last, to: cut.to };
      else {
        if (last) yield last;
        last = cut;
      }
    }
  }
  if (last) yield last;
}

function* piecesOf({ startMs, endMs, holiday, windows }: Day): Generator<Segment> {
  if (holiday) {
    yield { kind: 'holiday', from: startMs, to: endMs };
    return;
  }
  let at = startMs;
  for (const [opens, closes] of windows) {
    yield { kind: 'outsideHours', from: at, to: opens };
    yield { kind: 'worked', from: opens, to: closes };
    at = closes;
  }
  yield { kind: 'outsideHours', from: at, to: endMs };
}
