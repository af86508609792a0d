/**
 * One POST to a stranger's server. Its address is judged where the connection is made, on the very answer of the resolver
 * that is connected to, so a name that changes its mind in between leads nowhere. Redirects are never followed; time, header
 * and body are limited, so that a receiver which hangs, trickles or floods costs one slot for some seconds.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { mayConnect, type AddressRules } from './address.js';
import { addressOf, portOf } from './endpoint-url.js';

/** From the name's look-up to the last byte of the answer; Standard Webhooks asks receivers for 15 to 30 seconds. */
export const TRY_MS = 15_000;
/** The body says nothing we need: a little is read, out of politeness. */
const BODY_BYTES = 16 * 1024;
const HEADER_BYTES = 16 * 1024;

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The receiver's answer, or the code of what went wrong before there was one. */
export type Posted = { readonly status: number; readonly retryAfter: string | null } | { readonly failed: string };

export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  /** Without addresses where there is an error, whatever Node's types say. */
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[] | undefined) => void,
) => void;

export interface PostOptions {
  readonly rules: AddressRules;
  readonly stopping: AbortSignal;
  readonly tryMs?: number;
  readonly resolve?: Resolve;
}

class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

export function post({ url: text, headers, body }: Posting, options: PostOptions): Promise<Posted> {
  const url = new URL(text);
  const port = portOf(url);
  const literal = addressOf(url);
  if (literal !== null && !mayConnect(literal, port, options.rules)) {
    return Promise.resolve({ failed: 'ADDRESS_REFUSED' });
  }
  const timeUp = AbortSignal.timeout(options.tryMs ?? TRY_MS);
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      maxHeaderSize: HEADER_BYTES,
      lookup: guarded(options.resolve ?? systemLookup, port, options.rules),
      signal: AbortSignal.any([timeUp, options.stopping]),
    });
    let isAnswered = false;
    request.on('error', (error) => resolve({ failed: timeUp.aborted ? 'TIMEOUT' : codeOf(error) }));
    request.on('response', (response) => {
      isAnswered = true;
      void answered(response).then(resolve);
    });
    // 101: a receiver that wants to go on in another protocol, which without a listener ends in neither event above.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, retryAfter: null });
    });
    request.on('close', () => {
      if (!isAnswered) resolve({ failed: 'CONNECTION_FAILED' });
    });
    request.end(body);
  });
}

/** Judges what the resolver says; one address that may not be is enough to go nowhere. */
function guarded(resolve: Resolve, port: number, rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error) callback(error, '');
      else if (!first || !addresses.every(({ address }) => mayConnect(address, port, rules))) {
        callback(new AddressRefused(`${hostname} does not lead to a public address`), '');
      } else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** The status decides; what comes after it is read within its limits and dropped. */
async function answered(response: IncomingMessage): Promise<Posted> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      // Leaving the loop closes the connection.
      if (bytes > BODY_BYTES) break;
    }
  } catch {
    // Cut off or out of time, after the status had come.
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null };
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED`…: Node's own codes, never its messages, which may hold what a stranger sent. */
function codeOf(error: Error & { code?: unknown }): string {
  if (error.name === 'AbortError') return 'STOPPED';
  return typeof error.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(error.code) ? error.code : 'CONNECTION_FAILED';
}
