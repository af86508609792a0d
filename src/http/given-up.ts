/**
 * Answers that nobody will hear. Of pipelined requests all are answered at once, and each answer waits for the one before it;
 * one that waits has no connection yet, is not told when that closes, and would keep its file, or its place among the exports,
 * for ever.
 */
import type { Socket } from 'node:net';
import { finished, type Readable } from 'node:stream';

type Tell = () => void;

/** One listener for a connection, whatever number of answers waits on it. */
const waiting = new WeakMap<Socket, Set<Tell>>();

/** Calls `tell` when `socket` is closed, or has been; what comes back takes that off again. */
export function onceClosed(socket: Socket, tell: Tell): () => void {
  if (socket.destroyed) {
    tell();
    return () => undefined;
  }
  const told = waiting.get(socket) ?? begin(socket);
  told.add(tell);
  return () => told.delete(tell);
}

/** Destroys `payload`, if it is a stream that has not ended, when `socket` is closed. */
export function giveUpWith(socket: Socket, payload: unknown): void {
  if (isStream(payload))
    finished(
      payload,
      onceClosed(socket, () => payload.destroy()),
    );
}

function begin(socket: Socket): Set<Tell> {
  const told = new Set<Tell>();
  waiting.set(socket, told);
  socket.once('close', () => told.forEach((tell) => tell()));
  return told;
}

function isStream(payload: unknown): payload is Readable {
  // Most answers are texts, and asking a text for a method is slow.
  return typeof payload === 'object' && typeof (payload as Partial<Readable> | null)?.destroy === 'function';
}
