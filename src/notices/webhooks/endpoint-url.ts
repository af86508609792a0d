/**
 * Whether a webhook address may be saved at all. Pure: what its name resolves to is looked at again at each connection
 * (post.ts), since that may change. An address must be written the way it is meant: no user before the host, no IP in
 * octal, hexadecimal or as one number, no characters that a reader takes for others.
 */
import { isIP } from 'node:net';
import { mayConnect, portsOf, type AddressRules } from './address.js';

export const MAX_URL_LENGTH = 2000;

const PRINTABLE = /^https?:\/\/[\x21-\x7e]+$/i;
const AUTHORITY = /^[a-z]+:\/\/([^/?#\\]*)/i;
/** Names that mean this machine or the nearest network. */
const NEAR = /(^|\.)(localhost|local|localdomain|internal|intranet|home|lan|corp|home\.arpa)$/;

/** Why it is refused, or null for one that may be saved. */
export function urlFlaw(given: string, rules: AddressRules): string | null {
  if (given.length > MAX_URL_LENGTH) return `is longer than ${MAX_URL_LENGTH} characters`;
  if (!PRINTABLE.test(given) || given.includes('\\')) return 'must be an https address of printable ASCII';
  if (!URL.canParse(given)) return 'cannot be read as an address';
  const url = new URL(given);
  if (url.protocol !== 'https:' && !rules.plainHttp) return 'must begin with https://';
  const authority = AUTHORITY.exec(given)?.[1] ?? '';
  if (authority.includes('@')) return 'must not hold a user or password';
  if (given.includes('#')) return 'must not have a fragment';
  return hostFlaw(url, authority, rules);
}

function hostFlaw(url: URL, authority: string, rules: AddressRules): string | null {
  const typed = authority.replace(/:\d*$/, '').toLowerCase();
  if (typed !== url.hostname || typed.endsWith('.'))
    return `names its host in an odd form; write ${url.hostname.replace(/\.$/, '')}`;
  const port = portOf(url);
  const address = addressOf(url);
  if (address !== null) return mayConnect(address, port, rules) ? null : 'leads to an address that is not public';
  // Where the office allows networks of its own, what a name resolves to decides, at each connection.
  if (rules.allow.length > 0) return null;
  if (!url.hostname.includes('.') || NEAR.test(url.hostname)) return 'leads to a name that is not public';
  return portsOf(rules).includes(port) ? null : `must use one of the ports ${portsOf(rules).join(', ')}`;
}

/** One spelling of what is one address on the wire: two that look different would each get every notice. */
export function canonicalUrl(given: string): string {
  const url = new URL(given);
  url.pathname = url.pathname.replace(/%[0-9a-f]{2}/gi, (coded) => {
    const character = String.fromCharCode(parseInt(coded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : coded.toUpperCase();
  });
  return url.search === '' ? url.href.replace(/\?$/, '') : url.href;
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** The host where it is an IP address: such a one is connected to without asking any resolver. */
export function addressOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) ? bare : null;
}
