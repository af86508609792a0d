/** What was brought to one door: by notice, under which ids it was tried, and how often it was accepted. */
interface Seen {
  readonly ids: Set<string>;
  tries: number;
  accepted: number;
}

export interface DoorTally {
  /** Wanted and never accepted. */
  readonly lost: number;
  /** Accepted once too often, or never wanted. */
  readonly twice: number;
  /** Tried under more than one message id. */
  readonly renamed: number;
  /** Tried more than once: where that is 0, nothing is shown about ids. */
  readonly again: number;
}

export class Brought {
  private readonly seen = new Map<string, Seen>();

  note(notice: string, id: string, isAccepted: boolean): void {
    const seen = this.seen.get(notice) ?? { ids: new Set(), tries: 0, accepted: 0 };
    this.seen.set(notice, seen);
    seen.ids.add(id);
    seen.tries += 1;
    if (isAccepted) seen.accepted += 1;
  }

  get tries(): number {
    return [...this.seen.values()].reduce((sum, { tries }) => sum + tries, 0);
  }

  tally(wanted: readonly string[]): DoorTally {
    const times = new Map<string, number>();
    for (const notice of wanted) times.set(notice, (times.get(notice) ?? 0) + 1);
    let lost = 0;
    for (const [notice, count] of times) lost += Math.max(0, count - (this.seen.get(notice)?.accepted ?? 0));
    const [count, all] = [(notice: string) => times.get(notice) ?? 0, [...this.seen]];
    return {
      lost,
      twice: all.reduce((sum, [notice, { accepted }]) => sum + Math.max(0, accepted - count(notice)), 0),
      renamed: all.filter(([notice, { ids }]) => ids.size > count(notice)).length,
      again: all.filter(([notice, { tries }]) => tries > count(notice)).length,
    };
  }
}
