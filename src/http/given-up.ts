/**
 * Streams of answers that nobody will hear. Of pipelined requests all are answered at once, and each answer waits for the one
 * before it; one that waits has no connection yet, is not told when that closes, and would keep its file, or its place among
 * the exports, for ever.
 */
import type { Socket } from 'node:net';
import { finished, type Readable } from 'node:stream';

/** One listener for a connection, whatever number of answers waits on it. */
const waiting = new WeakMap<Socket, Set<Readable>>();

/** Destroys `payload`, if it is a stream that has not ended, when `socket` is closed. */
export function giveUpWith(socket: Socket, payload: unknown): void {
  if (!isStream(payload)) return;
  // The close has been told already, or is about to be.
  if (socket.destroyed) {
    payload.destroy();
    return;
  }
  const streams = waiting.get(socket) ?? begin(socket);
  streams.add(payload);
  finished(payload, () => streams.delete(payload));
}

function begin(socket: Socket): Set<Readable> {
  const streams = new Set<Readable>();
  waiting.set(socket, streams);
  socket.once('close', () => streams.forEach((stream) => stream.destroy()));
  return streams;
}

function isStream(payload: unknown): payload is Readable {
  return typeof (payload as Partial<Readable> | null | undefined)?.destroy === 'function';
}
