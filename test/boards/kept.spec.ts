/** Answers kept by key: who waits, how many refreshes run, what is let go. The clock is the test's. */
import { Kept, type Keeping } from '../../src/boards/kept.js';

const KEEPING: Keeping = { most: 2, freshMs: 10, idleMs: 100, forgetMs: 1000 };

function make() {
  const begun: { key: string; end: (value: number) => void; fail: (error: Error) => void }[] = [];
  const failures: unknown[] = [];
  const clock = { now: 0 };
  const kept = new Kept<number>(
    (key) => new Promise((end, fail) => begun.push({ key, end, fail })),
    (error) => failures.push(error),
    KEEPING,
    () => clock.now,
  );
  const first = async (key: string, value: number) => {
    const answer = kept.get(key);
    begun.at(-1)?.end(value);
    expect(await answer).toBe(value);
  };
  /** Lets everything that follows from a settled promise happen. */
  const settled = () => new Promise((done) => setImmediate(done));
  return { kept, begun, failures, clock, first, settled };
}

it('the first wait for one reading together; who comes while it is fresh reads nothing', async () => {
  const { kept, begun, clock } = make();
  const both = Promise.all([kept.get('a'), kept.get('a')]);
  begun[0]?.end(1);
  expect(await both).toEqual([1, 1]);
  clock.now = 9;
  expect(await kept.get('a')).toBe(1);
  expect(begun).toHaveLength(1);
});

it('who comes later gets the kept answer while one refresh runs', async () => {
  const { kept, begun, clock, first, settled } = make();
  await first('a', 1);
  clock.now = 20;
  expect(await Promise.all([kept.get('a'), kept.get('a'), kept.get('a')])).toEqual([1, 1, 1]);
  expect(begun).toHaveLength(2);
  begun[1]?.end(2);
  await settled();
  expect(await kept.get('a')).toBe(2);
});

it('a refresh that failed leaves the kept answer, says so, and is tried again after a rest', async () => {
  const { kept, begun, failures, clock, first, settled } = make();
  await first('a', 1);
  clock.now = 20;
  await kept.get('a');
  begun[1]?.fail(new Error('away'));
  await settled();
  expect(failures).toHaveLength(1);
  expect(await kept.get('a')).toBe(1);
  expect(begun).toHaveLength(2);
  clock.now = 31;
  expect(await kept.get('a')).toBe(1);
  expect(begun).toHaveLength(3);
});

it('a first reading that failed is not kept', async () => {
  const { kept, begun, settled } = make();
  const answer = kept.get('a');
  begun[0]?.fail(new Error('away'));
  await expect(answer).rejects.toThrow('away');
  await settled();
  expect(kept.size).toBe(0);
});

it('a long refresh is followed by ten times as long a rest', async () => {
  const { kept, begun, clock, first, settled } = make();
  await first('a', 1);
  clock.now = 20;
  await kept.get('a');
  clock.now = 70;
  begun[1]?.end(2);
  await settled();
  clock.now = 569;
  await kept.get('a');
  expect(begun).toHaveLength(2);
  clock.now = 571;
  await kept.get('a');
  expect(begun).toHaveLength(3);
});

it('of too many keys the one asked for longest ago goes', async () => {
  const { kept, begun, first } = make();
  await first('a', 1);
  await first('b', 2);
  await kept.get('a');
  await first('c', 3);
  expect(kept.size).toBe(2);
  expect(await kept.get('a')).toBe(1);
  void kept.get('b');
  expect(begun.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'b']);
});

it('an answer nobody asks for ages no further than it may, and is let go in the end', async () => {
  const { kept, begun, clock, first, settled } = make();
  await first('a', 1);
  clock.now = 99;
  kept.tend();
  expect(begun).toHaveLength(1);
  clock.now = 100;
  kept.tend();
  begun[1]?.end(2);
  await settled();
  expect(await kept.get('a')).toBe(2);
  clock.now = 1100;
  kept.tend();
  expect(kept.size).toBe(0);
});
