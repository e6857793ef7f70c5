/** The one line that a helper writes. */
export type HelperAnswer<Found> =
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
