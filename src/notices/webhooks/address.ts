/**
 * Which addresses a webhook may connect to: public ones on the HTTPS ports, and whatever the office has allowed by name of
 * its own networks. Everything the registries of IANA call special is refused: this machine, private and link-local networks
 * (cloud metadata), carriers' NAT, multicast, documentation, and the forms of IPv6 that wrap an IPv4 address.
 */
import ipaddr from 'ipaddr.js';

const HTTPS_PORTS = [443, 8443];
const HTTP_PORT = 80;

export interface AddressRules {
  /** Demo offices may use plain HTTP. */
  readonly plainHttp: boolean;
  /** Networks (CIDR) of the office's own. */
  readonly allow: readonly string[];
}

export function rulesOf(config: { readonly demo: boolean; readonly webhookAllow: readonly string[] }): AddressRules {
  return { plainHttp: config.demo, allow: config.webhookAllow };
}

export function portsOf({ plainHttp }: AddressRules): readonly number[] {
  return plainHttp ? [...HTTPS_PORTS, HTTP_PORT] : HTTPS_PORTS;
}

/** `text` is an address as the resolver gives it; anything else is refused. */
export function mayConnect(text: string, port: number, rules: AddressRules): boolean {
  if (!ipaddr.isValid(text)) return false;
  // Takes ::ffff:127.0.0.1 for what it is.
  const address = ipaddr.process(text);
  if (rules.allow.some((network) => contains(network, address))) return true;
  return isPublic(address) && portsOf(rules).includes(port);
}

function contains(network: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  // 2000::/3 is all that has ever been given out of IPv6.
  return address instanceof ipaddr.IPv4 || ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
}
