/** A directed graph, as `terraform graph` prints it. The source of an edge depends on its destination. */
export interface DotGraph {
  /** Labels by node ID; a node that occurs only in edges is its own label. */
  readonly nodes: ReadonlyMap<string, string>;
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export class DotSyntaxError extends Error {
  override readonly name = "DotSyntaxError";
}

type Token = { readonly kind: "id"; readonly text: string } | { readonly kind: "sign"; readonly text: string };

const TOKEN =
  /\s+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\]|\\[\s\S])*)"|([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))|(->|--|[{}[\]=;,:])/gy;

/**
 * Parses the part of the DOT language that Terraform and other generators use: nested subgraphs, attribute lists, edge chains.
 * HTML labels and ports are not supported.
 *
 * @throws DotSyntaxError that names the place
 */
export function parseDot(text: string): DotGraph {
  const tokens = tokenize(text);
  const nodes = new Map<string, string>();
  const edges: { from: string; to: string }[] = [];
  let at = 0;

  const peek = (sign: string): boolean => tokens[at]?.kind === "sign" && tokens[at]?.text === sign;
  const accept = (sign: string): boolean => {
    if (!peek(sign)) return false;
    at++;
    return true;
  };
  const fail = (wanted: string): DotSyntaxError =>
    new DotSyntaxError(`the output of terraform graph is not valid: expected ${wanted}, got ${tokens[at]?.text ?? "the end"}`);
  const expectSign = (sign: string): void => {
    if (!accept(sign)) throw fail(`"${sign}"`);
  };
  const expectId = (): string => {
    const token = tokens[at];
    if (token?.kind !== "id") throw fail("a name");
    at++;
    return token.text;
  };
  const attributes = (): Map<string, string> => {
    const found = new Map<string, string>();
    while (accept("[")) {
      while (!accept("]")) {
        const name = expectId();
        found.set(name, accept("=") ? expectId() : "true");
        if (!accept(",")) accept(";");
      }
    }
    return found;
  };
  const statements = (): void => {
    expectSign("{");
    while (!accept("}")) {
      if (accept(";")) continue;
      if (peek("{")) {
        statements();
        continue;
      }
      const name = expectId();
      if (name === "subgraph") {
        if (!peek("{")) expectId();
        statements();
      } else if (accept("=")) expectId();
      else if (accept("->")) {
        const chain = [name, expectId()];
        while (accept("->")) chain.push(expectId());
        attributes();
        for (const id of chain) if (!nodes.has(id)) nodes.set(id, id);
        for (const [index, from] of chain.entries()) {
          const to = chain[index + 1];
          if (to !== undefined) edges.push({ from, to });
        }
      } else {
        const label = attributes().get("label");
        if (name !== "node" && name !== "edge" && name !== "graph") nodes.set(name, label ?? nodes.get(name) ?? name);
      }
    }
  };

  if (expectId() === "strict") expectId();
  if (!peek("{")) expectId();
  statements();
  if (at !== tokens.length) throw fail("the end");
  return { nodes, edges };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const line = text.slice(0, start).split("\n").length;
      throw new DotSyntaxError(
        `the output of terraform graph is not valid in line ${line}: ${text.slice(start, start + 40).split("\n")[0]}`,
      );
    }
    const [, quoted, name, sign] = match;
    if (quoted !== undefined) tokens.push({ kind: "id", text: quoted.replace(/\\(["\\])/g, "$1") });
    else if (name !== undefined) tokens.push({ kind: "id", text: name });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
  }
  return tokens;
}
