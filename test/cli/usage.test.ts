import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finishCli, runCli, startCli } from "./run-cli.ts";

for (const command of [
  "",
  "login",
  "logout",
  "whoami",
  "tokens",
  "tokens create",
  "tokens list",
  "tokens view",
  "tokens update",
  "tokens usage",
  "tokens remove",
  "scopes list",
  "users",
  "users list",
  "users create",
  "users show",
  "users suspend",
  "users activate",
  "users delete",
  "users edit-roles",
  "users set-password",
  "audit list",
  "organizations",
  "organizations list",
  "organizations show",
  "organizations create",
  "organizations members list",
  "organizations members add",
  "organizations members remove",
  "organizations members edit-roles",
  "templates",
  "templates push",
  "templates list",
  "templates delete",
  "templates versions list",
  "create",
  "list",
  "show",
  "start",
  "stop",
  "delete",
  "logs",
  "server",
  "provisioner start",
  "provisioner keys create",
  "provisioner keys list",
  "provisioner keys delete",
  "provisioner jobs list",
  "provider mirror",
  "agent",
  "version",
]) {
  test(`\`proviso ${command}\` explains itself on stdout`, async () => {
    const run = await runCli([...command.split(" ").filter(Boolean), "--help"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(new RegExp(`^Usage: proviso ${command.replaceAll(" ", "\\S* ")}`));
    expect(run.stdout).toContain("--url <url>");
  });
}

for (const { what, args, says } of [
  {
    what: "an unknown option",
    args: ["list", "--frobnicate"],
    says: "error: unknown option '--frobnicate'\nRun \"proviso list --help\" for usage.\n",
  },
  {
    what: "an unknown command",
    args: ["lisst"],
    says: "error: unknown command 'lisst'\n(Did you mean list?)\nRun \"proviso --help\" for usage.\n",
  },
  {
    what: "a missing argument",
    args: ["show"],
    says: "error: missing required argument 'workspace'\nRun \"proviso show --help\" for usage.\n",
  },
  { what: "a format that does not exist", args: ["list", "-o", "xml"], says: "Allowed choices are table, json." },
  { what: "a lifetime that is none", args: ["tokens", "create", "--lifetime", "0h"], says: "It must be longer than zero." },
  { what: "a scope without a name", args: ["tokens", "create", "--scope", ""], says: "It must not be empty." },
  { what: "a parameter without a value", args: ["create", "w", "--parameter", "size"], says: "It must look like name=value." },
  { what: "a mirror without a name", args: ["provider", "mirror", ""], says: "It must not be empty." },
  { what: "a count that is none", args: ["server", "--provisioner-daemons", "some"], says: "It must be a whole number of at least 0." },
  { what: "a time that is none", args: ["server", "--provisioner-force-cancel-interval", "10"], says: "such as 45s, 10m or 1h30m" },
  {
    what: "a database of another kind, and does not show its password",
    args: ["server", "--data-dir", join(tmpdir(), "proviso-never-made"), "--database", "mysql://u:secret@h/d"],
    says: "error: the database URL is not valid: it must start with postgres://\n",
  },
  {
    what: "a command that needs a server, and none is known",
    args: ["list"],
    says: "error: you are not logged in, and no server is given",
  },
  {
    what: "an address that is none",
    args: ["--url", "ftp://x", "list"],
    says: 'error: "ftp://x" is not a valid address: expected an http or https URL\n',
  },
  {
    what: "a server that is not there",
    args: ["--url", "http://127.0.0.1:1", "--token", "t", "whoami"],
    says: "error: cannot reach the server: ",
  },
  {
    what: "a daemon without a key",
    args: ["--url", "http://127.0.0.1:1", "provisioner", "start"],
    says: "error: no provisioner key given",
  },
  {
    what: "a key that was not copied whole",
    args: ["--url", "http://127.0.0.1:1", "provisioner", "start", "--key", "pvk_abc"],
    says: "error: the provisioner key is not valid: check that it was copied completely\n",
  },
]) {
  test(`refuses ${what} in one sentence, and ends with 1`, async () => {
    const run = await runCli(args);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain(says);
    expect(run.stderr).toMatch(/^error: /);
    expect(run.stderr).not.toMatch(/^ +at /m);
  });
}

test("names a program of Coder's kind on the first line of --version, as init scripts expect", async () => {
  expect((await finishCli(startCli(["--version"]))).stdout).toMatch(/^Proviso v\d+\.\d+\.\d+ .*Coder.*\n$/);
});
