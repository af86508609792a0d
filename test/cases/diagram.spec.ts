/** Pictures of machines large and small. */
import { kimMemberServiceV1 } from '../../machines/kim-member-service.v1.service.js';
import { mermaid, svg } from '../../src/cases/diagram.js';
import { small } from '../machines/fixtures/small.js';

describe('the picture of a small machine', () => {
  it('shows every arrow: in a few states nothing is "everywhere"', () => {
    const text = mermaid(small(), null);
    for (const event of Object.keys(small().events)) expect(text).toMatch(new RegExp(`--> \\w+ : ${event} \\(`));
    expect(text).not.toContain('di mana saja');
  });
});

describe('the picture of the KIM service', () => {
  it('names once what may come from anywhere, and marks the present state', async () => {
    const text = mermaid(kimMemberServiceV1, 'followUp');
    expect(text).toContain('di mana saja dapat HOLD, WITHDRAW, CANCEL');
    expect(text).toContain('class followUp current');
    expect(await svg(kimMemberServiceV1, 'followUp')).toMatch(/<svg[\s\S]*#ffd54f/);
  });
});
