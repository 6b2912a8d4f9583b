/** Reads the `variable` blocks of a root module. */
import { create } from "@bufbuild/protobuf";
import { type TemplateVariable, TemplateVariableSchema } from "#proto/gen/provisioner_pb.js";
import { compactJson, isJson, membersOf, plainValue, sourceAt } from "#tfstate/json-source.ts";
import type { ConfigurationFile } from "./configuration-files.ts";
import { literalJson } from "./hcl-literal.ts";
import { type HclBlock, scanBody } from "./hcl-scan.ts";

/** What one block says. Undefined is what it does not mention. */
export interface VariableBlock {
  readonly name: string;
  readonly description?: string | undefined;
  /** The source of the type. */
  readonly type?: string | undefined;
  /** As people see it; what is no literal is its source, as long as Terraform has not evaluated it. */
  readonly defaultValue?: string | undefined;
  readonly sensitive?: boolean | undefined;
  readonly ephemeral?: boolean | undefined;
}

/** The variables of a module. A later block of the same name is one of an override file, whose attributes replace the earlier ones. */
export class VariableBlocks {
  readonly #byName = new Map<string, VariableBlock>();

  add(block: VariableBlock): void {
    const said = Object.entries(block).filter(([, value]) => value !== undefined);
    this.#byName.set(block.name, { ...this.#byName.get(block.name), ...Object.fromEntries(said), name: block.name });
  }

  values(): VariableBlock[] {
    return [...this.#byName.values()];
  }

  messages(): TemplateVariable[] {
    return this.values().map(({ name, description = "", type = "", defaultValue, sensitive = false }) =>
      // Even a default of null is one: Terraform asks for a value only if there is none.
      create(TemplateVariableSchema, {
        name,
        description,
        type,
        defaultValue: defaultValue ?? "",
        required: defaultValue === undefined,
        sensitive,
      }),
    );
  }
}

/** Reads the blocks of one file, in the order of its lines. */
export function readVariables({ syntax, text }: Pick<ConfigurationFile, "syntax" | "text">): VariableBlock[] {
  if (syntax === "json") return readJsonVariables(text);
  return scanBody(text)
    .blocks.filter(({ type }) => type === "variable")
    .map(readVariable);
}

export function readVariable(block: HclBlock): VariableBlock {
  const attributes = new Map(scanBody(block.body).attributes.map(({ name, expression }) => [name, expression]));
  const literal = (name: string): string | undefined => {
    const json = literalJson(attributes.get(name) ?? "");
    return json === undefined ? undefined : plainValue(json);
  };
  return {
    name: block.labels[0] ?? "",
    description: literal("description"),
    type: attributes.get("type"),
    defaultValue: literal("default") ?? attributes.get("default"),
    sensitive: flag(attributes.get("sensitive")),
    ephemeral: flag(attributes.get("ephemeral")),
  };
}

/** Reads the blocks of a file in JSON. Strings are no templates here: Terraform takes what a variable block says literally. */
export function readJsonVariables(text: string): VariableBlock[] {
  if (!isJson(text)) return [];
  return membersOf(text)
    .filter(([type]) => type === "variable")
    .flatMap(([, labels]) => membersOf(labels))
    .filter(([, body]) => /^[{[]/.test(body))
    .map(([name, body]) => {
      const attributes = new Map(membersOf(body));
      const plain = (attribute: string): string | undefined => {
        const source = attributes.get(attribute);
        return source === undefined ? undefined : plainValue(source);
      };
      return {
        name,
        description: plain("description"),
        type: plain("type"),
        defaultValue: plain("default"),
        sensitive: flag(plain("sensitive")),
        ephemeral: flag(plain("ephemeral")),
      };
    });
}

/** Whatever is not plainly false may be true: a secret must not be shown because somebody wrote `!false`. */
function flag(source: string | undefined): boolean | undefined {
  return source === undefined || source === "" ? undefined : source !== "false";
}

/**
 * Replaces what was read by what Terraform made of it: defaults of any expression, evaluated and converted to the variable's type, with every
 * digit of their numbers.
 *
 * @param plan output of `terraform show -json` for a plan
 */
export function evaluatedVariables(variables: readonly TemplateVariable[], plan: string): TemplateVariable[] {
  const found = new Map(membersOf(sourceAt(plan, ["configuration", "root_module", "variables"]) ?? ""));
  return variables.map((variable) => {
    const attributes = new Map(membersOf(found.get(variable.name) ?? ""));
    const [value, description, sensitive] = [attributes.get("default"), attributes.get("description"), attributes.get("sensitive")];
    return create(TemplateVariableSchema, {
      ...variable,
      ...(value !== undefined && { defaultValue: plainValue(value) }),
      ...(description !== undefined && { description: plainValue(description) }),
      ...(attributes.size > 0 && { sensitive: sensitive !== undefined && compactJson(sensitive) === "true" }),
    });
  });
}
