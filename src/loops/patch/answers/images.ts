import type { ImageNodeAnswer, Instant } from '#model';
import { LATEST, type ImageNode } from '#graph';
import { momentOf, type Moment } from '../running/moment.ts';
import type { PatchView } from '../view.ts';

/** Every image that was there, ran or was declared at `at`, and those that they are built upon. */
export function imageNodeAnswers(view: PatchView, at: Instant | null): readonly ImageNodeAnswer[] {
  const { images, graph } = view;
  const moment = momentOf(at, view.running, view.instances);
  const { tree } = images;
  const shown = new Set<string>();
  const running = new Set(moment.images());
  for (const { key, id } of tree.nodes) {
    const isThere = id === null || running.has(id) || graph.one('image', id, at ?? LATEST) !== null;
    if (!isThere) continue;
    shown.add(key);
    for (const ancestor of tree.ancestors(key)) shown.add(ancestor.key);
  }
  return tree.nodes.filter(({ key }) => shown.has(key)).map((node) => answerOf(view, node, moment));
}

function answerOf(view: PatchView, node: ImageNode, moment: Moment): ImageNodeAnswer {
  const { id, name, source, base, copies } = node;
  const [list] = id === null ? [] : view.lists.listsOf(id);
  const baseName =
    base === null ? '' : base.name.startsWith('sha256:') ? view.images.nameOf(base.name) : base.name;
  return {
    id,
    name,
    team: source?.owner ?? null,
    hasBuildSource: source !== null,
    instances: id === null ? 0 : moment.ofImage(id).size,
    packages: list?.data.packages ?? null,
    base:
      base === null
        ? null
        : {
            id: base.key,
            name: baseName,
            upToLayer: base.upToLayer,
            known: base.known,
            evidence: base.evidence,
          },
    copiesFrom: copies.map((copy) => ({ id: copy.key, name: copy.name, known: 'build-source' })),
  };
}
