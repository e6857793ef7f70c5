export { composeScans, type UnreadLayer } from './compose-scans.ts';
export { parseLayerScan } from './helper/parse-helper-answer.ts';
export { scanConfined, type ConfinedLimits, type ConfinedScanOptions } from './helper/scan-confined.ts';
export type { FoundPackage, LayerScan, ScanRecord } from './layer-scan.ts';
