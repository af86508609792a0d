/** Releases: what the content hash covers, and that a released version cannot change unseen. */
import { and } from 'xstate';
import { z } from 'zod';
import type { Service } from '../../machines/contract.js';
import { STANDARD_LADDER } from '../../machines/ladder.js';
import { kimMemberServiceV1 } from '../../machines/kim-member-service.v1.service.js';
import { contentHash, MachineRefused, Registry, RELEASES } from '../../machines/registry.js';
import { act, byStaff, events, exception, first, machineOf, meta, second, small } from './fixtures/small.js';

const HASH = /^[0-9a-f]{64}$/;
const guarded = (guard: unknown): Service =>
  small({ machine: machineOf({ first: { ...first, on: { DONE_1: { target: 'second', guard, ...byStaff } } } }) });
const quiet = { ...STANDARD_LADDER, levels: STANDARD_LADDER.levels.slice(0, 3) };
const complete = (params: object) => ({ type: 'complete', params });

describe('content hash', () => {
  it('is the same for the same content, however often and from whichever object it is made', () => {
    expect(contentHash(kimMemberServiceV1)).toMatch(HASH);
    expect(contentHash(kimMemberServiceV1)).toBe(contentHash({ ...kimMemberServiceV1 }));
    expect(contentHash(small())).toBe(contentHash(small()));
    expect(contentHash(guarded(and(['complete', 'other'])))).toBe(contentHash(guarded(and(['complete', 'other']))));
  });

  it('does not depend on the code of the rules, which has tests of its own', () => {
    expect(contentHash(small({ rules: { complete: () => [], other: () => [] } }))).toBe(contentHash(small()));
  });

  const changes: readonly (readonly [what: string, before: Service, after: Service])[] = [
    ['a minute', small(), small({ machine: machineOf({ second: { ...second, meta: meta(2, { minutes: 6 }) } }) })],
    [
      'a role',
      small(),
      small({
        machine: machineOf({
          first: { ...first, on: { DONE_1: { target: 'second', guard: 'complete', meta: { roles: ['kasi'] } } } },
        }),
      }),
    ],
    [
      'who is accountable',
      small(),
      small({ machine: machineOf({ second: { ...second, meta: meta(2, { accountable: ['kasi'] }) } }) }),
    ],
    [
      'a paper',
      small(),
      small({
        machine: machineOf({
          second: { ...second, meta: meta(2, { requirements: [{ paper: 'FILE', label: 'Berkas' }] }) },
        }),
      }),
    ],
    [
      'a label of a step',
      small(),
      small({ machine: machineOf({ second: { ...second, meta: meta(2, { label: { id: 'Lain', en: 'Other' } }) } }) }),
    ],
    [
      'a target',
      small(),
      small({
        machine: machineOf({ first: { ...first, on: { DONE_1: { target: '#end', guard: 'complete', ...byStaff } } } }),
      }),
    ],
    ['a guard', guarded('complete'), guarded('other')],
    ["a guard's parameters", guarded(complete({ no: 1 })), guarded(complete({ no: 2 }))],
    [
      "a nested guard's parameters",
      guarded(and(['other', complete({ no: 1 })])),
      guarded(and(['other', complete({ no: 2 })])),
    ],
    ['the order of guards', guarded(and(['other', 'complete'])), guarded(and(['complete', 'other']))],
    ['an action', small(), small({ machine: machineOf({ first: { ...first, entry: 'stamp' } }) })],
    [
      "an event's label",
      small(),
      small({ events: { ...events, DONE_1: { ...act, label: { id: 'Beres', en: 'Complete' } } } }),
    ],
    [
      "a payload's field",
      small(),
      small({
        events: { ...events, CANCEL: { ...exception, payload: exception.payload.extend({ cause: z.string() }) } },
      }),
    ],
    [
      "a payload's limit",
      small(),
      small({
        events: { ...events, CANCEL: { ...exception, payload: z.strictObject({ reason: z.string().min(4) }) } },
      }),
    ],
    ['what is personal', small(), small({ events: { ...events, DONE_1: { ...act, personal: [] } } })],
    ['the applicant', small(), small({ applicant: z.strictObject({ name: z.string(), village: z.string() }) })],
    ['the number of the SOP', small(), small({ sop: { ...small().sop, number: '2/2026' } })],
    ['a ladder of its own', small(), small({ ladder: STANDARD_LADDER })],
    ['who is told', small({ ladder: STANDARD_LADDER }), small({ ladder: quiet })],
    ['who opens cases', small(), small({ opens: ['staff', 'client'] })],
  ];

  it.each(changes)('changes with %s', (_what, before, after) => {
    expect(contentHash(after)).not.toBe(contentHash(before));
  });
});

describe('releases', () => {
  it('are what they were when they were released', () => {
    expect(RELEASES.length).toBeGreaterThan(0);
    // `null` is a version still being worked on; the first one of the KIM service is out.
    expect(RELEASES.some(({ released }) => released !== null)).toBe(true);
    for (const { service, released } of RELEASES) {
      if (released !== null) expect([service.id, released]).toEqual([service.id, contentHash(service)]);
    }
    expect(() => new Registry()).not.toThrow();
  });

  it('stop the start when one of them changed: here, one standard minute', () => {
    const before = contentHash(small());
    const changed = small({ machine: machineOf({ second: { ...second, meta: meta(2, { minutes: 6 }) } }) });
    const start = () => new Registry([{ service: changed, released: before }]);
    expect(start).toThrow(MachineRefused);
    expect(start).toThrow(`RELEASE_CHANGED (small-service@1 was released as ${before}, is ${contentHash(changed)})`);
    expect(() => new Registry([{ service: small(), released: before }])).not.toThrow();
  });

  it('stop the start when the KIM service is not the one whose hash is pinned', () => {
    const released = RELEASES[0]?.released;
    const moreTime = { ...kimMemberServiceV1, opens: ['staff'] as const };
    expect(released).toMatch(HASH);
    expect(() => new Registry([{ service: moreTime, released: released ?? null }])).toThrow('RELEASE_CHANGED');
  });
});

describe('the standard ladder', () => {
  it('is what versions that state none were released with: another one stops the start', () => {
    expect(() => new Registry([], STANDARD_LADDER)).not.toThrow();
    expect(() => new Registry([], quiet)).toThrow('RELEASE_CHANGED (the standard ladder was released as');
  });

  it('leaves no trace in the hash of a version that states none', () => {
    // The hash that stood in the registry, and in the cases of offices, before the ladder was data.
    expect(contentHash(kimMemberServiceV1)).toBe('5092d5f2c1380325ff8b909e126fb5d21d24324a4b5f1bdccea5e8933a6ee36c');
  });
});

describe('versions', () => {
  const v1 = small();
  const v2 = small({ version: 2, machine: machineOf({ second: { ...second, meta: meta(2, { minutes: 6 }) } }) });
  const v10 = small({ version: 10 });

  it.each([
    ['in order', [v1, v2, v10]],
    ['in any order', [v10, v1, v2]],
  ])('the newest serves new cases, listed %s', (_order, services) => {
    const registry = new Registry(services.map((service) => ({ service, released: null })));
    expect(registry.current().map(({ service }) => service.version)).toEqual([10]);
    expect(registry.find('small-service')?.service).toBe(v10);
  });

  it('older ones are found by their number, with a hash of their own', () => {
    const registry = new Registry([v1, v2].map((service) => ({ service, released: null })));
    expect(registry.find('small-service', 1)).toEqual({ service: v1, hash: contentHash(v1) });
    expect(registry.find('small-service', 2)).toEqual({ service: v2, hash: contentHash(v2) });
    expect(contentHash(v1)).not.toBe(contentHash(v2));
    expect(registry.all()).toHaveLength(2);
  });

  it('there is nothing else to be found', () => {
    const registry = new Registry([{ service: v1, released: null }]);
    expect(registry.find('small-service', 2)).toBeUndefined();
    expect(registry.find('other-service')).toBeUndefined();
    expect(registry.find('small-service@1')).toBeUndefined();
  });
});
