import type { Draft } from './image-tree.ts';

/** Annotations are what somebody wrote: taken together they can say that an image is its own ancestor. */
export function withoutCycles(drafts: readonly Draft[]): readonly Draft[] {
  const byKey = new Map(drafts.map((draft) => [draft.key, draft]));
  const broken = new Map<string, Draft>();
  const done = new Set<string>();
  for (const { key } of drafts) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let at: string | null = key;
    while (at !== null && !done.has(at) && !onPath.has(at)) {
      path.push(at);
      onPath.add(at);
      at = byKey.get(at)?.base?.key ?? null;
    }
    if (at !== null && onPath.has(at)) cut(path.slice(path.indexOf(at)), byKey, broken);
    for (const passed of path) done.add(passed);
  }
  return drafts.map((draft) => broken.get(draft.key) ?? draft);
}

/** Where it is cut does not depend on where the walk began. */
function cut(cycle: readonly string[], byKey: ReadonlyMap<string, Draft>, broken: Map<string, Draft>): void {
  const [key = ''] = cycle.toSorted();
  const draft = byKey.get(key);
  if (draft === undefined) return;
  const at = cycle.indexOf(key);
  const round = [...cycle.slice(at), ...cycle.slice(0, at), key];
  const shown = round.length > SHOWN_MAX ? [...round.slice(0, SHOWN_MAX), '…'] : round;
  const names = shown.map((member) => byKey.get(member)?.name ?? member).join(' → ');
  const warning = `its bases lead back to itself, so its base is not believed: ${names}`;
  broken.set(key, { ...draft, base: null, warnings: [...draft.warnings, warning] });
}

const SHOWN_MAX = 8;
