/** A form with fields and one file, read strictly: what is not a form, or not this one, is the sender's to mend. */
import type { Readable } from 'node:stream';
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.js';
import { refuseOddInput } from '../http/odd-input.js';

interface Form<Received> {
  readonly received: Received;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `receive` takes the file as it streams in; what it took is discarded when the form turns out to be no good. */
export async function readForm<Received>(
  request: FastifyRequest,
  receive: (file: Readable) => Promise<Received>,
  { discard }: { discard: (received: Received) => Promise<void> },
): Promise<Form<Received>> {
  const fields: Record<string, unknown> = {};
  const parts = request.parts();
  let received: Received | undefined;
  try {
    for (let part = await next(parts); part; part = await next(parts)) {
      if (part.type === 'file') received = await receiveFile(part.file, receive);
      else if (Object.hasOwn(fields, part.fieldname)) throw invalid(part.fieldname, 'is given twice');
      else fields[part.fieldname] = part.value;
    }
    refuseOddInput(fields);
    if (received === undefined) throw invalid('file', 'a form needs one file');
    return { received, fields };
  } catch (error) {
    if (received !== undefined) await discard(received);
    throw error;
  }
}

/** The reader's own complaints: no boundary, an early end, a sender that went away, a second file. */
async function next(parts: AsyncIterableIterator<Multipart>): Promise<Multipart | null> {
  try {
    const { done, value } = (await parts.next()) as IteratorResult<Multipart, undefined>;
    return done ? null : value;
  } catch (error) {
    throw unreadable(error);
  }
}

/**
 * Trouble of the stream itself is the sender's; trouble of the disk behind it stays ours, and names a system call. Both
 * leave `file.errored` behind, so that tells nothing.
 */
async function receiveFile<Received>(
  file: Readable,
  receive: (file: Readable) => Promise<Received>,
): Promise<Received> {
  try {
    return await receive(file);
  } catch (error) {
    if (error instanceof AppError || 'syscall' in (error as Error)) throw error;
    throw unreadable(error);
  }
}

function unreadable(error: unknown): AppError {
  return invalid('form', `cannot be read: ${(error as Error).message}`);
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}
