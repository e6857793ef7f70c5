/** `1,204` */
export function numberText(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 instance`, `12 instances`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${numberText(count)} ${count === 1 ? noun : plural}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `84 MB`, `4.2 GB`: decimal, two digits where there is but one before the point. */
export function bytesText(bytes: number): string {
  const index = Math.min(BYTE_UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** index;
  const text = index > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${BYTE_UNITS[index] ?? ''}`;
}

/** `a`, `a and b`, `a, b and c`; at most `most` of them, then how many more. */
export function listText(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  const parts = more > 0 ? [...shown, `${more} more`] : shown;
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
