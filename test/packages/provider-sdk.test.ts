/** The provider SDK as others install it. */
import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { importAll, NODES, type OutsideProject, openOutsideProject, programOf } from "./outside-project.ts";

const ROOT = join(import.meta.dirname, "..", "..");

let project: OutsideProject;

beforeAll(async () => {
  project = await openOutsideProject("provider-sdk");
  return () => project[Symbol.asyncDispose]();
});

test("its README's program is typed, and what it gets wrong the compiler sees", async () => {
  const program = await programOf(project);
  await project.write("main.ts", program);
  await project.write("all.ts", await importAll(project));
  await project.write("wrong.ts", program.replace("text: `Hello", "words: `Hello"));
  expect(await project.typeErrors()).toEqual([expect.stringMatching(/^wrong\.ts\(/)]);
  await project.write("wrong.ts", "");
});

test("as proviso/provider-sdk, from a clone that has built it: the example of the documentation", async () => {
  const clone = join(project.directory, "node_modules", "proviso");
  await mkdir(join(clone, "dist"), { recursive: true });
  await cp(join(ROOT, "package.json"), join(clone, "package.json"));
  await cp(project.installed, join(clone, "dist", "provider-sdk"), { recursive: true });
  await cp(join(ROOT, "examples", "provider-sdk", "provider.ts"), join(project.directory, "provider.ts"));
  await project.write("shelf.ts", SHELF);
  expect(await project.typeErrors()).toEqual([]);
  expect(await project.node("26", ["shelf.ts"])).toBe(`${join(project.directory, "list.txt")}\n`);
});

for (const version of ["24", "26"] as const) {
  test(`Terraform gets an answer from its README's program under Node ${version}`, async () => {
    expect(await project.node(version, ["--version"]), NODES[version]).toMatch(new RegExp(`^v${version}\\.`));
    await project.write("main.ts", await programOf(project));
    await project.write("terraform-provider-hello", `#!/bin/sh\nexec "${NODES[version]}" "$(dirname "$0")/main.ts" "$@"\n`, 0o755);
    const overrides = `dev_overrides {\n    "acme/hello" = ${JSON.stringify(project.directory)}\n  }`;
    await project.write("dev.tfrc", `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
    await project.write("main.tf", CONFIGURATION);
    const env = { PATH: process.env.PATH, TF_CLI_CONFIG_FILE: "dev.tfrc", CHECKPOINT_DISABLE: "1" };
    const { stdout } = await promisify(execFile)("terraform", ["apply", "-no-color", "-auto-approve"], { cwd: project.directory, env });
    expect(stdout).toContain('text = "Hello, world!"');
  });

  test(`each of its files can be imported under Node ${version}`, async () => {
    await project.write("all.ts", await importAll(project));
    expect(Number(await project.node(version, ["all.ts"]))).toBeGreaterThan(50);
  });
}

const CONFIGURATION = `terraform {
  required_providers {
    hello = {
      source = "acme/hello"
    }
  }
}

data "hello_greeting" "world" {
  name = "world"
}

output "text" {
  value = data.hello_greeting.world.text
}
`;

const SHELF = `import { cwd } from "node:process";
import { FakeHost } from "proviso/provider-sdk/fake-host";
import { shelfProvider } from "./provider.ts";

const host = await FakeHost.connect(shelfProvider(), { folder: cwd() });
const { state } = await host.apply("shelf_note", { name: "list", text: "Bread" });
if (typeof state === "object" && state !== null && "path" in state) console.log(state.path);
`;
