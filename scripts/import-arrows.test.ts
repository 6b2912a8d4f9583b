import { expect, test } from "vitest";
import { findWrongArrows, ROOMS } from "./import-arrows.ts";

const wrong = (file: string, target: string) => findWrongArrows([{ file, text: "", imports: [target] }]);

for (const { file, target } of [
  { file: "server/start.ts", target: "authz/decide.ts" },
  { file: "cli/main.ts", target: "server/start.ts" },
  { file: "cli/main.ts", target: "server/config.ts" },
  { file: "cli/main.ts", target: "agent/agent-command.ts" },
  { file: "cli/main.ts", target: "cli/options.ts" },
  { file: "provider/coder/provider.ts", target: "provider/sdk/provider.ts" },
  { file: "proto/program-version.ts", target: "package.json" },
])
  test(`${file} may import ${target}`, () => expect(wrong(file, target)).toEqual([]));

for (const { what, file, target } of [
  { what: "a program imports the server", file: "agent/main.ts", target: "server/errors.ts" },
  { what: "the server imports a program", file: "server/start.ts", target: "provisioner/daemon.ts" },
  { what: "the SDK imports anything", file: "sdk/client.ts", target: "proto/uuid.ts" },
  {
    what: "the plugin SDK imports a provider that is made with it",
    file: "provider/sdk/provider.ts",
    target: "provider/coder/provider.ts",
  },
  { what: "the CLI imports more of the server than its entry", file: "cli/main.ts", target: "server/people/json.ts" },
  { what: "the CLI imports more of the agent than its entry", file: "cli/main.ts", target: "agent/main.ts" },
  { what: "a program imports a test", file: "server/start.ts", target: "test/server/people.ts" },
  { what: "a program imports a script", file: "cli/main.ts", target: "scripts/demo.ts" },
])
  test(`it is wrong that ${what}`, () => {
    expect(wrong(file, target)).toEqual([{ file, imports: target, why: expect.any(String) }]);
  });

test("a file's room is the longest path that fits it", () => {
  expect(wrong("provisioner/daemon.ts", "provider/sdk/serve-plugin.ts")).toEqual([]);
  expect(wrong("provisioner/daemon.ts", "provider/release/mirror.ts")).toHaveLength(1);
});

test("every wrong import is found, whatever stands before it", () => {
  const found = findWrongArrows([
    { file: "sdk/client.ts", text: "", imports: ["sdk/names.ts", "server/errors.ts", "cli/main.ts"] },
    { file: "authz/decide.ts", text: "", imports: ["sdk/names.ts"] },
  ]);
  expect(found.map(({ file, imports }) => `${file} -> ${imports}`)).toEqual([
    "sdk/client.ts -> server/errors.ts",
    "sdk/client.ts -> cli/main.ts",
    "authz/decide.ts -> sdk/names.ts",
  ]);
});

test("the folders that are looked at are those of the table", () => {
  expect(ROOMS).toEqual(expect.arrayContaining(["server", "cli", "sdk", "provider/sdk", "provider/coder"]));
});
