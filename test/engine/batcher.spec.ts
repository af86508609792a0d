/** Company for statements: who shares one, who must not, and that nobody pays for a neighbour. */
import fc from 'fast-check';
import { Batcher } from '../../src/engine/batcher.js';
import { AppError } from '../../src/errors.js';
import { eventually } from '../support/eventually.js';
import { runs } from '../support/property.js';

type Limits = ConstructorParameters<typeof Batcher<string, string>>[1];
const ROOMY: Limits = { lanes: 1, batch: 100, queue: 100 };

/** A statement that can be held open, so that company can be made to arrive meanwhile. */
class Statement {
  readonly batches: (readonly string[])[] = [];
  under = 0;
  most = 0;
  private gates: (() => void)[] = [];
  private shut = false;

  hold(): void {
    this.shut = true;
  }

  release(): void {
    this.shut = false;
    for (const open of this.gates.splice(0)) open();
  }

  /** Items that start with "bad" break the whole statement, as a broken unique index does. */
  readonly run = async (items: readonly string[]): Promise<string[]> => {
    this.batches.push(items);
    this.most = Math.max(this.most, ++this.under);
    try {
      if (this.shut) await new Promise<void>((open) => this.gates.push(open));
      const bad = items.find((item) => item.startsWith('bad'));
      if (bad !== undefined) throw new Error(`cannot write ${bad}`);
      return items.map((item) => `done ${item}`);
    } finally {
      this.under--;
    }
  };
}

const setUp = (limits: Partial<Limits> = {}) => {
  const statement = new Statement();
  return { statement, batcher: new Batcher(statement.run, { ...ROOMY, ...limits }) };
};

describe('sharing a statement', () => {
  it('a lone item goes at once, alone', async () => {
    const { statement, batcher } = setUp();
    expect(await batcher.submit('a')).toBe('done a');
    expect(statement.batches).toEqual([['a']]);
  });

  it('items of one turn of the event loop go together, in order, each with its own answer', async () => {
    const { statement, batcher } = setUp();
    const answers = await Promise.all(['a', 'b', 'c'].map((item) => batcher.submit(item)));
    expect(answers).toEqual(['done a', 'done b', 'done c']);
    expect(statement.batches).toEqual([['a', 'b', 'c']]);
  });

  it('what arrives while a statement is under way goes together as soon as it is done', async () => {
    const { statement, batcher } = setUp();
    statement.hold();
    const first = batcher.submit('a');
    await eventually('the first statement', () => statement.under === 1);
    const company = ['b', 'c', 'd'].map((item) => batcher.submit(item));
    statement.release();
    expect(await Promise.all([first, ...company])).toEqual(['done a', 'done b', 'done c', 'done d']);
    expect(statement.batches).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('sets off with the next before those who came back are answered', async () => {
    const { statement, batcher } = setUp();
    statement.hold();
    const answered: string[] = [];
    const first = batcher
      .submit('a')
      .then((answer) => answered.push(`${answer}, ${statement.batches.length} under way`));
    await eventually('the first statement', () => statement.under === 1);
    const next = batcher.submit('b');
    statement.release();
    await Promise.all([first, next]);
    expect(answered).toEqual(['done a, 2 under way']);
  });

  it('uses its lanes, and no more', async () => {
    const { statement, batcher } = setUp({ lanes: 2, batch: 1 });
    statement.hold();
    const all = ['a', 'b', 'c', 'd', 'e'].map((item) => batcher.submit(item));
    await eventually('both lanes', () => statement.under === 2);
    statement.release();
    await Promise.all(all);
    expect(statement.most).toBe(2);
  });

  const crowd = (batcher: Batcher<string, string>) =>
    Array.from({ length: 9 }, (_, index) => batcher.submit(`a${index}`));

  it('a crowd shares one lane, as long as its statement may take', async () => {
    const { statement, batcher } = setUp({ lanes: 2, patienceMs: 1_000_000 });
    statement.hold();
    const first = crowd(batcher);
    await eventually('the first statement', () => statement.under === 1);
    const then = crowd(batcher);
    await new Promise(setImmediate);
    statement.release();
    await Promise.all([...first, ...then]);
    expect([statement.most, statement.batches.length]).toEqual([1, 2]);
  });

  it('and opens another beside one that does not come back', async () => {
    const { statement, batcher } = setUp({ lanes: 2, patienceMs: 1 });
    statement.hold();
    const first = crowd(batcher);
    await eventually('the first statement', () => statement.under === 1);
    const late = batcher.submit('b');
    await eventually('the second lane', () => statement.under === 2);
    statement.release();
    await Promise.all([...first, late]);
  });

  it('a few do not wait for each other: the second lane is theirs at once', async () => {
    const { statement, batcher } = setUp({ lanes: 2 });
    statement.hold();
    const first = batcher.submit('a');
    await eventually('the first statement', () => statement.under === 1);
    const second = batcher.submit('b');
    await new Promise(setImmediate);
    expect(statement.under).toBe(2);
    statement.release();
    await Promise.all([first, second]);
  });

  it('never puts more into one statement than it may', async () => {
    const { statement, batcher } = setUp({ batch: 2 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => batcher.submit(item)));
    expect(statement.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });
});

describe('items of the same key', () => {
  const key = (item: string) => item.slice(0, 1);

  it('never share a statement, and keep their order', async () => {
    const { statement, batcher } = setUp({ key });
    await Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map((item) => batcher.submit(item)));
    expect(statement.batches).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('nor does one overtake another because the batch is full', async () => {
    const { statement, batcher } = setUp({ key, batch: 1 });
    await Promise.all(['a1', 'b1', 'a2', 'b2'].map((item) => batcher.submit(item)));
    expect(statement.batches.flat().filter((item) => item.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(statement.batches.flat().filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2']);
  });
});

describe('a bad item', () => {
  it('is refused alone; its neighbours are written', async () => {
    const { statement, batcher } = setUp();
    const results = await Promise.allSettled(['a', 'bad', 'c'].map((item) => batcher.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: new Error('cannot write bad') });
    expect(statement.batches).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  it('alone is not tried twice', async () => {
    const { statement, batcher } = setUp();
    await expect(batcher.submit('bad')).rejects.toThrow('cannot write bad');
    expect(statement.batches).toEqual([['bad']]);
  });

  it('does not stop those who come after it', async () => {
    const { batcher } = setUp();
    await expect(batcher.submit('bad')).rejects.toThrow();
    expect(await batcher.submit('b')).toBe('done b');
  });

  it('a database that is away is the answer for all: nobody is tried again one by one', async () => {
    const away = new AppError('UNAVAILABLE', { retryAfterSeconds: 1 });
    let statements = 0;
    const batcher = new Batcher<string, string>(() => {
      statements++;
      return Promise.reject(away);
    }, ROOMY);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.submit(item)));
    expect(results.every((one) => one.status === 'rejected' && one.reason === away)).toBe(true);
    expect(statements).toBe(1);
  });
});

describe('a full queue', () => {
  it('is answered with 503 and when to come back, and those who wait are served', async () => {
    const { statement, batcher } = setUp({ queue: 2 });
    statement.hold();
    const first = batcher.submit('a');
    await eventually('the first statement', () => statement.under === 1);
    const waiting = ['b', 'c'].map((item) => batcher.submit(item));
    await expect(batcher.submit('d')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
      extras: { retryAfterSeconds: 1 },
    });
    statement.release();
    expect(await Promise.all([first, ...waiting])).toEqual(['done a', 'done b', 'done c']);
    expect(await batcher.submit('e')).toBe('done e');
    expect(statement.batches.flat()).not.toContain('d');
  });
});

it('every item gets its own answer once, whatever the limits and however many are bad', async () => {
  const item = fc.tuple(fc.constantFrom('a', 'b', 'bad', 'c'), fc.nat(99)).map(([name, no]) => `${name}-${no}`);
  const limits = fc.record({ lanes: fc.integer({ min: 1, max: 3 }), batch: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 30 }), limits, async (items, { lanes, batch }) => {
      const { statement, batcher } = setUp({ lanes, batch, key: (one) => one });
      const results = await Promise.allSettled(items.map((one) => batcher.submit(one)));
      results.forEach((result, index) => {
        const one = items[index] ?? '';
        if (one.startsWith('bad')) expect(result.status).toBe('rejected');
        else expect(result).toEqual({ status: 'fulfilled', value: `done ${one}` });
      });
      expect(statement.most).toBeLessThanOrEqual(lanes);
      for (const sent of statement.batches) expect(new Set(sent).size).toBe(sent.length);
    }),
    runs(300),
  );
});
