/** Writes every generated file of the repository: `npm run generate`. CI runs it and fails if it changes anything. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describedRoutes, unusedRoutes } from "#server/features.ts";
import { openApiDocument } from "#server/http/openapi.ts";
import { apiKeyScopes } from "./api-key-scopes.ts";
import { authorizationRules } from "./authorization-rules.ts";
import { cliReference } from "./cli-reference.ts";
import { PROVIDER_DOCS, writeProviderDocs } from "./provider-docs.ts";
import { sdkClient } from "./sdk-client.ts";
import { timeZoneNames } from "./time-zone-names.ts";

const API_DOCUMENT = "docs/api/openapi.json";
const SCOPES = "sdk/api-key-scopes.ts";
const SDK_CLIENT = "sdk/api-calls.ts";
const TIME_ZONES = "provider/coder/go/time-zone-names.ts";
const RULES = "test/authorization/rules.md";

/** Folders and files that only this script writes; of the rules, the table. */
export const GENERATED = ["proto/gen", "docs/cli.md", PROVIDER_DOCS, API_DOCUMENT, SCOPES, SDK_CLIENT, TIME_ZONES, RULES];

/** Writes all generated files. It needs neither a database nor a running server. */
export async function generate(root: string): Promise<void> {
  requireSuccess("buf generate", spawnSync("buf", ["generate"], { cwd: root, encoding: "utf8" }));
  writeFileSync(join(root, "docs/cli.md"), cliReference());
  writeProviderDocs(root);
  mkdirSync(join(root, "docs/api"), { recursive: true });
  writeFileSync(join(root, API_DOCUMENT), JSON.stringify(await openApiDocument(unusedRoutes())));
  writeFileSync(join(root, SCOPES), apiKeyScopes());
  writeFileSync(join(root, SDK_CLIENT), await sdkClient(root));
  writeFileSync(join(root, TIME_ZONES), timeZoneNames());
  writeFileSync(join(root, RULES), authorizationRules(join(root, RULES), await describedRoutes()));
  // Formats these files as `npm run format` would.
  const formatted = [API_DOCUMENT, SCOPES, SDK_CLIENT];
  requireSuccess("biome format", spawnSync("biome", ["format", "--write", ...formatted], { cwd: root, encoding: "utf8" }));
}

function requireSuccess(what: string, { status, stderr, error }: SpawnSyncReturns<string>): void {
  if (status !== 0) throw new Error(`${what}: ${error?.message ?? stderr}`);
}

if (import.meta.main) {
  await generate(process.cwd());
  console.log(`generated ${GENERATED.join(", ")}`);
}
