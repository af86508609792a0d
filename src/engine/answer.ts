/**
 * What a read or write of a case answers. The answer to a write is a function of its history row and the rows before it
 * alone, so a repeated request gets the same bytes for ever.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { Service } from '../../machines/contract.js';
import type { Registered } from '../../machines/registry.js';
import { metaOf, stateName, stepMetaOf } from '../../machines/shape.js';
import { optionsFor } from './allowed.js';
import { madeOf, type Place } from './answer-text.js';
import type { CaseAnswer } from './answer.types.js';
import type { Entry } from './entry.js';
import { leafOf } from './snapshot.js';
import type { Role } from './types.js';

export interface CaseHead {
  readonly id: string;
  readonly caseNo: string;
}

export function answer(
  { service }: Registered,
  head: CaseHead,
  snapshot: AnyMachineSnapshot,
  entry: Entry,
  hash: string,
  reader: { readonly id: string; readonly roles: readonly Role[] },
): CaseAnswer {
  const place = placeOf(service, snapshot);
  const options = optionsFor(service, snapshot, reader);
  const made: CaseAnswer = {
    id: head.id,
    caseNo: head.caseNo,
    service: place.service,
    state: place.state,
    stateLabel: place.stateLabel,
    closed: place.closed,
    step: place.step,
    stepSeq: entry.stepSeq,
    visit: entry.next.visit,
    dueAt: entry.next.dueAt,
    last: {
      event: entry.event,
      at: entry.at,
      usedMinutes: entry.visit && minutesOf(entry.visit.usedMs, entry.visit),
      budgetMinutes: entry.visit && entry.visit.budgetMinutes,
      verdict: entry.visit && entry.visit.verdict,
      number: entry.number ?? null,
    },
    allowed: options.allowed,
    blocked: options.blocked,
    receipt: { seq: entry.seq, hash },
  };
  return madeOf(made, place, options);
}

const places = new WeakMap<AnyMachineSnapshot, Place>();

/** What an answer says of the place alone, once for all cases there. */
function placeOf(service: Service, snapshot: AnyMachineSnapshot): Place {
  let place = places.get(snapshot);
  if (!place) places.set(snapshot, (place = placeAt(service, snapshot)));
  return place;
}

function placeAt({ id, version }: Service, snapshot: AnyMachineSnapshot): Place {
  const leaf = leafOf(snapshot);
  const step = stepMetaOf(leaf);
  return {
    service: { id, version },
    state: stateName(leaf),
    stateLabel: metaOf(leaf)?.label ?? { id: '', en: '' },
    closed: snapshot.status === 'done',
    step: step
      ? {
          no: step.no,
          label: step.label,
          accountable: step.accountable,
          minutes: step.minutes,
          requirements: step.requirements,
          output: step.output,
        }
      : null,
  };
}

/** Working minutes to two decimals; a rehearsal office's minute is shorter than 60 seconds. */
export function minutesOf(ms: number, visit: { budgetMinutes: number; budgetMs: number }): number {
  const minuteMs = visit.budgetMs / visit.budgetMinutes;
  return Math.round((ms / minuteMs) * 100) / 100;
}
