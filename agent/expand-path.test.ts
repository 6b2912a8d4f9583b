import { expect, test } from "vitest";
import { expandPath, expandValue, expandVariables } from "#agent/expand-path.ts";
import { scriptEnvironment } from "#agent/script-environment.ts";

const env = { HOME: "/home/ann", NAME: "x", PATH: "/bin" };
for (const { path, expanded } of [
  { path: "", expanded: "" },
  { path: "~", expanded: "/home/ann" },
  { path: "~/src", expanded: "/home/ann/src" },
  { path: "src/$NAME", expanded: "/home/ann/src/x" },
  { path: "/opt/$" + "{NAME}y", expanded: "/opt/xy" },
  { path: "$HOME/a", expanded: "/home/ann/a" },
  { path: "$constructor/a", expanded: "/a" },
  { path: "~bob", expanded: "/home/ann/~bob" },
]) {
  test(`${JSON.stringify(path)} is ${JSON.stringify(expanded)}`, () =>
    expect(expandPath(path, { home: "/home/ann", env, base: "/home/ann" })).toBe(expanded));
}

test("a lone dollar stays", () => expect(expandVariables("5$ $1 $ $$NAME", env)).toBe("5$ $1 $ $x"));

for (const { value, with: set, without } of [
  { value: "/opt/bin:$PATH", with: "/opt/bin:/bin", without: "/opt/bin" },
  { value: "$" + "{PATH}:/opt/bin", with: "/bin:/opt/bin", without: "/opt/bin" },
  { value: "/a:$PATH:/b", with: "/a:/bin:/b", without: "/a:/b" },
  { value: "$PATH", with: "/bin", without: "" },
  { value: "/a::$NAME", with: "/a::x", without: "/a::x" },
  { value: "x$PATH:/a", with: "x/bin:/a", without: "x:/a" },
]) {
  test(`PATH=${value} adds to what is there, and leaves no gap where nothing is`, () => {
    expect(expandValue("PATH", value, env)).toBe(set);
    expect(expandValue("PATH", value, { NAME: "x" })).toBe(without);
    expect(expandValue("PATH", value, { NAME: "x", PATH: "" })).toBe(without);
  });
}

test("the template's variables win over ours, and Git's helpers over the template's", () => {
  const made = scriptEnvironment({
    env: { ...env, USER: "root", GONE: undefined },
    home: "/home/other",
    username: "ann",
    token: "secret",
    executable: "/opt/coder",
    binFolder: "/tmp/bin",
    workspace: { id: "w", name: "dev", agentName: "main", ownerName: "ann" },
    vscodeProxyUri: "",
    variables: { CODER: "mine", GREETING: "hi $NAME", GIT_ASKPASS: "/bin/false", CODER_AGENT_TOKEN: "other" },
  });
  expect(made).toMatchObject({
    HOME: "/home/ann",
    USER: "ann",
    CODER: "mine",
    GREETING: "hi x",
    PATH: "/tmp/bin:/bin",
    GIT_ASKPASS: "/opt/coder",
    GIT_SSH_COMMAND: "/opt/coder gitssh --",
    CODER_AGENT_TOKEN: "other",
    CODER_WORKSPACE_NAME: "dev",
  });
  expect(made).not.toHaveProperty("GONE");
  expect(made).not.toHaveProperty("VSCODE_PROXY_URI");
});
