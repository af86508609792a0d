/** Types of options.mjs. */
export interface Options {
  readonly help: boolean;
  readonly only: readonly string[];
  readonly queues: readonly ('postgres' | 'redis')[];
  readonly size: 'small' | 'ci' | 'nightly';
  readonly seed: number;
}

export const FAULTS: Readonly<Record<string, readonly string[]>>;
export const SIZES: readonly string[];
export const HELP: string;
export function readOptions(args: readonly string[]): Options;
