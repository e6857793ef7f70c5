// A door of its own, `#model/manifest`: the schema library costs 50 ms to load.
export { CATALOG_SCHEMAS, catalogEntitySchema, OTHER_CATALOG_KINDS } from './catalog-info.ts';
export { knownKeys } from './expectations.ts';
export { isName, type SheerYaml, sheerYamlSchema } from './sheer-yaml.ts';
