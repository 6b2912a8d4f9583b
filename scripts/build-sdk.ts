/** Builds the two packages that others can install, into `dist/sdk` and `dist/provider-sdk`: `npm run build:sdk`. */
import { join } from "node:path";
import { buildPackage, type PackageSpec } from "./packages/build-package.ts";

const ROOT = join(import.meta.dirname, "..");

/** The packages by their folder in `dist/`, where package.json's exports expect them, too. */
export const PACKAGES = {
  sdk: {
    name: "@proviso/sdk",
    description: "The REST API of Proviso: a typed client, and the schemas of its requests and responses",
    folder: "sdk",
    leftOut: [],
    main: "client",
  },
  "provider-sdk": {
    name: "@proviso/provider-sdk",
    description: "Terraform providers in TypeScript",
    folder: "provider/sdk",
    leftOut: ["cty/arbitrary.ts"],
  },
} as const satisfies Readonly<Record<string, PackageSpec>>;

/** @param outDirectory gets a folder for the package. Default: `dist` of this clone. @returns the package's folder */
export async function buildSdk(name: keyof typeof PACKAGES, outDirectory = join(ROOT, "dist")): Promise<string> {
  const directory = join(outDirectory, name);
  await buildPackage(ROOT, PACKAGES[name], directory);
  return directory;
}

if (import.meta.main) {
  for (const name of ["sdk", "provider-sdk"] as const) console.log(`built ${PACKAGES[name].name} in ${await buildSdk(name)}`);
}
