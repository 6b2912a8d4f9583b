import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inProcessProvider, withOverride } from "./provider-host.ts";

const override = 'dev_overrides {\n    "registry.terraform.io/coder/coder" = "/opt/bin"\n  }';

for (const { given, config, wanted } of [
  { given: "no configuration", config: "", wanted: `\nprovider_installation {\n  ${override}\n  direct {}\n}\n` },
  {
    given: "one without a word about installation",
    config: 'credentials "x" {}\n',
    wanted: `credentials "x" {}\n\nprovider_installation {\n  ${override}\n  direct {}\n}\n`,
  },
  {
    given: "one with mirrors",
    config: 'provider_installation {\n  network_mirror {\n    url = "https://m/"\n  }\n}\n',
    wanted: `provider_installation {\n  ${override}\n\n  network_mirror {\n    url = "https://m/"\n  }\n}\n`,
  },
]) {
  test(`puts the provider's executable in front of ${given}`, () => expect(withOverride(config, "/opt/bin")).toBe(wanted));
}

/** A job's directory, and where the provider that is opened for it has its socket. */
async function openIn(name: string) {
  const parent = await mkdtemp(path.join(tmpdir(), "host-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const directory = path.join(parent, name);
  await mkdir(directory);
  const provider = await inProcessProvider.open({ env: {} }, directory);
  onTestFinished(() => provider[Symbol.asyncDispose]());
  const [socket = ""] = /[^"]+\.sock/.exec(provider.env.TF_REATTACH_PROVIDERS ?? "") ?? [];
  expect(existsSync(socket)).toBe(true);
  return { directory, provider, socket };
}

test("has its socket in the job's directory, which is swept after a daemon that was killed", async () => {
  const { directory, provider, socket } = await openIn("job");
  expect(path.dirname(socket)).toBe(directory);
  expect((statSync(socket).mode & 0o777).toString(8)).toBe("600");
  await provider[Symbol.asyncDispose]();
  expect(await readdir(directory)).toEqual([]);
});

test("has its socket elsewhere when the name of the job's directory is too long for one, and leaves nothing there", async () => {
  const { provider, socket } = await openIn("j".repeat(100));
  await provider[Symbol.asyncDispose]();
  expect(existsSync(path.dirname(socket))).toBe(false);
});
