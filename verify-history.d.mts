export declare class Bad extends Error {
  readonly index: number | null;
  readonly reason: string;
}
export declare class Usage extends Error {}
export interface Key {
  readonly name: string;
  readonly id: string;
  readonly text: string;
}
export declare function parseKey(text: string): Key;
export declare function openCheckpoint(note: string, keys: readonly Key[]): { size: number; root: Buffer } | null;
export declare function notesIn(text: string): string[];
export interface Options {
  readonly keys: readonly Key[];
  readonly kept?: readonly string[];
  readonly receipts?: readonly string[];
  readonly oneOffice?: boolean;
}
export declare class Verifier {
  constructor(options: Options);
  line(line: string): void;
  finish(): string;
}
export declare function verifyFile(file: string, options: Options): Promise<string>;
