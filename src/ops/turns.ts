/** One after the other for the same key, side by side for different ones; within this process. */
export class Turns {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs `work` when everything that came before it under `key` is done, however that ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(key) === mine) this.tails.delete(key);
    }
  }
}
