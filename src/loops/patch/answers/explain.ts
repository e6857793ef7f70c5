import {
  osvPackageOf,
  parsePackageUrl,
  sourceOfUrl,
  wholeVersionOf,
  type ExplanationAnswer,
  type Package,
} from '#model';
import { knownVulnerability } from '../affected/vulnerability.ts';
import { canonicalPackage } from '../matching/canonical-name.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { PatchError } from '../patch-error.ts';
import type { PatchView } from '../view.ts';
import { ask } from './who.ts';

/** Which range and event make a package affected, or not. */
export function explanationAnswer(view: PatchView, id: string, purl: string): ExplanationAnswer {
  const vulnerability = knownVulnerability(view.advisories, id);
  const own = packageOf(view, purl);
  const found = vulnerability.records.map((record) => matchAdvisory(record, own));
  return {
    id: vulnerability.id,
    purl: own.purl,
    affected: found.some(({ affected }) => affected),
    steps: found.flatMap(({ steps }) => steps.map((step) => ({ ...step }))),
  };
}

/** As an image has it, because a URL does not tell the source package's version; else as the URL says. */
function packageOf(view: PatchView, purl: string): Package {
  const url = parsePackageUrl(purl);
  const version = url === null ? null : wholeVersionOf(url);
  if (url === null || version === null) {
    throw new PatchError('invalid-input', `"${purl}" is no package URL with a version`, {
      next: 'as in pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
    });
  }
  const [held] = ask(view, purl).holdings.packages.values();
  if (held !== undefined) return { ...held.package, layer: null };
  const known = osvPackageOf(url);
  const own: Package = {
    purl,
    ecosystem: known?.ecosystem ?? null,
    name: known?.name ?? url.name,
    version,
    source: sourceOfUrl(url),
    layer: null,
    path: null,
    readBy: 'cyclonedx',
  };
  return canonicalPackage(own);
}
