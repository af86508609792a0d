/** A machine as plain data. Pure. */
import { ladderOf } from '../../machines/ladder.js';
import type { Registered } from '../../machines/registry.js';
import {
  eventOf,
  guardsOf,
  metaOf,
  rolesOf,
  stateName,
  stateNodes,
  stepMetaOf,
  stepsOf,
  totalMinutes,
  transitionsFrom,
} from '../../machines/shape.js';
import { jsonSchema } from '../http/openapi.js';

export function describe({ service, hash }: Registered) {
  const leaves = stateNodes(service).filter(({ type }) => type !== 'compound');
  return {
    id: service.id,
    version: service.version,
    hash,
    title: service.title,
    sop: service.sop,
    opens: service.opens,
    totalMinutes: totalMinutes(service),
    steps: stepsOf(service),
    ladder: ladderOf(service),
    states: leaves.map((node) => ({
      name: stateName(node),
      kind: metaOf(node)?.kind,
      label: metaOf(node)?.label,
      stepNo: stepMetaOf(node)?.no ?? null,
      events: transitionsFrom(node).map((transition) => ({
        event: eventOf(transition),
        roles: rolesOf(transition),
        target: transition.target?.map((target) => stateName(target)) ?? null,
        guards: guardsOf(transition.guard).map(({ type }) => type),
      })),
    })),
    events: Object.fromEntries(
      Object.entries(service.events).map(([event, spec]) => [
        event,
        {
          label: spec.label,
          schema: spec.schema,
          outsideSop: spec.outsideSop,
          movesCase: spec.movesCase,
          payload: jsonSchema(spec.payload),
          example: spec.example,
        },
      ]),
    ),
    papers: service.papers,
    applicant: { schema: jsonSchema(service.applicant), example: service.applicantExample },
  };
}
