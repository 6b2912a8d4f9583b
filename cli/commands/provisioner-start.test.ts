import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { runCli } from "#test/cli/run-cli.ts";

const KEY = formatSecret("provisioner");

for (const { what, args, env, says } of [
  { what: "without a key", args: [], env: {}, says: /^error: .*`proviso provisioner keys create`.*CODER_PROVISIONER_DAEMON_KEY/ },
  { what: "with a key that was not copied whole", args: ["--key", KEY.slice(0, -4)], env: {}, says: /^error: .*key/ },
  { what: "with another kind of secret", args: [], env: { CODER_PROVISIONER_DAEMON_KEY: formatSecret("token") }, says: /^error: .*key/ },
  { what: "without a server", args: ["--key", KEY], env: {}, says: /^error: .*`proviso login <url>`/ },
  {
    what: "with a shape of the provider that there is not",
    args: ["--key", KEY, "--provider", "cloud"],
    env: {},
    says: /in-process, plugin/,
  },
]) {
  test(`does not start ${what}, and does not show the key`, async () => {
    const { code, stdout, stderr } = await runCli(["provisioner", "start", ...args], { env });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
    expect(stderr).not.toContain(KEY.slice(0, -4));
  });
}
