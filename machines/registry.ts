/** The explicit list of services. The newest version serves new cases; older ones finish the cases they began. */
import { createHash } from 'node:crypto';
import { toJSONSchema } from 'zod';
import { check } from './check.js';
import type { Ladder, Service } from './contract.js';
import { STANDARD_LADDER } from './ladder.js';
import { kimMemberServiceV1 } from './kim-member-service.v1.service.js';
import { guardsOf } from './shape.js';

/** `released`: content hash at release. A released version that changed stops the start: make a new version instead. */
export interface Release {
  readonly service: Service;
  readonly released: string | null;
}

/** While nothing is in production, a deliberate change of the machine brings its new hash with it; after that, a version. */
const KIM_V1 = '5092d5f2c1380325ff8b909e126fb5d21d24324a4b5f1bdccea5e8933a6ee36c';

/** Of the standard ladder, which versions without one of their own were released with. */
const STANDARD_LADDER_RELEASED = '00c0ea76a0542e71b0cab097cc220d43b49ea818af8087df771532aacdc9b2d3';

export const RELEASES: readonly Release[] = [{ service: kimMemberServiceV1, released: KIM_V1 }];

/** Thrown at start; the list says what to mend. */
export class MachineRefused extends Error {
  constructor(readonly findings: readonly { code: string; detail: string }[]) {
    super(`Machines refused: ${findings.map(({ code, detail }) => `${code} (${detail})`).join('; ')}`);
  }
}

/**
 * SHA-256 over everything a version promises: states, events, roles, guards with their parameters, papers, minutes,
 * labels, payload schemas and its own ladder. Rule code is shared and has its own tests; comments and formatting may change.
 */
export function contentHash(service: Service): string {
  const events = Object.entries(service.events).map(([event, spec]) => [
    event,
    { ...spec, payload: toJSONSchema(spec.payload, { io: 'input' }) },
  ]);
  // A ladder that is not stated leaves no trace in the text: versions released before it was data keep their hash.
  const { id, version, title, sop, casePrefix, opens, papers, machine, ladder } = service;
  const applicant = toJSONSchema(service.applicant, { io: 'input' });
  const config = machine.config;
  const content = { id, version, title, sop, casePrefix, opens, papers, applicant, events, config, ladder };
  const text = JSON.stringify(content, (key, value: unknown) => (key === 'guard' ? guardsOf(value) : value));
  return createHash('sha256').update(text).digest('hex');
}

function ladderHash(ladder: Ladder): string {
  return createHash('sha256').update(JSON.stringify(ladder)).digest('hex');
}

export interface Registered {
  readonly service: Service;
  readonly hash: string;
}

export class Registry {
  private readonly byKey = new Map<string, Registered>();
  private readonly newest = new Map<string, Registered>();

  constructor(releases: readonly Release[] = RELEASES, standardLadder = STANDARD_LADDER) {
    const findings = check(releases.map(({ service }) => service));
    const ladder = ladderHash(standardLadder);
    if (ladder !== STANDARD_LADDER_RELEASED) {
      findings.push({
        code: 'RELEASE_CHANGED',
        detail: `the standard ladder was released as ${STANDARD_LADDER_RELEASED}, is ${ladder}`,
      });
    }
    for (const { service, released } of releases) {
      const registered = { service, hash: contentHash(service) };
      const key = `${service.id}@${service.version}`;
      if (released !== null && released !== registered.hash) {
        findings.push({ code: 'RELEASE_CHANGED', detail: `${key} was released as ${released}, is ${registered.hash}` });
      }
      this.byKey.set(key, registered);
      const newest = this.newest.get(service.id);
      if (!newest || newest.service.version < service.version) this.newest.set(service.id, registered);
    }
    if (findings.length > 0) throw new MachineRefused(findings);
  }

  /** Services open for new cases. */
  current(): Registered[] {
    return [...this.newest.values()];
  }

  all(): Registered[] {
    return [...this.byKey.values()];
  }

  find(id: string, version?: number): Registered | undefined {
    return version === undefined ? this.newest.get(id) : this.byKey.get(`${id}@${version}`);
  }
}
