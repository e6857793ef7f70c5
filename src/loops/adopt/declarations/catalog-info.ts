import { closest, teamOf } from '#model';
import { CATALOG_SCHEMAS, catalogEntitySchema, OTHER_CATALOG_KINDS } from '#model/manifest';

import type { DeclaredFile } from '../questions.ts';
import { checkSchema } from './check-schema.ts';
import { type Draft, EMPTY_DRAFT, type OwnershipDraft, type TeamDraft } from './draft.ts';
import { didYouMean, lineOf, type Problem, quoted } from './problem.ts';
import { parseYaml, placeOf, type YamlFile, type YamlTree } from './yaml-tree.ts';

/** Reads Backstage's catalog-info.yaml: groups are teams, and components, resources and systems have owners. */
export function readCatalogInfo(file: DeclaredFile): Draft {
  const yaml = parseYaml(file);
  const found: Found = { teams: [], ownerships: [], problems: [...yaml.problems], warnings: [] };
  for (const tree of yaml.trees) {
    if (tree !== null) readEntity(yaml, tree, found);
  }
  return { ...EMPTY_DRAFT, ...found };
}

interface Found {
  readonly teams: TeamDraft[];
  readonly ownerships: OwnershipDraft[];
  readonly problems: Problem[];
  readonly warnings: string[];
}

const KINDS = Object.keys(CATALOG_SCHEMAS);

function readEntity(yaml: YamlFile, tree: YamlTree, found: Found): void {
  const entity = checkSchema(catalogEntitySchema, yaml, tree, found.problems);
  if (entity === null) return;
  switch (entity.kind) {
    case 'Group':
      return readGroup(yaml, tree, found);
    case 'Component':
    case 'Resource':
    case 'System':
      return readOwned(yaml, tree, entity.kind, found);
    case 'API':
      // An interface doesn't run, so it owns nothing here; but a broken one is a broken file.
      checkSchema(CATALOG_SCHEMAS.API, yaml, tree, found.problems);
      return undefined;
    default: {
      const place = placeOf(yaml, tree, ['kind'], 'value');
      if (OTHER_CATALOG_KINDS.includes(entity.kind)) {
        found.warnings.push(`${lineOf(place)}: entities of kind ${entity.kind} are not used`);
        return undefined;
      }
      const known = [...KINDS, ...OTHER_CATALOG_KINDS];
      const suggestion = didYouMean(closest(entity.kind, known)) || `; expected one of ${known.join(', ')}`;
      found.problems.push({ place, message: `there is no kind ${quoted(entity.kind)}${suggestion}` });
      return undefined;
    }
  }
}

function readGroup(yaml: YamlFile, tree: YamlTree, found: Found): void {
  const group = checkSchema(CATALOG_SCHEMAS.Group, yaml, tree, found.problems);
  if (group === null) return;
  const contact = group.spec.profile?.email ?? null;
  const place = placeOf(yaml, tree, ['metadata', 'name'], 'value');
  found.teams.push({ data: { name: group.metadata.name, contact }, place, from: 'catalog-info' });
}

function readOwned(
  yaml: YamlFile,
  tree: YamlTree,
  kind: 'Component' | 'Resource' | 'System',
  found: Found,
): void {
  const entity = checkSchema(CATALOG_SCHEMAS[kind], yaml, tree, found.problems);
  if (entity === null) return;
  const { name } = entity.metadata;
  const target = kind === 'System' ? 'system' : 'component';
  found.ownerships.push({
    id: `catalog-info:${target}:${name}`,
    data: {
      basis: 'catalog-info',
      target: { kind: target, name },
      owner: teamOf(entity.spec.owner),
      location: lineOf(placeOf(yaml, tree, ['spec', 'owner'], 'value')),
    },
    place: placeOf(yaml, tree, ['metadata', 'name'], 'value'),
  });
}
