/** What the reporter inside a test file's process tells the runner, one JSON document per line. */
export type TestEvent =
  | { readonly kind: 'began'; readonly id: number; readonly name: string }
  | { readonly kind: 'ended'; readonly id: number }
  | { readonly kind: 'passed'; readonly name: string }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }
  /** The last one; missing when the process was cut short, by itself or by us. */
  | { readonly kind: 'done' };
