import { type FlowVerdict, formatIpv4 } from '#model';

import { VERDICTS } from './flow-line.ts';
import { protocolName } from './protocols.ts';

const PROTOCOL_SHIFT = 16;
const VERDICT_SHIFT = 24;
export const CLIENT_IS_IPV6 = 1 << 27;
export const SERVER_IS_IPV6 = 1 << 28;

/** Server port, protocol and verdict in one word; the flags say which end's word stands for IPv6. */
export function callWord(port: number, protocol: number, verdict: number): number {
  return port | (protocol << PROTOCOL_SHIFT) | (verdict << VERDICT_SHIFT);
}

export function portOf(call: number): number {
  return call & 0xffff;
}

export function protocolOf(call: number): string {
  return protocolName((call >>> PROTOCOL_SHIFT) & 255);
}

export function verdictOf(call: number): FlowVerdict {
  return VERDICTS[(call >>> VERDICT_SHIFT) & 7] ?? 'unknown';
}

/** The text of an end's word; `ipv6` gives it for the number of an IPv6 address. */
export function ipOf(isIpv6: number, word: number, ipv6: (number: number) => string): string {
  return isIpv6 === 0 ? formatIpv4(word) : ipv6(word);
}
