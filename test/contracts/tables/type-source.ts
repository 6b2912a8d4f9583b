/**
 * Reads the part of TypeScript in which server/database/tables/ is written: imports of types, type aliases and interfaces, made of names,
 * texts, arrays, objects and unions. Whatever else stands there is an error, so nothing is ever skipped.
 */

export type TypeNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string; readonly args: readonly TypeNode[] }
  | { readonly kind: "array" }
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | { readonly kind: "union"; readonly of: readonly TypeNode[] };

export interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly type: TypeNode;
  /** `file:line`, for errors. */
  readonly at: string;
}

export interface TypeSource {
  /** By local name. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  /** Aliases and interfaces by name. */
  readonly types: ReadonlyMap<string, TypeNode>;
}

interface Token {
  readonly kind: "word" | "text" | "mark" | "end";
  readonly text: string;
  readonly at: string;
}

const TOKEN = /(?<space>\s+|\/\*[\s\S]*?\*\/|\/\/[^\n]*)|(?<word>[A-Za-z_]\w*)|"(?<text>[^"\\\n]*)"|(?<mark>[{}()<>[\]|;:,?=])/y;

function tokensOf(file: string, source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let offset = 0; offset < source.length; ) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(source);
    const at = `${file}:${line}`;
    if (match === null) throw new Error(`${at}: cannot read ${JSON.stringify(source.slice(offset).split("\n", 1)[0])}`);
    const { space, word, text, mark } = match.groups ?? {};
    if (space !== undefined) line += space.split("\n").length - 1;
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else if (text !== undefined) tokens.push({ kind: "text", text, at });
    else tokens.push({ kind: "mark", text: mark ?? "", at });
    offset = TOKEN.lastIndex;
  }
  return [...tokens, { kind: "end", text: "end of file", at: `${file}:${line}` }];
}

/** @throws Error with file and line, at the first thing that it does not understand */
export function readTypes(file: string, source: string): TypeSource {
  const tokens = tokensOf(file, source);
  const imports = new Map<string, { from: string; name: string }>();
  const types = new Map<string, TypeNode>();
  let place = 0;

  const peek = (): Token => tokens[place] ?? { kind: "end", text: "end of file", at: file };
  const fail = (wanted: string, { text, at } = peek()): never => {
    throw new Error(`${at}: expected ${wanted}, found ${JSON.stringify(text)}`);
  };
  const take = (kind: "word" | "text", wanted: string): string => {
    const token = peek();
    if (token.kind !== kind) fail(wanted, token);
    place++;
    return token.text;
  };
  /** Steps over a mark or keyword if it is there. */
  const skip = (text: string): boolean => {
    const token = peek();
    const isThere = token.text === text && (token.kind === "mark" || token.kind === "word");
    if (isThere) place++;
    return isThere;
  };
  const need = (text: string): void => {
    if (!skip(text)) fail(`"${text}"`);
  };

  const readImport = (): void => {
    need("type");
    need("{");
    const names: { local: string; name: string }[] = [];
    do {
      const name = take("word", "the name of a type");
      names.push({ name, local: skip("as") ? take("word", "a local name") : name });
    } while (skip(",") && peek().text !== "}");
    need("}");
    need("from");
    const from = take("text", "the path of a module");
    need(";");
    for (const { local, name } of names) imports.set(local, { from, name });
  };
  const readType = (): TypeNode => {
    skip("|");
    const first = readPart();
    if (peek().text !== "|") return first;
    const of = [first];
    while (skip("|")) of.push(readPart());
    return { kind: "union", of };
  };
  const readPart = (): TypeNode => {
    const isReadonly = skip("readonly");
    let node = readWhole();
    while (skip("[")) {
      need("]");
      node = { kind: "array" };
    }
    if (isReadonly && node.kind !== "array") fail("an array after readonly");
    return node;
  };
  const readWhole = (): TypeNode => {
    if (skip("{")) return { kind: "object", members: readMembers() };
    if (skip("(")) {
      const type = readType();
      need(")");
      return type;
    }
    if (peek().kind === "text") return { kind: "text", text: take("text", "a text") };
    const name = take("word", "a type");
    const args: TypeNode[] = [];
    if (skip("<")) {
      do args.push(readType());
      while (skip(","));
      need(">");
    }
    return { kind: "name", name, args };
  };
  /** After the opening brace, up to and with the closing one. */
  const readMembers = (): Member[] => {
    const members: Member[] = [];
    while (!skip("}")) {
      skip("readonly");
      const { at } = peek();
      const name = take("word", "the name of a member");
      const optional = skip("?");
      need(":");
      const type = readType();
      if (peek().text !== "}") need(";");
      if (members.some((member) => member.name === name)) throw new Error(`${at}: "${name}" stands there twice`);
      members.push({ name, optional, type, at });
    }
    return members;
  };

  while (peek().kind !== "end") {
    if (skip("import")) {
      readImport();
      continue;
    }
    skip("export");
    if (skip("type")) {
      const name = take("word", "the name of a type");
      need("=");
      types.set(name, readType());
      need(";");
    } else {
      need("interface");
      const name = take("word", "the name of an interface");
      need("{");
      types.set(name, { kind: "object", members: readMembers() });
    }
  }
  return { imports, types };
}
