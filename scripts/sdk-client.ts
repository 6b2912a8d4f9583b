import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describedRoutes } from "#server/features.ts";
import { identityOf, namedSchemas } from "#server/http/schema-names.ts";
import { methodText } from "./sdk-client/method-text.ts";
import { type SdkType, TypeWriter } from "./sdk-client/type-text.ts";

/** Writes the source of the SDK's client: a method for each route of the server, named by its operationId, with the SDK's types. */
export async function sdkClient(root: string): Promise<string> {
  const types = new TypeWriter(await findSdkTypes(join(root, "sdk")));
  const methods = (await describedRoutes()).map((route) => methodText(route, types));
  return [
    "// Written by `npm run generate` from the routes of the server.",
    ...[...types.imports(), `import { type Connection, path, type RequestOptions } from "./connection.ts";`].toSorted(byFile),
    "",
    "/**",
    " * The API, one method per operation: parameters of the path, then the body, then an object with the query's parameters and a `signal`.",
    " * `user` is an ID, a name, or `me`; `organization` an ID, a name, or `default`. What a method needs is written as in the API's document.",
    " * Every method rejects with an ApiError if the server refuses.",
    " */",
    "export class ApiCalls {",
    "  readonly connection: Connection;",
    "",
    "  constructor(connection: Connection) {",
    "    this.connection = connection;",
    "  }",
    "",
    methods.join("\n"),
    "}",
    "",
  ].join("\n");
}

/** Sorts imports as the formatter does. */
function byFile(a: string, b: string): number {
  return a.slice(a.lastIndexOf(" ")) < b.slice(b.lastIndexOf(" ")) ? -1 : 1;
}

/** Finds the name and the file with which the SDK exports the type of a schema. */
async function findSdkTypes(folder: string): Promise<(schema: unknown) => SdkType | undefined> {
  const files = new Map<string, string>();
  for (const file of globSync("*.ts", { cwd: folder, exclude: ["*.test.ts", "api-calls.ts", "client.ts"] })) {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(folder, file)).href);
    for (const name of Object.keys(module)) files.set(name, file);
  }
  const named = namedSchemas();
  return (schema) => {
    const name = named.get(identityOf(schema) ?? {})?.name;
    const file = name === undefined ? undefined : files.get(name);
    return name === undefined || file === undefined ? undefined : { name, file };
  };
}
