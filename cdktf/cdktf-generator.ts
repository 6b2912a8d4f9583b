import { generateProviderBindingsFromSchema } from "@cdktf/provider-generator";
import type { BindingGenerator } from "./binding-generator.ts";

/** HashiCorp's own generator, for apps on `cdktf`, in its last version: upstream is archived. */
export const cdktfGenerator: BindingGenerator = {
  generate: (schemaText, directory) => generateProviderBindingsFromSchema(directory, JSON.parse(schemaText)),
};
