import type { LayerScan } from '../layer-scan.ts';
import type { ListDocument } from '../lists/list-document.ts';

/** The one line that the helper writes. */
export type HelperAnswer =
  | { readonly kind: 'scan'; readonly scan: LayerScan }
  | { readonly kind: 'list'; readonly document: ListDocument }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
