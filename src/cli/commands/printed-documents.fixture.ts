/** A line of JSON that a command printed. */
export interface PrintedDocument {
  readonly kind?: string;
  readonly [field: string]: unknown;
}

export function printedDocuments(text: string): readonly PrintedDocument[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PrintedDocument);
}
