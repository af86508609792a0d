/** A promise with a deadline: undefined when it fails or takes longer. For helpers that must never hold anything up. */
export function within<T>(deadlineMs: number, work: Promise<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), deadlineMs);
    const done = (value: T | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    (work ?? Promise.resolve(undefined)).then(done, () => done(undefined));
  });
}
