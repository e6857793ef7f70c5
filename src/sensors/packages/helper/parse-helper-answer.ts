import type { Package, PackageList, Unread } from '#model';
import { isObject } from '../json-value.ts';
import type { FoundPackage, LayerScan, ScanRecord } from '../layer-scan.ts';
import type { ListDocument } from '../lists/list-document.ts';
import { isListOf, isText, isTextOrNull } from './answer-value.ts';
import type { HelperAnswer } from './helper-answer.ts';

/**
 * A helper has had foreign bytes in its hands: its answer is looked at like any other input. Null: it is none.
 *
 * @param foundOf looks at what it found; null: it can't be that
 */
export function parseHelperAnswer<Found>(
  text: string,
  foundOf: (value: unknown) => Found | null,
): HelperAnswer<Found> | null {
  const value = json(text);
  if (!isObject(value)) return null;
  if (value['kind'] === 'refused') {
    const { code, message } = value;
    return isText(code) && isText(message) ? { kind: 'refused', code, message } : null;
  }
  const found = value['kind'] === 'found' ? foundOf(value['found']) : null;
  return found === null ? null : { kind: 'found', found };
}

export function layerScanOf(value: unknown): LayerScan | null {
  if (!isObject(value) || value['format'] !== 1) return null;
  const { diffId, records, whiteouts, opaque, replaced, unread } = value;
  const sound =
    isText(diffId) &&
    isText(replaced) &&
    isListOf(records, isRecord) &&
    isListOf(whiteouts, isText) &&
    isListOf(opaque, isText) &&
    isListOf(unread, isUnread);
  return sound ? { format: 1, diffId, records, whiteouts, opaque, replaced, unread } : null;
}

export function listDocumentOf(value: unknown): ListDocument | null {
  if (!isObject(value)) return null;
  const { origin, tool, subjects, list } = value;
  const sound =
    (origin === 'cyclonedx' || origin === 'spdx') &&
    isTextOrNull(tool) &&
    isListOf(subjects, isText) &&
    isPackageList(list);
  return sound ? { origin, tool, subjects, list } : null;
}

function isPackageList(value: unknown): value is PackageList {
  if (!isObject(value) || value['format'] !== 1 || value['image'] !== null) return false;
  const { distribution, packages, unread } = value;
  const isKnown = distribution === null || isDistribution(distribution);
  return isKnown && isListOf(packages, isPackage) && isListOf(unread, isUnread);
}

function isPackage(value: unknown): value is Package {
  if (!isObject(value)) return false;
  const { purl, ecosystem, name, version, source, layer, path, readBy } = value;
  const texts = [purl, name, version].every(isText) && (readBy === 'cyclonedx' || readBy === 'spdx');
  return texts && isTextOrNull(ecosystem) && isSource(source) && layer === null && isTextOrNull(path);
}

const READERS: ReadonlySet<unknown> = new Set(['dpkg', 'apk', 'rpm', 'npm', 'python', 'go', 'jar']);

function isRecord(value: unknown): value is ScanRecord {
  if (!isObject(value)) return false;
  const { path, packages, owns, distribution } = value;
  return (
    isText(path) &&
    isListOf(packages, isFound) &&
    (owns === undefined || isListOf(owns, isText)) &&
    (distribution === undefined || isDistribution(distribution))
  );
}

function isFound(value: unknown): value is FoundPackage {
  if (!isObject(value)) return false;
  const { readBy, name, version, architecture, source } = value;
  return (
    READERS.has(readBy) && isText(name) && isText(version) && isTextOrNull(architecture) && isSource(source)
  );
}

function isSource(value: unknown): boolean {
  return value === null || (isObject(value) && isText(value['name']) && isText(value['version']));
}

function isDistribution(value: unknown): boolean {
  return isObject(value) && isText(value['id']) && isText(value['name']) && isTextOrNull(value['versionId']);
}

function isUnread(value: unknown): value is Unread {
  return isObject(value) && isText(value['path']) && isText(value['reason']);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
