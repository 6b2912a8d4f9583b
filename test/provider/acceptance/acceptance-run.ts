import type { Attributes } from "../state.ts";
import type { CommandResult, TerraformProject, Variables } from "../terraform-project.ts";
import type { AcceptanceCase, AcceptanceChange } from "./acceptance-case.ts";

/** What Terraform made of all cases, which are modules of one configuration. */
export interface AcceptanceRun {
  readonly applied: States;
  /** After a second apply, which looks at everything again. */
  readonly refreshed: States;
  /** What the second apply planned. */
  readonly settled: ReadonlyMap<string, Actions>;
  /** What Terraform plans when every edit is made. */
  readonly planned: ReadonlyMap<string, Actions>;
  readonly left: States;
}

/** By the module, and the address in it. */
export type States = ReadonlyMap<string, ReadonlyMap<string, Attributes>>;

/** By the address in the module; what stays as it is does not appear. */
export type Actions = Readonly<Record<string, readonly string[]>>;

/**
 * A case is a module for its state and its first edit, and one more for each other edit: so one plan tells of all edits, and each still
 * stands alone.
 */
export function moduleName(name: string, edit = 0): string {
  return edit === 0 ? name : `${name}_${edit + 1}`;
}

const TERRAFORM_BLOCK = 'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n';

/** The root configuration, with a folder a module. */
export function acceptanceFiles(cases: readonly AcceptanceCase[]): Variables {
  const modules = cases.flatMap(({ name, main, changes = [] }) => [
    [moduleName(name), main] as const,
    ...changes.slice(1).map((_change, index) => [moduleName(name, index + 1), main] as const),
  ]);
  return {
    "main.tf": [TERRAFORM_BLOCK, ...modules.map(([name]) => `module "${name}" {\n  source = "./${name}"\n}\n`)].join("\n"),
    ...Object.fromEntries(modules.map(([name, main]) => [fileOf(name), moduleOf(main)])),
  };
}

/** @throws Error if two cases want one variable to differ */
export function acceptanceEnv(cases: readonly AcceptanceCase[]): Variables {
  const env = new Map<string, string>();
  for (const one of cases) {
    for (const [name, value] of Object.entries(one.env ?? {})) {
      if ((env.get(name) ?? value) !== value) throw new Error(`the case ${one.name} wants another ${name} than a case before it`);
      env.set(name, value);
    }
  }
  return Object.fromEntries(env);
}

/**
 * Plans, applies, refreshes and plans again, plans the edits, destroys.
 *
 * @param project with `acceptanceFiles`
 * @throws Error with Terraform's own text if a command fails
 */
export async function runAcceptance(project: TerraformProject, cases: readonly AcceptanceCase[]): Promise<AcceptanceRun> {
  const run = async (...args: readonly string[]): Promise<CommandResult> => {
    const result = await project.terraform(...args);
    if (result.exitCode !== 0) throw new Error(`terraform ${args.join(" ")} failed: ${result.stderr}${result.stdout.slice(-4_000)}`);
    return result;
  };
  await run("get");
  await run("plan", "-no-color", "-input=false", "-out=plan");
  await run("apply", "-no-color", "-input=false", "plan");
  const applied = statesIn((await run("state", "pull")).stdout);
  // A refresh and a plan in one command, each of which would start the plugin three times.
  const settled = actionsIn((await run("apply", "-json", "-auto-approve")).stdout);
  const refreshed = statesIn((await run("state", "pull")).stdout);

  const edit = async (mainOf: (one: AcceptanceCase, change: AcceptanceChange) => string): Promise<void> => {
    for (const one of cases)
      for (const [number, change] of (one.changes ?? []).entries())
        await project.write(fileOf(moduleName(one.name, number)), moduleOf(mainOf(one, change)));
  };
  await edit((_one, change) => change.main);
  const planned = actionsIn((await run("plan", "-json", "-input=false", "-refresh=false")).stdout);
  await edit(({ main }) => main);
  await run("destroy", "-no-color", "-auto-approve", "-refresh=false");
  return { applied, refreshed, settled, planned, left: statesIn((await run("state", "pull")).stdout) };
}

function fileOf(name: string): string {
  return `${name}/main.tf`;
}

function moduleOf(main: string): string {
  return `${TERRAFORM_BLOCK}\n${main}`;
}

interface StoredResource {
  readonly module?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly index_key?: string | number; readonly attributes: Attributes }[];
}

/** Without the types that are stored beside values of no fixed type. */
function withoutTypes(attributes: Attributes): Attributes {
  const plain = Object.entries(attributes).map(([name, value]) => {
    const isTyped = typeof value === "object" && value !== null && "value" in value && "type" in value;
    return [name, isTyped ? value.value : value] as const;
  });
  return Object.fromEntries(plain);
}

function statesIn(pulled: string): States {
  const states = new Map<string, Map<string, Attributes>>();
  const { resources }: { resources: readonly StoredResource[] } = JSON.parse(pulled);
  for (const { module = "", mode, type, name, instances } of resources) {
    const of = nameOf(module);
    const state = states.get(of) ?? new Map<string, Attributes>();
    states.set(of, state);
    for (const { index_key: key, attributes } of instances)
      state.set(
        `${mode === "data" ? "data." : ""}${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`,
        type === "terraform_data" ? withoutTypes(attributes) : attributes,
      );
  }
  return states;
}

interface PlannedLine {
  readonly type: string;
  readonly change?: { readonly action: string; readonly resource: { readonly module: string; readonly resource: string } };
}

/** From the lines of `plan -json`. */
function actionsIn(stdout: string): ReadonlyMap<string, Actions> {
  const found = new Map<string, Actions>();
  for (const text of stdout.split("\n").filter((line) => line !== "")) {
    const { type, change }: PlannedLine = JSON.parse(text);
    if (type !== "planned_change" || change === undefined) continue;
    const of = nameOf(change.resource.module);
    const actions = change.action === "replace" ? ["delete", "create"] : [change.action];
    found.set(of, { ...found.get(of), [change.resource.resource]: actions });
  }
  return found;
}

function nameOf(module: string): string {
  return module.slice("module.".length);
}
