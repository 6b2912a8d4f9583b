import { generateProviderBindingsFromSchema } from "@cdktn/provider-generator";
import type { BindingGenerator } from "./binding-generator.ts";

/** The generator of the maintained fork, for apps on `cdktn`. */
export const cdktnGenerator: BindingGenerator = {
  generate: (schemaText, directory) => generateProviderBindingsFromSchema(directory, JSON.parse(schemaText)),
};
