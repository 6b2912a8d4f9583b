/** Agents on a machine with other users, who share a temporary folder with them, take over their processes, or mean them harm. */
import { execFileSync } from "node:child_process";
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROGRAMS, startAgent } from "./agent-process.ts";
import { type AgentWorld, openAgentWorld, until } from "./agent-world.ts";

const isRoot = process.getuid?.() === 0;
/** Only root can start processes of other users. */
const rootTest = test.skipIf(!isRoot);
/** Users without an entry in the password database. */
const [ANN, EVE] = [54_321, 54_322];
const environmentOf = (world: AgentWorld) => ({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: world.token });
const outputs = (world: AgentWorld) => world.logs.map((line) => line.output);

/** A folder like /tmp. */
async function sharedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agent-shared-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o1777);
  return folder;
}

const placesIn = (folder: string) => ({ TMPDIR: folder, CODER_AGENT_LOG_DIR: undefined, CODER_AGENT_SCRIPT_DATA_DIR: undefined });

for (const { name, command } of PROGRAMS) {
  rootTest(`${name} of a user without HOME and without an entry in the password database has / for a home`, async () => {
    await using world = await openAgentWorld({ scripts: [{ script: "id -u; echo $HOME; pwd" }] });
    await using agent = await startAgent({ ...environmentOf(world), HOME: undefined }, { user: ANN, command });
    await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 3);
    expect(outputs(world)).toEqual([`${ANN}`, "/", "/"]);
    expect(await agent.end("SIGTERM")).toBe(0);
  });
}

rootTest("the agents of two users share a temporary folder, and each has its own data and logs there", async () => {
  const folder = await sharedFolder();
  const scripts = [{ script: "echo $CODER_SCRIPT_DATA_DIR; echo $PATH | cut -d: -f1", logPath: "startup.log" }, { script: "id -u" }];
  for (const user of [ANN, EVE]) {
    await using world = await openAgentWorld({ scripts });
    await using agent = await startAgent({ ...environmentOf(world), ...placesIn(folder) }, { user });
    await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 3);
    const data = join(folder, user === ANN ? "coder-script-data" : `coder-script-data-${EVE}`);
    expect(outputs(world).toSorted()).toEqual([`${user}`, join(data, world.sourceIds[0] ?? ""), join(data, "bin")].toSorted());
    expect(await agent.end("SIGTERM")).toBe(0);
  }
  const script = "coder-script-55555555-0000-4000-8000-000000000001";
  const base = ["coder-agent.log", `${script}.log`, "coder-script-data", "startup.log"];
  const eves = [`coder-agent-${EVE}.log`, `${script}-${EVE}.log`, `coder-script-data-${EVE}`, `startup-${EVE}.log`];
  expect((await readdir(folder)).toSorted()).toEqual([...base, ...eves].toSorted());
  for (const [name, user] of [...base.map((each) => [each, ANN] as const), ...eves.map((each) => [each, EVE] as const)])
    expect((await stat(join(folder, name))).uid, name).toBe(user);
});

for (const victim of [ANN, 0]) {
  rootTest(`user ${victim} neither runs nor writes through what another user has put in its way`, async () => {
    const folder = await sharedFolder();
    const source = "55555555-0000-4000-8000-00000000000";
    const eves = async (path: string): Promise<string> => {
      await chown(path, EVE, EVE);
      return path;
    };
    const trap = join(folder, "trap");
    await mkdir(
      await mkdir(trap)
        .then(() => eves(trap))
        .then(() => join(trap, "bin")),
    );
    await writeFile(join(trap, "bin", "ls"), "#!/bin/sh\necho eve\n", { mode: 0o755 });
    for (const name of ["target", "readable"]) await writeFile(join(trap, name), "", { mode: 0o666 });
    for (const name of ["target", "readable", "bin"]) await eves(join(trap, name));
    // Her links, her folder, a file that she may read, a pipe that nobody reads, and a second name of her file.
    const asEve = (...command: string[]): void =>
      void execFileSync("setpriv", [`--reuid=${EVE}`, `--regid=${EVE}`, "--clear-groups", ...command]);
    asEve("ln", "-s", trap, join(folder, "coder-script-data"));
    asEve("cp", "-r", trap, join(folder, `coder-script-data-${victim}`));
    asEve("ln", "-s", join(trap, "target"), join(folder, "coder-agent.log"));
    asEve("sh", "-c", `umask 0; : > ${join(folder, `coder-agent-${victim}.log`)}`);
    asEve("mkfifo", "-m", "666", join(folder, `coder-script-${source}0.log`));
    asEve("ln", join(trap, "readable"), join(folder, `coder-script-${source}1.log`));
    asEve("ln", "-s", join(trap, "target"), join(folder, "later.log"));

    const scripts = [
      { script: "head -c 200000 /dev/zero | tr '\\0' x | fold; echo; ls -d /" },
      { script: "ls -d /", logPath: join(trap, "inside.log") },
      { script: "ls -d /", logPath: "later.log" },
      { script: "ls -d /", logPath: join(folder, "later.log") },
    ];
    await using world = await openAgentWorld({ scripts });
    await using agent = await startAgent({ ...environmentOf(world), ...placesIn(folder) }, { user: victim });
    await until("ready", () => world.lifecycle.includes("ready"));
    await until("the logs", () => outputs(world).filter((line) => line === "/").length === 4);
    expect(outputs(world)).not.toContain("eve");
    expect(await agent.end("SIGTERM")).toBe(0);
    expect((await readdir(trap)).toSorted()).toEqual(["bin", "readable", "target"]);
    for (const path of [join(trap, "target"), join(trap, "readable"), join(folder, `coder-agent-${victim}.log`)])
      expect(await readFile(path, "utf8"), path).toBe("");
    expect((await readdir(join(folder, `coder-script-data-${victim}`))).toSorted()).toEqual(["bin", "readable", "target"]);
  });
}

rootTest(
  "a script that has become another user's and runs past its timeout has timed out, and the agent stays alive",
  async () => {
    const folder = await sharedFolder();
    // Does what sudo does.
    const become = join(folder, "become");
    await copyFile(execFileSync("which", ["setpriv"], { encoding: "utf8" }).trim(), become);
    await chmod(become, 0o4755);
    const asRoot = `${become} --reuid 0 --regid 0 --clear-groups`;
    await using world = await openAgentWorld({
      scripts: [
        { script: `exec ${asRoot} sleep 20`, timeoutSeconds: 1 },
        { script: `${asRoot} sleep 20; true`, timeoutSeconds: 1 },
        { script: `(${asRoot} sleep 20) & sleep 20; wait`, timeoutSeconds: 1 },
        { script: "trap '' HUP; sleep 20", timeoutSeconds: 1 },
      ],
      metadata: [{ key: "deaf", script: `exec ${asRoot} sleep 20`, interval: 60, timeout: 1 }],
    });
    await using agent = await startAgent(environmentOf(world), { user: ANN });
    await until("the start", () => world.lifecycle.includes("start_timeout") && world.timings.length === 4, 40_000);
    await until("the logs", () => world.logs.length === 4 && world.metadata.length === 1);
    expect(world.timings.map(({ status, exit_code }) => [status, exit_code])).toEqual(Array(4).fill(["timed_out", 255]));
    const alone = "the script did not end within 1 s and was stopped";
    const left = `${alone}, but something that it started goes on, perhaps as another user`;
    const remarkOf = (n: number) => world.logs.filter((line) => line.sourceId === world.sourceIds[n]).map((line) => line.output);
    expect([0, 1, 2, 3].map(remarkOf)).toEqual([[left], [left], [left], [alone]]);
    expect(world.metadata[0]).toMatchObject({ error: "run cmd: context deadline exceeded" });
    expect(await agent.end("SIGTERM")).toBe(0);
    expect(world.lifecycle.at(-1)).toBe("off");
  },
  60_000,
);
