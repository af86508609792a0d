/**
 * Start-up lint: a machine that breaks one of these would fail an officer later, so it does not start at all.
 * Each finding has its own code; `test/machines/check.spec.ts` keeps one broken fixture for each.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Service } from './contract.js';
import { OPEN_STATE } from './contract.js';
import { ladderOf } from './ladder.js';
import { eventOf, guardsOf, metaOf, rolesOf, stateName, stateNodes, stepNodeOf, transitionsFrom } from './shape.js';

export interface Finding {
  readonly code: string;
  readonly detail: string;
}

/** What the database keeps a level in has room for more, an office has not. */
const MOST_PERCENT = 10_000;

const finding = (code: string, detail: string): Finding => ({ code, detail });

/** Leaves an event can lead to: compounds stand for their initial leaf, history for every leaf of its compound. */
function landings(target: AnyStateNode): AnyStateNode[] {
  if (target.type === 'history') return leaves(target.parent as AnyStateNode);
  if (target.type !== 'compound') return [target];
  return target.initial.target.flatMap((child) => landings(child as AnyStateNode));
}

function leaves(node: AnyStateNode): AnyStateNode[] {
  const children = Object.values(node.states as Record<string, AnyStateNode>).filter(({ type }) => type !== 'history');
  return children.length === 0 ? [node] : children.flatMap(leaves);
}

function successors(leaf: AnyStateNode): AnyStateNode[] {
  return transitionsFrom(leaf).flatMap(({ target }) => (target ?? []).flatMap((t) => landings(t as AnyStateNode)));
}

function spread(from: readonly AnyStateNode[], next: (leaf: AnyStateNode) => AnyStateNode[]): Set<AnyStateNode> {
  const reached = new Set(from);
  for (const leaf of reached) for (const successor of next(leaf)) reached.add(successor);
  return reached;
}

function checkPaths({ machine }: Service): Finding[] {
  const all = leaves(machine.root);
  const reached = spread(landings(machine.root), successors);
  const ends = all.filter(({ type }) => type === 'final');
  const predecessors = (leaf: AnyStateNode) => all.filter((other) => successors(other).includes(leaf));
  const finishing = spread(ends, predecessors);
  return [
    ...all.filter((leaf) => !reached.has(leaf)).map((leaf) => finding('UNREACHABLE_STATE', stateName(leaf))),
    ...all.filter((leaf) => !finishing.has(leaf)).map((leaf) => finding('DEAD_END', stateName(leaf))),
  ];
}

function checkSteps(service: Service): Finding[] {
  const nodes = stateNodes(service);
  const findings: Finding[] = [];
  const numbers: number[] = [];
  if (!nodes.some(({ path }) => path.join('.') === OPEN_STATE)) findings.push(finding('NO_OPEN_STATE', service.id));
  for (const node of nodes) {
    const meta = metaOf(node);
    if (node.type !== 'compound' && !meta) findings.push(finding('STATE_WITHOUT_META', stateName(node)));
    if (node.path[0] === OPEN_STATE && node.path.length > 1 && !stepNodeOf(node)) {
      findings.push(finding('OPEN_STATE_WITHOUT_STEP', stateName(node)));
    }
    if (meta?.kind !== 'step') continue;
    numbers.push(meta.no);
    const complete =
      meta.minutes > 0 && meta.accountable.length > 0 && meta.requirements.length > 0 && meta.output.paper !== '';
    if (!complete) findings.push(finding('STEP_INCOMPLETE', stateName(node)));
  }
  if (numbers.some((no, index) => no !== index + 1)) findings.push(finding('STEP_NUMBERS', numbers.join(', ')));
  return findings;
}

/** A restored `after` never fires and a raw delay knows no office hours; actors have no place in a stored case. */
function checkNoActors(service: Service): Finding[] {
  return [service.machine.root, ...stateNodes(service)]
    .filter(({ config }) => config.after || config.invoke || config.always)
    .map((node) => finding('DELAY_OR_ACTOR', stateName(node)));
}

function checkTransitions(service: Service): Finding[] {
  const nodes = [service.machine.root, ...stateNodes(service)];
  const transitions = nodes.flatMap((node) => [
    ...(node.transitions as Map<string, AnyTransitionDefinition[]>).values(),
  ]);
  const sent = new Set<string>();
  const findings: Finding[] = [];
  // Only the first would be explained to the officer, whichever the machine takes.
  for (const [first] of transitions.filter(({ length }) => length > 1)) {
    if (first) findings.push(finding('SEVERAL_WAYS', `${stateName(first.source as AnyStateNode)}: ${first.eventType}`));
  }
  for (const transition of transitions.flat()) {
    const event = eventOf(transition);
    const where = `${stateName(transition.source as AnyStateNode)}: ${event}`;
    sent.add(event);
    if (!service.events[event]) findings.push(finding('UNKNOWN_EVENT', where));
    if (rolesOf(transition).length === 0) findings.push(finding('TRANSITION_WITHOUT_ROLES', where));
    for (const { type } of guardsOf(transition.guard)) {
      if (!service.rules[type]) findings.push(finding('GUARD_WITHOUT_RULE', `${where}: ${type}`));
    }
  }
  for (const event of Object.keys(service.events)) {
    if (!sent.has(event)) findings.push(finding('UNUSED_EVENT', event));
  }
  return findings;
}

function checkEvents(service: Service): Finding[] {
  return Object.entries(service.events).flatMap(([event, { payload, example, personal, outsideSop, label }]) => {
    const { reason: _reason, ...silent } = example;
    return [
      ...(payload.safeParse(example).success ? [] : [finding('EXAMPLE_REFUSED', event)]),
      ...personal
        .filter((field) => !(field in payload.shape))
        .map((field) => finding('UNKNOWN_FIELD', `${event}.${field}`)),
      ...(outsideSop && payload.safeParse(silent).success ? [finding('EXCEPTION_WITHOUT_REASON', event)] : []),
      ...(label.id && label.en ? [] : [finding('LABEL_MISSING', event)]),
    ];
  });
}

/** Levels rise, everybody hears of a breach in the same place, and no level tells nobody. */
function checkLadder(service: Service): Finding[] {
  const { levels, superiors } = ladderOf(service);
  const below = (index: number) => levels[index - 1]?.percent ?? 0;
  const metas = stateNodes(service).map(metaOf);
  const accountable = metas.flatMap((meta) => (meta?.kind === 'step' || meta?.kind === 'desk' ? meta.accountable : []));
  const alone = [...new Set(accountable)].filter((role) => (superiors[role] ?? []).length === 0);
  return [
    ...levels
      .filter(({ percent }, index) => !Number.isInteger(percent) || percent <= below(index) || percent > MOST_PERCENT)
      .map(({ percent }) => finding('LADDER_ORDER', `${percent} %`)),
    ...levels
      .filter(({ percent, kind }) => kind !== (percent < 100 ? 'warning' : percent === 100 ? 'breach' : 'escalation'))
      .map(({ percent, kind }) => finding('LADDER_KIND', `${kind} at ${percent} %`)),
    ...(levels.some(({ percent, fromMinutes }) => percent === 100 && fromMinutes <= 1)
      ? []
      : [finding('LADDER_WITHOUT_BREACH', service.id)]),
    ...levels.flatMap(({ percent, tells }) => [
      ...(tells.length === 0 ? [finding('LADDER_SILENT', `${percent} %`)] : []),
      ...(tells.includes('superiors') ? alone.map((role) => finding('LADDER_SILENT', `${percent} %: ${role}`)) : []),
    ]),
  ];
}

/** All findings for all services; an empty list lets the office open. */
export function check(services: readonly Service[]): Finding[] {
  const keys = services.map(({ id, version }) => `${id}@${version}`);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...twice.map((key) => finding('DUPLICATE_SERVICE', key)),
    ...services.flatMap((service) => [
      ...checkSteps(service),
      ...checkPaths(service),
      ...checkNoActors(service),
      ...checkTransitions(service),
      ...checkEvents(service),
      ...checkLadder(service),
    ]),
  ];
}
