/** Writes one operation of the API as one method of the client. */
import { partsOf, type TypeWriter } from "./type-text.ts";

/** What a client needs to know about a route. */
export interface Operation {
  readonly method: string;
  /** As in the API document: `/api/v2/users/{user}`. */
  readonly path: string;
  readonly audience: "everybody" | "users" | "agents";
  readonly schema: {
    readonly operationId?: string;
    readonly summary?: string;
    readonly description?: string;
    readonly deprecated?: boolean;
    readonly consumes?: readonly string[];
    readonly params?: unknown;
    readonly querystring?: unknown;
    readonly body?: unknown;
    readonly response?: unknown;
  };
  readonly needs: readonly string[] | undefined;
}

/**
 * Operations with a body or response for which the SDK has no type: the type is written out in place. A new operation should export its
 * type instead.
 *
 * - `getApiDocument`: the response is an OpenAPI document, of which the route describes one key.
 * - `updateUserAppearance`: the route limits the lengths of the fields in the SDK's type, so it has its own schema.
 */
const WRITTEN_OUT: ReadonlySet<string> = new Set(["getApiDocument", "updateUserAppearance"]);

/**
 * Writes a method. Its parameters are those of the path, the body, then one object with the query's parameters and `signal`.
 *
 * @throws Error that names the route if it lacks an operationId or has a schema that cannot be written as a type
 */
export function methodText(operation: Operation, types: TypeWriter): string {
  const { operationId } = operation.schema;
  try {
    if (operationId === undefined) throw new RangeError("it has no operationId");
    return [...comment(operation), ...method(operationId, operation, types)].map((line) => `  ${line}\n`).join("");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`no client method for ${operation.method} ${operation.path}: ${why}`, { cause: error });
  }
}

function method(name: string, { method, path, schema }: Operation, types: TypeWriter): string[] {
  const mustBeNamed = !WRITTEN_OUT.has(name);
  const answer = answerOf(schema.response, types, mustBeNamed);
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => {
    const of = partsOf(schema.params).properties?.[parameter];
    if (of === undefined) throw new RangeError(`its schema does not describe the parameter ${parameter} in its path`);
    return `${parameter}: ${types.write(of, { mustBeNamed: true })}`;
  });
  const sent = ["signal"];
  if (schema.body !== undefined) {
    parameters.push(`body: ${types.write(schema.body, { mustBeNamed })}`);
    sent.push("body");
  } else if (schema.consumes !== undefined) {
    parameters.push("content: Uint8Array<ArrayBuffer>");
    sent.push(`bytes: { content, type: ${JSON.stringify(schema.consumes[0])} }`);
  }
  const query = queryType(schema.querystring, types, answer.ofQuery);
  if (query === undefined) parameters.push("{ signal }: RequestOptions = {}");
  else {
    sent.push("query");
    parameters.push(`{ signal, ...query }: RequestOptions & ${query.type}${query.isOptional ? " = {}" : ""}`);
  }
  const address = path.includes("{") ? `path\`${path.replaceAll("{", "${")}\`` : JSON.stringify(path);
  return [
    `${name}(${parameters.join(", ")}): Promise<${answer.type}> {`,
    `  return this.connection.${answer.call}(${JSON.stringify(method)}, ${address}, { ${sent.join(", ")} });`,
    "}",
  ];
}

interface MethodAnswer {
  /** The type that the promise resolves to. */
  readonly type: string;
  /** The method of `Connection` that reads such a response. */
  readonly call: "answersYes" | "bytes" | "done" | "json" | "text";
  /** Parameters of the query that the client does not offer, because they would change the form of the response. */
  readonly ofQuery: readonly string[];
}

function answerOf(response: unknown, types: TypeWriter, mustBeNamed: boolean): MethodAnswer {
  const answers = Object.entries(typeof response === "object" && response !== null ? response : {});
  const [success, ...others] = answers.filter(([status]) => status.startsWith("2"));
  if (success === undefined) throw new RangeError("its schema does not describe a successful response");
  if (others.some(([, schema]) => schema !== success[1])) throw new RangeError("it has more than one form of successful response");
  const schema: unknown = success[1];
  // A question: the status is the answer, and both statuses have the same kind of message.
  if (answers.some(([status, other]) => status === "404" && other === schema)) return { type: "boolean", call: "answersYes", ofQuery: [] };
  const { type, format, anyOf } = partsOf(schema);
  if (type === "null") return { type: "void", call: "done", ofQuery: [] };
  if (type === "string") {
    if (format === "binary") return { type: "Uint8Array<ArrayBuffer>", call: "bytes", ofQuery: [] };
    return { type: "string", call: "text", ofQuery: [] };
  }
  const list = anyOf?.find((option) => partsOf(option).type === "array");
  // Logs are a list, or text or a stream on request. The streams are methods of `Client`.
  if (list !== undefined) return { type: types.write(list, { mustBeNamed }), call: "json", ofQuery: ["follow", "format"] };
  return { type: types.write(schema, { mustBeNamed }), call: "json", ofQuery: [] };
}

function queryType(
  querystring: unknown,
  types: TypeWriter,
  leftOut: readonly string[],
): { readonly type: string; readonly isOptional: boolean } | undefined {
  if (querystring === undefined) return undefined;
  const { properties = {}, required = [] } = partsOf(querystring);
  const isOptional = required.length === 0;
  if (!leftOut.some((name) => Object.hasOwn(properties, name)))
    return { type: types.write(querystring, { mustBeNamed: false }), isOptional };
  const kept = Object.fromEntries(Object.entries(properties).filter(([name]) => !leftOut.includes(name)));
  return { type: types.write({ type: "object", properties: kept, required }, { mustBeNamed: false }), isOptional };
}

const CREDENTIALS = { everybody: "Without a credential.", users: undefined, agents: "With an agent's token." } as const;

function comment({ audience, schema: { summary = "", description, deprecated = false }, needs = [] }: Operation): string[] {
  const list = needs.length === 0 ? undefined : `Needs ${needs.map((need) => `\`${need}\``).join("; ")}.`;
  const paragraphs = [`${summary}.`, description, CREDENTIALS[audience], list, deprecated ? "@deprecated" : undefined].filter(
    (part) => part !== undefined,
  );
  const lines = paragraphs.flatMap((paragraph, at) => (at === 0 ? [paragraph] : ["", ...wrap(paragraph)]));
  const [only = "", ...more] = lines;
  if (more.length === 0) return [`/** ${only} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

/** The maximum length of a line in a comment of a class member. */
const WIDTH = 130;

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
