import { create } from "@bufbuild/protobuf";
import { type Module, ModuleSchema } from "#proto/gen/provisioner_pb.js";
import { objectsMember, parseJsonObject, stringMember } from "./json.ts";
import { readInside } from "./read-inside.ts";

/** Reads the modules that `terraform init` installed, without the root module. Returns none if there is no list of modules. */
export async function readModules(templateDirectory: string): Promise<Module[]> {
  const text = (await readInside(templateDirectory, ".terraform", "modules", "modules.json")) ?? "";
  const list = parseJsonObject(text);
  if (list === undefined) return [];
  return objectsMember(list, "Modules")
    .map((module) =>
      create(ModuleSchema, {
        source: stringMember(module, "Source") ?? "",
        version: stringMember(module, "Version") ?? "",
        key: stringMember(module, "Key") ?? "",
        dir: stringMember(module, "Dir") ?? "",
      }),
    )
    .filter((module) => module.source !== "");
}
