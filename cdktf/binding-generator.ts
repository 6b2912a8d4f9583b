/**
 * Turns the schema of our provider into TypeScript classes for CDK for Terraform. This room generates the bindings. It must not contain
 * anything that a running program needs: bindings are an author's tool, generated on the author's machine.
 */

/** The interface behind which one generator can replace another: docs/decisions/0013-cdktf-bindings.md. */
export interface BindingGenerator {
  /**
   * Writes TypeScript sources: `providers/<name>/index.ts`, `lazy-index.ts`, and a folder for each type.
   *
   * @param schemaText the output of `terraform providers schema -json`, with an additional `provider_versions` by address, which the
   *   bindings will require in `required_providers`
   * @param directory must exist and be empty
   */
  generate(schemaText: string, directory: string): Promise<void>;
}

/** Named after the library that the generated code imports. */
export const GENERATOR_NAMES = ["cdktf", "cdktn"] as const;
export type GeneratorName = (typeof GENERATOR_NAMES)[number];

/** Loads only the requested generator: each takes half a second to load, and has side effects while loading. */
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
