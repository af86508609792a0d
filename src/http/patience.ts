/** How long a request may take to arrive. Whoever sends slower than this is cut off, so that nobody holds connections for nothing. */

/** Address and headers: a few packets, however slow the line. */
export const HEADERS_MS = 30_000;
/** A quarter of a line of 1 Mbit/s, over which an office sends its scans. */
const LEAST_BYTES_PER_SECOND = 32_000;

/** The whole request: Node's limit knows no kinds of request, so that the largest upload sets it for all. */
export function requestMs(uploadMaxBytes: number): number {
  return Math.max(HEADERS_MS, Math.ceil((uploadMaxBytes / LEAST_BYTES_PER_SECOND) * 1000));
}
