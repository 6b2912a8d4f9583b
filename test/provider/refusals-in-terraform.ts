import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coderProvider } from "#provider/coder/provider.ts";
import { type SeenDiagnostic, UNKNOWN_TEXT } from "#provider/sdk/fake-host.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import type { Json, Refusal } from "./refusals.ts";
import type { JsonDiagnostic } from "./state.ts";
import { projectWithReattached, type TerraformProject } from "./terraform-project.ts";

/** A case and its number among all. */
export type NumberedCase = readonly [Refusal, number];

interface TypeSchemas {
  readonly [type: string]: { readonly block: { readonly block_types?: object } } | undefined;
}

/** Those that say the same to a Terraform that starts with nothing, and that reads and applies only what it knows. */
export async function configurationsAmong(refusals: readonly Refusal[]): Promise<readonly NumberedCase[]> {
  const fixture = await readFile(join(import.meta.dirname, "fixtures/coder-schema.json"), "utf8");
  const schemas: { readonly resource_schemas: TypeSchemas; readonly data_source_schemas: TypeSchemas } = JSON.parse(fixture);
  const isConfiguration = ({ type, config, before, when }: Refusal): boolean => {
    if (before !== undefined) return false;
    if (!JSON.stringify(config).includes(UNKNOWN_TEXT)) return true;
    // Blocks can be unknown only as a whole that nobody can write: Terraform wants to see what they hold.
    const ofType = schemas.resource_schemas[type] ?? schemas.data_source_schemas[type.slice("data.".length)];
    const blocks = Object.keys(ofType?.block.block_types ?? {});
    return !["read", "apply"].includes(when) && !blocks.some((name) => config[name] === UNKNOWN_TEXT);
  };
  return refusals.map((refusal, index) => [refusal, index] as const).filter(([refusal]) => isConfiguration(refusal));
}

/** One file holds one case, so that the file that a diagnostic names tells whose it is. */
export function fileOf(index: number): string {
  return `case-${index}.tf.json`;
}

/** The case in Terraform's JSON syntax, a property a line. @param provider what the configuration calls the provider of its build */
function terraformFile({ type, config }: Refusal, index: number, provider: string): string {
  const name = `case_${index}`;
  const body = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, literal(value)]));
  const json = type.startsWith("data.")
    ? { data: { [type.slice("data.".length)]: { [name]: { provider, ...body } } } }
    : type === "provider"
      ? // Terraform asks nothing of a provider that nothing uses.
        { provider: { [provider]: { alias: name, ...body } }, data: { coder_provisioner: { [name]: { provider: `${provider}.${name}` } } } }
      : { resource: { [type]: { [name]: { provider, ...body } } } };
  return JSON.stringify(json, null, 2);
}

/** Every string of Terraform's JSON syntax is a template, keys of maps too. */
function literal(value: unknown): unknown {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
  if (value === UNKNOWN_TEXT) return "${terraform_data.unknown.output}";
  if (typeof value === "string") return value.replaceAll(/[$%](?=\{)/g, "$&$&");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [literal(key), literal(item)]));
}

/** From the one object that `validate -json` prints, or the lines of `plan -json` and `apply -json`. */
export function diagnosticsIn(stdout: string): readonly JsonDiagnostic[] {
  if (stdout.startsWith("{\n")) return JSON.parse(stdout).diagnostics;
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { diagnostic?: JsonDiagnostic } => JSON.parse(line))
    .flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic]));
}

/** One configuration of many cases, in which each build has its provider. */
export async function projectOfRefusals(cases: readonly NumberedCase[]): Promise<RefusalProject> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "refusals-"));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const faults: unknown[] = [];
  const providers = new Map<string, string>();
  const sources: Record<string, { source: string }> = {};
  let reattach: Json = {};
  for (const env of new Set(cases.map(([refusal]) => JSON.stringify(refusal.env)))) {
    const name = `build-${providers.size}`;
    providers.set(env, name);
    sources[name] = { source: `coder/${name}` };
    const served = opened.use(
      await serveInProcess(coderProvider({ env: JSON.parse(env) }), {
        address: `registry.terraform.io/coder/${name}`,
        directory,
        onFault: (error) => faults.push(error),
      }),
    );
    reattach = { ...reattach, ...JSON.parse(served.reattachProviders) };
  }
  const files = {
    "main.tf.json": JSON.stringify({
      terraform: { required_providers: sources },
      resource: { terraform_data: { unknown: { input: "made" } } },
    }),
    ...Object.fromEntries(
      cases.map(([one, index]) => [fileOf(index), terraformFile(one, index, providers.get(JSON.stringify(one.env)) ?? "")]),
    ),
  };
  const project = opened.use(await projectWithReattached({ files }, JSON.stringify(reattach)));
  const owned = opened.move();
  return { terraform: project.terraform, faults, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export interface RefusalProject extends AsyncDisposable, Pick<TerraformProject, "terraform"> {
  readonly faults: readonly unknown[];
}

export interface AskedCase {
  readonly refusal: Refusal;
  readonly index: number;
  readonly expected: readonly SeenDiagnostic[];
}

/**
 * How what Terraform printed differs from what the tables say, a line a difference. Terraform asks about a block once a phase and prints in
 * the order in which it comes to the blocks: neither order nor repetition counts.
 */
export function differences(cases: readonly AskedCase[], printed: readonly JsonDiagnostic[]): readonly string[] {
  const byFile = Map.groupBy(printed, ({ range }) => range?.filename);
  const found: string[] = [];
  for (const { refusal, index, expected } of cases) {
    const said = byFile.get(fileOf(index)) ?? [];
    byFile.delete(fileOf(index));
    const tell = (what: string, text: string) => found.push(`${refusal.place} ${refusal.type}, ${refusal.name}: ${what} ${text}`);
    const [wanted, got] = [new Set(expected.map(textOf)), new Set(said.map(textOf))];
    for (const text of wanted.difference(got)) tell("not printed:", text);
    for (const text of got.difference(wanted)) tell("printed:", text);
    for (const one of said) {
      const { path } = expected.find((other) => textOf(other) === textOf(one)) ?? { path: "" };
      if (!pointsAt(path, refusal, one)) tell(`does not point at ${path}:`, textOf(one));
    }
  }
  for (const one of [...byFile.values()].flat()) found.push(`of no case: ${textOf(one)} ${one.range?.filename ?? "without a file"}`);
  return found;
}

function textOf({ severity, summary, detail }: { severity: string; summary: string; detail: string }): string {
  return `${severity}: ${summary}${detail === "" ? "" : `\n${detail}`}`;
}

/**
 * Terraform prints the lines that it means. For a nested block that would be a brace, but it says in which block that is; for what is not
 * written it is the end of the block that it could stand in.
 */
function pointsAt(path: string, { config }: Refusal, { snippet }: JsonDiagnostic): boolean {
  const name = path
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(".")
    .at(-1);
  const isWritten = path !== "" && JSON.stringify(config).includes(`"${name}"`);
  return snippet !== undefined && (!isWritten || snippet.code.includes(`"${name}"`) || snippet.context?.endsWith(`.${path}`) === true);
}
