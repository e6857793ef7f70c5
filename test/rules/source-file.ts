import { parseSync, Visitor } from 'oxc-parser';

/** What the rules want to know of a source file. */
export interface SourceFile {
  /** From the root of the checkout, with slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly hasDefaultExport: boolean;
  /** Syntax that Node can't strip: enums and namespaces. */
  readonly unstrippable: readonly string[];
  readonly lines: number;
  /** Neither blank nor comment. */
  readonly codeLines: number;
}

export interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

/** @throws Error where the file does not parse: a rule that saw nothing must not pass. */
export function readSource(path: string, text: string): SourceFile {
  const { module, program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const imports: Import[] = [];
  for (const statement of module.staticImports) {
    const typesOnly = statement.entries.length > 0 && statement.entries.every((entry) => entry.isType);
    imports.push({ specifier: statement.moduleRequest.value, typesOnly });
  }
  for (const { entries } of module.staticExports) {
    const request = entries[0]?.moduleRequest?.value;
    if (request !== undefined) {
      imports.push({ specifier: request, typesOnly: entries.every((entry) => entry.isType) });
    }
  }
  const unstrippable: string[] = [];
  let hasDefaultExport = false;
  new Visitor({
    ImportExpression(node) {
      if (node.source.type === 'Literal')
        imports.push({ specifier: String(node.source.value), typesOnly: false });
    },
    TSImportType(node) {
      imports.push({ specifier: node.source.value, typesOnly: true });
    },
    ExportDefaultDeclaration() {
      hasDefaultExport = true;
    },
    TSEnumDeclaration: () => unstrippable.push('enum'),
    TSModuleDeclaration: () => unstrippable.push('namespace'),
  }).visit(program);
  return {
    path,
    imports,
    hasDefaultExport,
    unstrippable,
    lines: text.trimEnd().split('\n').length,
    codeLines: countCodeLines(text, comments),
  };
}

function countCodeLines(text: string, comments: readonly { start: number; end: number }[]): number {
  let code = text;
  for (const { start, end } of comments) {
    code = code.slice(0, start) + code.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  }
  return code.split('\n').filter((line) => line.trim() !== '').length;
}
