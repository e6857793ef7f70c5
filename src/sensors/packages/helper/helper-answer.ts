import type { LayerScan } from '../layer-scan.ts';

/** The one line that the helper writes. */
export type HelperAnswer =
  | { readonly kind: 'scan'; readonly scan: LayerScan }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
