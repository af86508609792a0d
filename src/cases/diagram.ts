/** Pictures of a machine, drawn from the machine. The printed path is solid, exceptions are dashed. */
import type { Service } from '../../machines/contract.js';
import { eventOf, metaOf, rolesOf, stateName, stateNodes, stepMetaOf, transitionsFrom } from '../../machines/shape.js';

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly roles: string;
  readonly exception: boolean;
}

interface Box {
  readonly name: string;
  readonly label: string;
  readonly ends: boolean;
}

function boxesOf(service: Service): Box[] {
  return stateNodes(service)
    .filter(({ type }) => type !== 'compound')
    .map((node) => {
      const step = stepMetaOf(node);
      const label = metaOf(node)?.label.id ?? '';
      const head = step ? `${step.no}. ${step.label.id}` : label;
      const part = step && step.label.id !== label ? ` (${label})` : '';
      const minutes = step ? `, ${step.minutes} menit` : '';
      return { name: stateName(node), label: `${head}${part}${minutes}`, ends: node.type === 'final' };
    });
}

/** Where a transition lands: a compound stands for its first part, history for the step that was left. */
function landing(target: { type: string; key: string }, service: Service): string {
  if (target.type === 'history') return '';
  const name = stateName(target as never);
  return boxesOf(service).find((box) => box.name === name || box.name.startsWith(`${name}.`))?.name ?? name;
}

function arrowsOf(service: Service): Arrow[] {
  return stateNodes(service)
    .filter(({ type }) => type !== 'compound')
    .flatMap((node) =>
      transitionsFrom(node).flatMap((transition) =>
        (transition.target ?? []).map((target) => ({
          from: stateName(node),
          to: landing(target, service),
          event: eventOf(transition),
          roles: rolesOf(transition).join('/'),
          exception: service.events[eventOf(transition)]?.outsideSop ?? true,
        })),
      ),
    );
}

/** In a machine of a few states every arrow is worth drawing. */
const EVERYWHERE_FROM = 4;

/** Events that may come from any open state would hide the way: they are named once, in a note. */
function everywhere(arrows: readonly Arrow[], boxes: readonly Box[]): Set<string> {
  const open = boxes.filter(({ ends }) => !ends).length;
  const counts = new Map<string, number>();
  for (const { event } of arrows) counts.set(event, (counts.get(event) ?? 0) + 1);
  return new Set(
    [...counts].filter(([, count]) => count >= Math.max(EVERYWHERE_FROM, open - 2)).map(([event]) => event),
  );
}

/** Mermaid state diagram; `current` is drawn in colour. */
export function mermaid(service: Service, current: string | null): string {
  const boxes = boxesOf(service);
  const arrows = arrowsOf(service);
  const common = everywhere(arrows, boxes);
  const id = (name: string) => name.replaceAll('.', '_');
  const firstBox = boxes[0];
  return [
    'stateDiagram-v2',
    ...boxes.map(({ name, label }) => `  state "${label}" as ${id(name)}`),
    ...(firstBox ? [`  [*] --> ${id(firstBox.name)}`] : []),
    ...arrows
      .filter(({ event, to }) => !common.has(event) && to !== '')
      .map(({ from, to, event, roles }) => `  ${id(from)} --> ${id(to)} : ${event} (${roles})`),
    ...boxes.filter(({ ends }) => ends).map(({ name }) => `  ${id(name)} --> [*]`),
    ...(firstBox && common.size > 0
      ? // Mermaid ends a note's text at a second colon.
        [`  note right of ${id(firstBox.name)} : di mana saja dapat ${[...common].join(', ')}`]
      : []),
    ...(current
      ? ['  classDef current fill:#ffd54f,stroke:#b28704,stroke-width:3px', `  class ${id(current)} current`]
      : []),
    '',
  ].join('\n');
}

/** SVG by Graphviz (WebAssembly), loaded when the first picture is asked for. */
export async function svg(service: Service, current: string | null): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(dot(service, current), { format: 'svg' });
}

function dot(service: Service, current: string | null): string {
  const boxes = boxesOf(service);
  const arrows = arrowsOf(service);
  const common = everywhere(arrows, boxes);
  const quote = (text: string) => `"${text.replaceAll('"', '\\"')}"`;
  const lines = boxes.map(({ name, label, ends }) => {
    const marked = name === current ? ', fillcolor="#ffd54f", penwidth=3' : '';
    return `  ${quote(name)} [label=${quote(label)}, peripheries=${ends ? 2 : 1}${marked}];`;
  });
  const edges = arrows
    .filter(({ event, to }) => !common.has(event) && to !== '')
    .map(
      ({ from, to, event, roles, exception }) =>
        `  ${quote(from)} -> ${quote(to)} [label=${quote(`${event}\n${roles}`)}${exception ? ', style=dashed' : ''}];`,
    );
  return [
    'digraph {',
    '  graph [rankdir=TB, nodesep=0.4, fontname="Helvetica", labelloc=b,',
    `    label=${quote(`${service.title.id}. Di mana saja: ${[...common].join(', ')}`)}];`,
    '  node [shape=box, style="rounded,filled", fillcolor="#f5f7fa", fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...lines,
    ...edges,
    '}',
  ].join('\n');
}
