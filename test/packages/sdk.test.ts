/** The SDK as others install it. */
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openServerWorld, type ServerWorld } from "../server/server-world.ts";
import { importAll, NODES, type OutsideProject, openOutsideProject, programOf } from "./outside-project.ts";

const ROOT = join(import.meta.dirname, "..", "..");

let world: ServerWorld;
let project: OutsideProject;

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  world = opened.use(await openServerWorld());
  project = opened.use(await openOutsideProject("sdk"));
  const owned = opened.move();
  return () => owned.disposeAsync();
});

/** It checks TypeBox's declarations too: 2 s alone, five times that on a busy machine. */
const COMPILER_MS = 120_000;

const SEEN = /^ann: no workspaces\n404: \S.*\n$/;
const surroundings = (): Record<string, string> => ({ CODER_URL: world.url, CODER_SESSION_TOKEN: world.sessionToken });

test("has the version of the program, and what it depends on", async () => {
  const manifest = JSON.parse(await readFile(join(project.installed, "package.json"), "utf8"));
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect(manifest).toMatchObject({ name: "@proviso/sdk", version, dependencies: { typebox: expect.stringMatching(/^\^\d/) } });
});

test(
  "its README's program is typed, and what it gets wrong the compiler sees",
  async () => {
    const program = await programOf(project);
    await project.write("main.ts", program);
    await project.write("all.ts", await importAll(project));
    await project.write("wrong.ts", program.replace("limit: 10", 'limit: "ten"').replace("latest_build.status", "latest_build.state"));
    const wrong = expect.stringMatching(/^wrong\.ts\(/);
    expect(await project.typeErrors()).toEqual([wrong, wrong]);
    await project.write("wrong.ts", "");
  },
  COMPILER_MS,
);

test(
  "as proviso/sdk, from a clone that has built it",
  async () => {
    const clone = join(project.directory, "node_modules", "proviso");
    await mkdir(join(clone, "dist"), { recursive: true });
    await cp(join(ROOT, "package.json"), join(clone, "package.json"));
    await cp(project.installed, join(clone, "dist", "sdk"), { recursive: true });
    await project.write("all.ts", "");
    await project.write("main.ts", (await programOf(project)).replaceAll("@proviso/sdk", "proviso/sdk"));
    expect(await project.typeErrors()).toEqual([]);
    expect(await project.node("26", ["main.ts"], surroundings())).toMatch(SEEN);
  },
  COMPILER_MS,
);

for (const version of ["24", "26"] as const) {
  test(`its README's program runs against a server under Node ${version}`, async () => {
    expect(await project.node(version, ["--version"]), NODES[version]).toMatch(new RegExp(`^v${version}\\.`));
    await project.write("main.ts", await programOf(project));
    expect(await project.node(version, ["main.ts"], surroundings())).toMatch(SEEN);
  });

  test(`each of its files can be imported under Node ${version}`, async () => {
    await project.write("all.ts", await importAll(project));
    expect(Number(await project.node(version, ["all.ts"]))).toBeGreaterThan(25);
  });
}
