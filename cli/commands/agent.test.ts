import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { runCli } from "#test/cli/run-cli.ts";

test("stays out of the help", async () => {
  const { code, stdout } = await runCli(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}server /m);
  expect(stdout).not.toMatch(/^ {2}agent /m);
});

const URL_SET = { CODER_AGENT_URL: "http://127.0.0.1:1" };
for (const { what, args, env, says } of [
  { what: "without an address", args: [], env: {}, says: "CODER_AGENT_URL" },
  { what: "without a token", args: [], env: URL_SET, says: "CODER_AGENT_TOKEN" },
  { what: "with a token on the command line", args: ["--agent-token", formatSecret("agent")], env: URL_SET, says: "--agent-token" },
]) {
  test(`hands its words to the agent, which does not start ${what}`, async () => {
    const { code, stdout, stderr } = await runCli(["agent", ...args], { env });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: /) });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/pva_\w/);
  });
}
