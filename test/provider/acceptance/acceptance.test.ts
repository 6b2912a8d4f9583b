import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildExecutable } from "#provider/release/executable.ts";
import { projectInProcess, projectWithPlugin } from "../terraform-project.ts";
import type { AcceptanceCase } from "./acceptance-case.ts";
import { acceptanceSuite } from "./acceptance-suite.ts";
import { agentCases } from "./agent.ts";
import { agentInstanceCases } from "./agent-instance.ts";
import { aiTaskCases } from "./ai-task.ts";
import { appCases } from "./app.ts";
import { devcontainerCases } from "./devcontainer.ts";
import { envCases } from "./env.ts";
import { externalAgentCases } from "./external-agent.ts";
import { externalAuthCases } from "./external-auth.ts";
import { metadataCases } from "./metadata.ts";
import { parameterCases } from "./parameter.ts";
import { provisionerCases } from "./provisioner.ts";
import { scriptCases } from "./script.ts";
import { secretCases } from "./secret.ts";
import { taskCases } from "./task.ts";
import { workspaceCases } from "./workspace.ts";
import { workspaceOwnerCases } from "./workspace-owner.ts";
import { workspacePresetCases } from "./workspace-preset.ts";
import { workspaceTagsCases } from "./workspace-tags.ts";

const cases: readonly AcceptanceCase[] = [
  agentCases,
  agentInstanceCases,
  aiTaskCases,
  appCases,
  devcontainerCases,
  envCases,
  externalAgentCases,
  externalAuthCases,
  metadataCases,
  parameterCases,
  provisionerCases,
  scriptCases,
  secretCases,
  taskCases,
  workspaceCases,
  workspaceOwnerCases,
  workspacePresetCases,
  workspaceTagsCases,
].flat();

acceptanceSuite("the provider in this process", cases, ({ files, env }) => projectInProcess({ files, coderEnv: env }));
acceptanceSuite("the provider's executable", cases, async (options) =>
  projectWithPlugin({ ...options, plugin: (await buildExecutable()).path }),
);

interface TypeSchema {
  readonly block: { readonly attributes?: object; readonly block_types?: object };
}

test("every attribute and block of every type is looked at in some state", async () => {
  const fixture = await readFile(join(import.meta.dirname, "../fixtures/coder-schema.json"), "utf8");
  const schema: { resource_schemas: Record<string, TypeSchema>; data_source_schemas: Record<string, TypeSchema> } = JSON.parse(fixture);
  const types = [
    ...Object.entries(schema.resource_schemas),
    ...Object.entries(schema.data_source_schemas).map(([name, type]) => [`data.${name}`, type] as const),
  ];
  const looked = new Set(
    cases.flatMap(({ state }) =>
      Object.entries(state).flatMap(([address, attributes]) => Object.keys(attributes).map((name) => `${typeIn(address)} ${name}`)),
    ),
  );
  const missing = types.flatMap(([type, { block }]) =>
    Object.keys({ ...block.attributes, ...block.block_types })
      .map((name) => `${type} ${name}`)
      .filter((name) => !looked.has(name)),
  );
  expect(missing).toEqual([]);
});

test("cases have names that a module can have, each its own", () => {
  const names = cases.map(({ name }) => name);
  expect(names.filter((name) => !/^[a-z_]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

function typeIn(address: string): string {
  const [, type = ""] = /^((?:data\.)?\w+)\./.exec(address) ?? [];
  return type;
}
