import { generateProviderBindingsFromSchema } from "@cdktf/provider-generator";
import type { BindingGenerator } from "./binding-generator.ts";

/** HashiCorp's own, for apps on `cdktf`. Its last version: upstream is archived. */
export const cdktfGenerator: BindingGenerator = {
  generate: (schemaText, directory) => generateProviderBindingsFromSchema(directory, JSON.parse(schemaText)),
};
