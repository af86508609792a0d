/** The start-up lint: each finding has a service that is refused for it and for nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../../machines/check.js';
import { MachineRefused, Registry, RELEASES } from '../../machines/registry.js';
import { PROJECT_ROOT } from '../../src/paths.js';
import { BROKEN } from './fixtures/broken.js';
import { byStaff, first, machineOf, small } from './fixtures/small.js';

const codesOf = (findings: readonly { code: string }[]) => [...new Set(findings.map(({ code }) => code))];

describe('start-up lint', () => {
  it('finds nothing in the services that are released', () => {
    expect(check(RELEASES.map(({ service }) => service))).toEqual([]);
  });

  it('finds nothing in the sound service the fixtures are made from', () => {
    expect(check([small()])).toEqual([]);
  });

  it.each(BROKEN)('%s: %s', (code, _cause, services) => {
    expect(codesOf(check(services))).toEqual([code]);
  });

  it('has a fixture for each of its findings', () => {
    const source = readFileSync(join(PROJECT_ROOT, 'machines/check.ts'), 'utf8');
    const codes = new Set([...source.matchAll(/finding\('([A-Z_]+)'/g)].map(([, code]) => code));
    expect([...new Set(BROKEN.map(([code]) => code))].sort()).toEqual([...codes].sort());
  });

  it('refuses delays, whose events nobody can send, by each of their faults', () => {
    const delayed = small({ machine: machineOf({ first: { ...first, after: { 1000: { target: 'second' } } } }) });
    expect(codesOf(check([delayed])).sort()).toEqual(['DELAY_OR_ACTOR', 'TRANSITION_WITHOUT_ROLES', 'UNKNOWN_EVENT']);
  });

  it('names the place of a finding', () => {
    const guarded = { ...first, on: { DONE_1: { target: 'second', guard: 'secret', ...byStaff } } };
    expect(check([small({ machine: machineOf({ first: guarded }) })])).toEqual([
      { code: 'GUARD_WITHOUT_RULE', detail: 'first: DONE_1: secret' },
    ]);
  });

  it.each(BROKEN)('keeps the office closed: %s, %s', (code, _cause, services) => {
    const start = () => new Registry(services.map((service) => ({ service, released: null })));
    expect(start).toThrow(MachineRefused);
    expect(start).toThrow(code);
  });
});
