/** IANA numbers of the protocols that logs name. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  50: 'esp',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

const NUMBERS = new Map(Object.entries(NAMES).map(([number, name]) => [name, Number(number)]));

export function protocolName(number: number): string {
  return NAMES[number] ?? String(number);
}

/** -1 when nobody names a protocol so; `unknown_transport` is Zeek's for one it does not read. */
export function protocolNumber(name: string): number {
  return NUMBERS.get(name) ?? (name === 'unknown_transport' ? 255 : -1);
}
