/**
 * The ladder of a step visit: at which shares of its standard minutes somebody is told, and who. Each level fires once in
 * a visit. Source: the domain's reading of the SOP (warn at 80 % where there are five minutes or more, breach, 200 %,
 * 400 %); the section head owns the process and hears of every breach.
 *
 * A service may state a ladder of its own, which its content hash then covers. This one serves all that do not, so it is
 * frozen like a released version: `registry.ts` pins its hash as well.
 */
import type { Ladder, Service } from './contract.js';

export const STANDARD_LADDER: Ladder = {
  levels: [
    { percent: 80, kind: 'warning', fromMinutes: 5, tells: ['accountable'] },
    { percent: 100, kind: 'breach', fromMinutes: 0, tells: ['kasi', 'superiors'] },
    { percent: 200, kind: 'escalation', fromMinutes: 0, tells: ['sekdin', 'kabid'] },
    { percent: 400, kind: 'escalation', fromMinutes: 0, tells: ['kadin'] },
  ],
  superiors: {
    staff: ['kasi'],
    sekdin: ['kadin'],
    kabid: ['kadin'],
    kasi: ['kadin'],
    kadin: ['kasi', 'sekdin'],
  },
};

export function ladderOf({ ladder }: Service): Ladder {
  return ladder ?? STANDARD_LADDER;
}
