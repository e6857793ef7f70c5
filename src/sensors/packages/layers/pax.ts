import { SensorError } from '../../sensor-error.ts';

/** Records `LENGTH KEY=VALUE\n` of a pax header; LENGTH counts all of the record. */
export function parsePax(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const blank = bytes.indexOf(0x20, at);
    const length = blank < 0 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, blank);
    if (!Number.isInteger(length) || length < 5 || end > bytes.length || equals < 0 || equals >= end) {
      throw new SensorError(
        'invalid-input',
        'the archive is torn: an extended header in it has a wrong length',
      );
    }
    records.set(bytes.toString('utf8', blank + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}
