import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runMain, temporaryDirectory } from "./agent-process.ts";

type Answer = readonly [status: number, body: unknown];

/** A server with the two endpoints for Git, which records its requests. */
async function openApi(answer: (path: string, asked: number) => Answer) {
  const requests: { url: string; token: unknown }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    requests.push({ url: request.url ?? "", token: request.headers["coder-session-token"] });
    const [status, body] = answer(request.url ?? "", requests.length);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    requests,
    env: { CODER_AGENT_URL: `http://127.0.0.1:${port}/`, CODER_AGENT_TOKEN: "pva_test" },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** An `ssh` that records its arguments and the content of the last key file. */
async function fakeSsh(directory: string, exitCode: number): Promise<Record<string, string>> {
  const path = join(directory, "ssh");
  await writeFile(
    path,
    `#!/bin/sh
if [ "$1" = -G ]; then echo "identityfile ~/.ssh/mine"; echo "identityfile ~/.ssh/none"; exit 0; fi
echo "$@" > "$HOME/args"
for word in "$@"; do case "$word" in */key) cat "$word" > "$HOME/seen"; stat -c %a "$word" > "$HOME/mode"; echo "$word" > "$HOME/path";; esac; done
exit ${exitCode}
`,
  );
  await chmod(path, 0o755);
  return { PATH: `${directory}:${process.env.PATH}`, HOME: directory };
}

test("ssh gets the user's own keys first and the owner's key last, which is gone afterwards", async () => {
  await using folder = await temporaryDirectory();
  await using api = await openApi(() => [200, { public_key: "ssh-ed25519 AAAA", private_key: "PRIVATE\n" }]);
  const env = await fakeSsh(folder.path, 0);
  await runMain(["gitssh", "--", "-o", "Batch=yes", "git@host", "git-upload-pack"], { ...api.env, ...env });
  expect(await readFile(join(folder.path, "args"), "utf8")).toMatch(
    /^-i \S*coder-gitsshkey-\S+\/key -o Batch=yes git@host git-upload-pack\n$/,
  );
  expect(await readFile(join(folder.path, "seen"), "utf8")).toBe("PRIVATE\n");
  expect(await readFile(join(folder.path, "mode"), "utf8")).toBe("600\n");
  await expect(readFile((await readFile(join(folder.path, "path"), "utf8")).trim())).rejects.toThrow("ENOENT");
  expect(api.requests).toEqual([{ url: "/api/v2/workspaceagents/me/gitsshkey", token: "pva_test" }]);

  await mkdir(join(folder.path, ".ssh"));
  await writeFile(join(folder.path, ".ssh/mine"), "");
  await runMain(["gitssh", "--", "git@host"], { ...api.env, ...env });
  expect(await readFile(join(folder.path, "args"), "utf8")).toMatch(/^-i \S*\.ssh\/mine -i \S+\/key git@host\n$/);
});

test("a refused connection shows the public key, and every failure is 1", async () => {
  await using folder = await temporaryDirectory();
  await using api = await openApi(() => [200, { public_key: "ssh-ed25519 AAAA", private_key: "PRIVATE\n" }]);
  const refused = await runMain(["gitssh", "--", "git@host"], { ...api.env, ...(await fakeSsh(folder.path, 255)) });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("ssh-ed25519 AAAA") });
  expect(await runMain(["gitssh", "--", "git@host"], { ...api.env, ...(await fakeSsh(folder.path, 3)) })).toEqual({
    code: 1,
    stdout: "",
    stderr: "",
  });
});

test("an agent that may not have the key says so, and starts no ssh", async () => {
  await using folder = await temporaryDirectory();
  await using api = await openApi(() => [403, { message: "Forbidden." }]);
  const { code, stderr } = await runMain(["gitssh", "--", "git@host"], { ...api.env, ...(await fakeSsh(folder.path, 0)) });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "coder: get agent git ssh token: Forbidden. (403)\n" });
  await expect(readFile(join(folder.path, "args"))).rejects.toThrow("ENOENT");
});

const linked = { access_token: "t", token_extra: null, url: "", type: "gitlab", username: "oauth2", password: "t0ken" };
for (const { name, prompt, body, stdout } of [
  { name: "a username", prompt: "Username for 'https://git.example:8443': ", body: linked, stdout: "oauth2\n" },
  { name: "a password", prompt: "Password for 'https://oauth2@git.example:8443': ", body: linked, stdout: "t0ken\n" },
  {
    name: "the token as the name where there is no password",
    prompt: "Password for 'https://git.example:8443': ",
    body: { ...linked, username: "t", password: "" },
    stdout: "t\n",
  },
]) {
  test(`Git's prompt gets ${name}`, async () => {
    await using api = await openApi(() => [200, body]);
    expect(await runMain([prompt], { ...api.env, GIT_PREFIX: "" })).toEqual({ code: 0, stdout, stderr: "" });
    expect(api.requests[0]?.url).toBe("/api/v2/workspaceagents/me/external-auth?match=https%3A%2F%2Fgit.example%3A8443");
  });
}

test("Git's prompt waits until the owner has logged in", async () => {
  await using api = await openApi((_path, asked) => [
    200,
    asked < 3 ? { ...linked, username: "", password: "", url: "http://p/external-auth/x" } : linked,
  ]);
  const { code, stdout, stderr } = await runMain(["Username for 'https://git.example': "], { ...api.env, GIT_PREFIX: "" });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "oauth2\n" });
  expect(stderr).toContain("http://p/external-auth/x");
});

for (const { status, message } of [
  { status: 404, message: "no Git credentials are configured for https://git.example" },
  { status: 403, message: "get git token: Forbidden." },
]) {
  test(`Git's prompt without a credential (${status}) is left to Git`, async () => {
    await using api = await openApi(() => [status, { message: "Forbidden." }]);
    const answer = await runMain(["Username for 'https://git.example': "], { ...api.env, GIT_PREFIX: "" });
    expect(answer).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
  });
}

test("a prompt outside Git is no command", async () => {
  expect((await runMain(["Username for 'https://git.example': "], {})).code).toBe(2);
});
