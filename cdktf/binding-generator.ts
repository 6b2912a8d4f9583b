/**
 * Turns the schema of our provider into TypeScript classes for CDK for Terraform. What lives here: making the bindings. What must not:
 * anything that a running program needs; bindings are an author's tool, made on an author's machine.
 */

/** The seam behind which one generator can be changed for another: docs/decisions/0013-cdktf-bindings.md. */
export interface BindingGenerator {
  /**
   * Writes TypeScript sources: `providers/<name>/index.ts`, `lazy-index.ts`, and a folder for each type.
   *
   * @param schemaText what `terraform providers schema -json` prints, and `provider_versions` by address beside it, which the bindings
   *   will ask for in `required_providers`
   * @param directory is there, and empty
   */
  generate(schemaText: string, directory: string): Promise<void>;
}

/** Named after the library that the generated code imports. */
export const GENERATOR_NAMES = ["cdktf", "cdktn"] as const;
export type GeneratorName = (typeof GENERATOR_NAMES)[number];

/** Loads one generator and none of the others: each takes half a second to load, and starts things of its own while it does. */
export async function loadGenerator(name: GeneratorName): Promise<BindingGenerator> {
  switch (name) {
    case "cdktf":
      return (await import("./cdktf-generator.ts")).cdktfGenerator;
    case "cdktn":
      return (await import("./cdktn-generator.ts")).cdktnGenerator;
    default:
      throw new TypeError(`unknown generator ${JSON.stringify(name satisfies never)}`);
  }
}

export function isGeneratorName(text: string): text is GeneratorName {
  return GENERATOR_NAMES.some((name) => name === text);
}
