/**
 * Paragraphs of `Key: value` lines, separated by empty lines (deb822, and headers of mail). Lines that
 * continue one before begin with a blank; of them only the first line of each field is of interest here.
 */
export function* paragraphs(text: string): Generator<ReadonlyMap<string, string>> {
  let fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      if (fields.size > 0) yield fields;
      fields = new Map();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith(' ') || line.startsWith('\t')) continue;
    const key = line.slice(0, colon).toLowerCase();
    // The first one counts, as for the tools themselves.
    if (!fields.has(key)) fields.set(key, line.slice(colon + 1).trim());
  }
  if (fields.size > 0) yield fields;
}
