import { isIPv4, isIPv6 } from 'node:net';
import { ServerError } from './errors.ts';

export interface AskedAddress {
  readonly ip: string;
  readonly port: number | null;
}

/**
 * `10.42.3.7`, `10.42.3.7:443`, `::1`, `[::1]:443`.
 *
 * @throws ServerError `invalid-input`
 */
export function parseAddress(text: string): AskedAddress {
  if (isIPv4(text) || isIPv6(text)) return { ip: text, port: null };
  const { four = '', six = '', port = '' } = ADDRESS_AND_PORT.exec(text)?.groups ?? {};
  if ((isIPv4(four) || isIPv6(six)) && Number(port) <= PORT_MAX) {
    return { ip: four + six, port: port === '' ? null : Number(port) };
  }
  throw new ServerError('invalid-input', `"${text}" is not an address`, {
    next: 'write it as 10.42.3.7, 10.42.3.7:443, ::1 or [::1]:443',
  });
}

export const PORT_MAX = 65_535;

const ADDRESS_AND_PORT = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:[\]]+))(?::(?<port>\d{1,5}))?$/;
