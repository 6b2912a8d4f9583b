#!/usr/bin/env node
/**
 * Runs one of the project's scripts with the project's own Node, and installs the project's packages first if they are missing or differ
 * from package-lock.json. This file runs before anything is installed, on the Node that started npm: version 20 or newer, with only Node's
 * own modules.
 *
 * Everything printed here goes to stderr, including npm's output, so that stdout belongs to the script, which may print JSON.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
/** These run Terraform; the others work without it. */
const NEEDS_TERRAFORM = new Set(["scripts/demo.ts", "scripts/faults.ts", "scripts/test.ts"]);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const projectNode = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");

const [script, ...scriptArguments] = process.argv.slice(2);
if (script === undefined) fail("usage: node scripts/with-install.mjs <script> [arguments]");
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE)
  fail(`Proviso requires Node ${OLDEST_NODE} or newer to install itself, but this is Node ${process.versions.node}.`);
if (NEEDS_TERRAFORM.has(script) && !isOnPath("terraform"))
  fail(
    "terraform is not on the PATH: install Terraform 1.4 or newer from https://developer.hashicorp.com/terraform/install and try again.",
  );

const reason = whyInstall();
if (reason !== undefined) install(reason);
run(script, scriptArguments);

/**
 * Returns why `npm ci` is needed, or undefined. npm puts a copy of the lockfile next to the packages after an install, so what is missing
 * or different there is missing or different on disk. Optional packages of other platforms may be absent.
 */
function whyInstall() {
  const installed = readLock(join(root, "node_modules", ".package-lock.json"));
  if (installed === undefined) return "no packages are installed yet";
  if (!existsSync(projectNode)) return "the project's own Node is missing";
  const wanted = readLock(join(root, "package-lock.json"));
  if (wanted === undefined) fail(`${join(root, "package-lock.json")} is missing or is not JSON.`);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link) continue;
    const present = installed[path];
    if (present === undefined && !entry.optional) return `${path} is missing`;
    if (present !== undefined && (present.version !== entry.version || present.integrity !== entry.integrity)) return `${path} has changed`;
  }
  return Object.keys(installed).some((path) => wanted[path] === undefined) ? "packages were removed from the lockfile" : undefined;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
  } catch {
    return undefined;
  }
}

function isOnPath(program) {
  const names = process.platform === "win32" ? [`${program}.exe`, program] : [program];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

function install(why) {
  process.stderr.write(`Installing packages with npm ci (${why}) ...\n`);
  const startedAt = Date.now();
  // At lower levels, npm would list every package that requires a newer Node than this one. They run on the project's own Node.
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.error !== undefined) fail(`could not start npm (${result.error.message}): it is part of Node, from https://nodejs.org.`);
  if (result.status !== 0) fail(`npm ci failed (${result.signal ?? `exit code ${result.status}`}): see its message above.`);
  if (!existsSync(projectNode))
    fail("npm ci succeeded, but the project's own Node is missing: check that install scripts are not disabled.");
  process.stderr.write(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`);
}

/** Forwards signals, and ends as the script does: with the same exit code, or the code of its signal. */
function run(path, args) {
  const child = spawn(projectNode, [path, ...args], { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group; if it was also forwarded, the script would take it for a second Ctrl-C.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once("error", (error) => fail(`could not start the project's Node: ${error.message}`));
  child.once("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0);
  });
}

function fail(sentence) {
  process.stderr.write(`error: ${sentence}\n`);
  process.exit(1);
}
