/**
 * What a third party would write: reads the answer of GET /cases/{id}/clock and nothing else, and works out every figure
 * and verdict again. Shares no code with src. An empty list means that everything adds up.
 */
interface Piece {
  kind: string;
  from: string;
  to: string;
  ms: number;
}
interface Stretch {
  kind: string;
  from: string;
  to: string;
  fromSeq: number;
  toSeq: number | null;
  segments: Piece[];
}
interface Visit {
  no: number;
  startedAt: string;
  endedAt: string | null;
  budgetMinutes: number;
  budgetMs: number;
  breachAt: string | null;
  late: boolean;
  verdict: string | null;
  netMs: number;
  grossMs: number;
  netMinutes: number;
  grossMinutes: number;
  stretches: Stretch[];
}
export interface Explained {
  at: string;
  sopMinutes: number;
  remainingMs: number;
  verdict: string;
  netMs: number;
  grossMs: number;
  netMinutes: number;
  grossMinutes: number;
  visits: Visit[];
}

const ms = (text: string) => Date.parse(text);

/** Pieces must follow each other from one instant to another. */
function gaps(where: string, pieces: readonly { from: string; to: string }[], from: string, to: string): string[] {
  const marks = [from, ...pieces.flatMap((piece) => [piece.from, piece.to]), to];
  const wrong: string[] = [];
  for (let index = 0; index < marks.length; index += 2) {
    if (marks[index] !== marks[index + 1]) wrong.push(`${where}: ${String(marks[index])} is not followed`);
  }
  return wrong;
}

function checkPieces(where: string, { kind, segments }: Stretch): string[] {
  return segments.flatMap((piece, index) => {
    const wrong: string[] = [];
    if (piece.ms !== ms(piece.to) - ms(piece.from) || piece.ms <= 0)
      wrong.push(`${where}: ${piece.from} has ${piece.ms} ms`);
    if (piece.kind === segments[index + 1]?.kind)
      wrong.push(`${where}: ${piece.from} and the next are both ${piece.kind}`);
    const kinds = [kind === 'running' ? 'worked' : 'held', 'outsideHours', 'holiday'];
    if (!kinds.includes(piece.kind)) wrong.push(`${where}: ${piece.kind} while ${kind}`);
    return wrong;
  });
}

function checkVisit(visit: Visit, caseEnd: string): string[] {
  const where = `visit ${visit.no}`;
  const pieces = visit.stretches.flatMap(({ segments }) => segments);
  const sum = (kind: string) => pieces.filter((piece) => piece.kind === kind).reduce((all, piece) => all + piece.ms, 0);
  const wrong = [
    ...gaps(where, visit.stretches, visit.startedAt, visit.endedAt ?? caseEnd),
    ...visit.stretches.flatMap((one) => gaps(where, one.segments, one.from, one.to)),
    ...visit.stretches.flatMap((one) => checkPieces(where, one)),
  ];
  visit.stretches.forEach((one, index) => {
    const next = visit.stretches[index + 1];
    if (next && next.kind === one.kind) wrong.push(`${where}: two stretches are ${one.kind}`);
    if (next && next.fromSeq !== one.toSeq)
      wrong.push(`${where}: entry ${next.fromSeq} does not follow ${String(one.toSeq)}`);
  });
  if (sum('worked') !== visit.netMs) wrong.push(`${where}: net ${visit.netMs} is not ${sum('worked')}`);
  if (sum('worked') + sum('held') !== visit.grossMs) wrong.push(`${where}: gross ${visit.grossMs}`);
  const late = sum('worked') > visit.budgetMs;
  if (visit.late !== late) wrong.push(`${where}: late is ${visit.late}`);
  const verdict = late ? 'LATE' : 'ON_TIME';
  if (visit.endedAt !== null && visit.verdict !== verdict)
    wrong.push(`${where}: verdict ${String(visit.verdict)}, not ${verdict}`);
  if (visit.endedAt === null && visit.verdict !== null) wrong.push(`${where}: a verdict before its end`);
  if (late && visit.breachAt !== breachOf(pieces, visit.budgetMs))
    wrong.push(`${where}: breach ${String(visit.breachAt)}`);
  return wrong;
}

/** The first moment after which more than the budget is used up. */
function breachOf(pieces: readonly Piece[], budgetMs: number): string | null {
  let left = budgetMs;
  for (const piece of pieces.filter(({ kind }) => kind === 'worked')) {
    if (piece.ms > left) return new Date(ms(piece.from) + left).toISOString();
    left -= piece.ms;
  }
  return null;
}

export function verifyClock(clock: Explained): string[] {
  const { visits } = clock;
  const wrong = visits.flatMap((visit) => checkVisit(visit, clock.at));
  visits.forEach((visit, index) => {
    const next = visits[index + 1];
    if (next && (next.startedAt !== visit.endedAt || next.no !== visit.no + 1))
      wrong.push(`visit ${next.no} does not follow`);
    if (!next && visit.endedAt !== null && visit.endedAt !== clock.at)
      wrong.push('the end of the case is not its last end');
  });
  for (const kind of ['net', 'gross'] as const) {
    const total = visits.reduce((sum, visit) => sum + visit[`${kind}Ms`], 0);
    if (total !== clock[`${kind}Ms`]) wrong.push(`${kind} of the case is ${clock[`${kind}Ms`]}, not ${total}`);
    for (const one of [clock, ...visits]) {
      const minuteMs = visits[0] ? visits[0].budgetMs / visits[0].budgetMinutes : 1;
      if (Math.abs(one[`${kind}Minutes`] - one[`${kind}Ms`] / minuteMs) > 0.005001) wrong.push(`${kind} minutes`);
    }
  }
  return [...wrong, ...checkCase(clock)];
}

/** The whole case against the SOP's total. */
function checkCase({ sopMinutes, remainingMs, verdict, visits }: Explained): string[] {
  const [first] = visits;
  const last = visits[visits.length - 1];
  if (!first || !last) return ['no visit'];
  const pieces = visits.flatMap(({ stretches }) => stretches.flatMap(({ segments }) => segments));
  const worked = pieces.filter(({ kind }) => kind === 'worked').reduce((sum, piece) => sum + piece.ms, 0);
  const totalMs = (sopMinutes * first.budgetMs) / first.budgetMinutes;
  const wrong = remainingMs === totalMs - worked ? [] : [`${remainingMs} left of ${totalMs} with ${worked} worked`];
  const expected = worked > totalMs ? 'OVER' : last.endedAt === null ? 'OPEN' : 'WITHIN';
  if (verdict !== expected) wrong.push(`verdict of the case ${verdict}, not ${expected}`);
  return wrong;
}
