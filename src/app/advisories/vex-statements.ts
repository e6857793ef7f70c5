import type { IntakeDocument } from '#loops/patch';
import type { VexData } from '#model';
import type { VexComponent, VexDocument } from '#sensors';

/** A statement as it is recorded, but for the document's place in the content store. */
export interface RecordedStatement {
  /** `AUTHOR/DOCUMENT/n` */
  readonly id: string;
  readonly statement: Omit<VexData, 'document'>;
}

/** Which edition of which document it is. */
export function recordedDocument({ author, id, edition }: VexDocument): IntakeDocument {
  return { id: `${author}/${id}`, edition };
}

/** The statements of a document as facts: one for each product, as each has components of its own. */
export function recordedStatements(document: VexDocument): readonly RecordedStatement[] {
  const statements = document.statements.flatMap((statement) =>
    statement.products.map((product) => ({ statement, product })),
  );
  return statements.map(({ statement, product }, index) => ({
    id: `${document.author}/${document.id}/${index}`,
    statement: {
      vulnerability: statement.vulnerability,
      products: namesOf(product),
      components: product.subcomponents.flatMap(namesOf),
      status: statement.status,
      justification: statement.justification ?? statement.impact,
      author: statement.author,
      at: statement.at,
      edition: document.edition,
    },
  }));
}

/** What the graph can hold against packages and images; a CPE says neither. */
function namesOf({ ids, digests }: VexComponent): readonly string[] {
  return [...ids.filter((id) => !/^cpe:/i.test(id)), ...digests];
}
