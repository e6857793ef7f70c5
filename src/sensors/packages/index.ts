export { composeScans, composeScansInTurns, type UnreadLayer } from './compose-scans.ts';
export { scanConfined, type ConfinedLimits, type ConfinedScanOptions } from './helper/scan-confined.ts';
export type { FoundPackage, LayerScan, ScanRecord } from './layer-scan.ts';
export type { ListDocument } from './lists/list-document.ts';
export { createArchiveSource, createLayoutSource, type StoredImageSource } from './sources/stored-source.ts';
export { liveRootOf } from './live/live-root-of.ts';
export { createExportedSource, type ExportImage } from './archive/exported-source.ts';
export type { LiveLimits, LiveWanted } from './live/live-request.ts';
export {
  scanLiveRoot,
  type LiveProcess,
  type LiveRoot,
  type LiveScanOptions,
} from './live/scan-live-root.ts';
