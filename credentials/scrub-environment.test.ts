import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

test.skipIf(process.platform !== "linux")("what was scrubbed is in no view of the environment, and all else still is", async () => {
  const program = `
    const { scrubEnvironment } = await import(${JSON.stringify(path.join(import.meta.dirname, "scrub-environment.ts"))});
    const isScrubbed = scrubEnvironment((name) => name.startsWith("SECRET_"), { keep: (name) => name === "SECRET_KEPT" });
    const kept = process.env.SECRET_KEPT === ["hid", "den-3"].join("");
    delete process.env.SECRET_KEPT;
    console.log(JSON.stringify({ isScrubbed, kept, env: process.env }));
    setInterval(() => {}, 1000);`;
  const env = {
    PATH: process.env.PATH,
    BEFORE: "kept-1",
    SECRET_KEY: "hidden=1",
    SECRET_EMPTY: "",
    AFTER: "kept-2",
    SECRET_KEPT: "hidden-3",
    SECRET_LAST: "hidden-2",
  };
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"], env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  const said = JSON.parse(String(line));
  expect(said).toMatchObject({ isScrubbed: true, kept: true, env: { BEFORE: "kept-1", AFTER: "kept-2" } });
  const shown = readFileSync(`/proc/${child.pid}/environ`, "latin1");
  expect(shown).toContain("BEFORE=kept-1");
  expect(shown).toContain("AFTER=kept-2");
  expect(JSON.stringify(said.env) + shown).not.toContain("hidden");
});
