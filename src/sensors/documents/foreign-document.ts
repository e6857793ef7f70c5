import type {
  VexComponent,
  VexDocument,
  VexProduct,
  VexStatement,
} from '../advisories/openvex/read-vex-document.ts';
import { isListOf, isText, isTextOrNull } from '../packages/helper/answer-value.ts';
import { listDocumentOf } from '../packages/helper/parse-helper-answer.ts';
import { isObject } from '../packages/json-value.ts';
import type { ListDocument } from '../packages/lists/list-document.ts';

/** A document that somebody made, told apart by its content. */
export type ForeignDocument =
  | { readonly kind: 'openvex'; readonly document: VexDocument }
  | { readonly kind: 'list'; readonly document: ListDocument };

/** What the helper found, looked at like any other input; null: it is none. */
export function foreignDocumentOf(value: unknown): ForeignDocument | null {
  if (!isObject(value)) return null;
  if (value['kind'] === 'openvex') {
    const document = vexDocumentOf(value['document']);
    return document === null ? null : { kind: 'openvex', document };
  }
  const document = value['kind'] === 'list' ? listDocumentOf(value['document']) : null;
  return document === null ? null : { kind: 'list', document };
}

function vexDocumentOf(value: unknown): VexDocument | null {
  if (!isObject(value)) return null;
  const { id, author, at, edition, statements } = value;
  const sound =
    isText(id) && isText(author) && isInstant(at) && isEdition(edition) && isListOf(statements, isStatement);
  return sound ? { id, author, at, edition, statements } : null;
}

function isEdition(value: unknown): value is VexDocument['edition'] {
  return isObject(value) && Number.isSafeInteger(value['version']) && isInstant(value['at']);
}

const STATUSES: ReadonlySet<unknown> = new Set<VexStatement['status']>([
  'not_affected',
  'affected',
  'fixed',
  'under_investigation',
]);

function isStatement(value: unknown): value is VexStatement {
  if (!isObject(value)) return false;
  const { vulnerability, aliases, products, status, justification, impact, action, author, at } = value;
  return (
    isText(vulnerability) &&
    isListOf(aliases, isText) &&
    isListOf(products, isProduct) &&
    STATUSES.has(status) &&
    [justification, impact, action].every(isTextOrNull) &&
    isText(author) &&
    isInstant(at)
  );
}

function isProduct(value: unknown): value is VexProduct {
  return isComponent(value) && 'subcomponents' in value && isListOf(value.subcomponents, isComponent);
}

function isComponent(value: unknown): value is VexComponent {
  return isObject(value) && isListOf(value['ids'], isText) && isListOf(value['digests'], isText);
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
