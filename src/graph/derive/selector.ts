import type { Selector } from '#model';

import { type Features, featuresOf, type TextFeature } from './features.ts';
import { compileGlob, type Glob } from './glob.ts';
import type { InstanceView } from './instance-view.ts';

/** A selector, ready for many instances. */
export interface CompiledSelector {
  /**
   * A key that every instance which matches has among its {@link anchorsOf}; null when the selector has no
   * exact condition, so that it must be tried on each.
   */
  readonly anchor: string | null;
  matches(features: Features): boolean;
}

interface Condition {
  readonly anchor: string | null;
  holds(features: Features): boolean;
}

/** Whether all of the selector's conditions hold. For many instances, compile it once instead. */
export function matchesSelector(selector: Selector, view: InstanceView): boolean {
  return compileSelector(selector).matches(featuresOf(view));
}

export function compileSelector(selector: Selector): CompiledSelector {
  const conditions = conditionsOf(selector);
  return {
    anchor: conditions.find((condition) => condition.anchor !== null)?.anchor ?? null,
    // A selector without a condition would match everything; it matches nothing.
    matches: (features) =>
      conditions.length > 0 && conditions.every((condition) => condition.holds(features)),
  };
}

/** The keys under which a selector that matches these features can be filed. */
export function anchorsOf(features: Features): readonly string[] {
  const anchors: string[] = [];
  for (const [key, value] of Object.entries(features.labels)) {
    anchors.push(`label ${key}=${value}`, `label ${key}`);
  }
  for (const feature of TEXT_FEATURES) {
    for (const form of features[feature]) anchors.push(`${feature} ${form}`);
  }
  for (const port of features.ports) anchors.push(`port ${port}`);
  return anchors;
}

/** `label app=checkout and port 80` */
export function describeSelector(selector: Selector): string {
  const words = (selector.label ?? []).map((label) => `label ${label}`);
  for (const feature of TEXT_FEATURES) {
    const pattern = selector[feature];
    if (pattern !== undefined) words.push(`${WORDS[feature]} ${pattern}`);
  }
  if (selector.port !== undefined) words.push(`port ${selector.port}`);
  return words.join(' and ');
}

/** Rarest first: an anchor should leave as few candidates as it can. */
const TEXT_FEATURES: readonly TextFeature[] = ['workingDirectory', 'unit', 'name', 'executable', 'image'];

const WORDS: Readonly<Record<TextFeature, string>> = {
  workingDirectory: 'working directory',
  unit: 'unit',
  name: 'name',
  executable: 'executable',
  image: 'image',
};

function conditionsOf(selector: Selector): readonly Condition[] {
  const conditions = (selector.label ?? []).map(labelCondition);
  for (const feature of TEXT_FEATURES) {
    const pattern = selector[feature];
    if (pattern !== undefined) conditions.push(textCondition(feature, compileGlob(pattern)));
  }
  if (selector.port !== undefined) conditions.push(portCondition(selector.port));
  return conditions;
}

function labelCondition(label: string): Condition {
  const equals = label.indexOf('=');
  const key = equals < 0 ? label : label.slice(0, equals);
  const valueIn = ({ labels }: Features): string | undefined =>
    Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (equals < 0) return { anchor: `label ${key}`, holds: (features) => valueIn(features) !== undefined };
  const glob = compileGlob(label.slice(equals + 1));
  return {
    anchor: `label ${key}${glob.exact === null ? '' : `=${glob.exact}`}`,
    holds(features) {
      const value = valueIn(features);
      return value !== undefined && glob.matches(value);
    },
  };
}

function textCondition(feature: TextFeature, glob: Glob): Condition {
  return {
    anchor: glob.exact === null ? null : `${feature} ${glob.exact}`,
    holds: (features) => features[feature].some((form) => glob.matches(form)),
  };
}

function portCondition(port: number): Condition {
  return { anchor: `port ${port}`, holds: (features) => features.ports.includes(port) };
}
