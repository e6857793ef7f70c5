import type { TreeImage } from '../../image-tree/image-tree.ts';

/** By when what was found must be gone, in days, by its severity; production has less time for some. */
export const DEADLINE_DAYS = {
  everywhere: { critical: 7, medium: 60, unknown: 30 },
  production: { critical: 2, medium: 45, unknown: 10 },
} as const;

/** sheer.yaml: a service for each application, and each image with its source. JSON is YAML. */
export function declarationOf(images: readonly TreeImage[]): string {
  const applications = images.filter(({ recipe }) => recipe.level === 3);
  const days = (counts: Readonly<Record<string, number>>): object =>
    Object.fromEntries(Object.entries(counts).map(([severity, count]) => [severity, `${count}d`]));
  return JSON.stringify({
    version: 1,
    teams: Object.fromEntries(images.map(({ recipe }) => [recipe.team, null])),
    environments: Object.fromEntries(
      ['production', 'test'].map((name) => [name, { match: { label: `environment=${name}` } }]),
    ),
    services: Object.fromEntries(
      applications.map(({ recipe }) => [
        recipe.name,
        {
          owner: recipe.team,
          environment: ['production', 'test'],
          match: { image: recipe.name },
        },
      ]),
    ),
    images: Object.fromEntries(
      images.map(({ recipe, context }) => [recipe.name, { owner: recipe.team, context }]),
    ),
    patch: {
      deadlines: days(DEADLINE_DAYS.everywhere),
      environments: { production: days(DEADLINE_DAYS.production) },
    },
  });
}
