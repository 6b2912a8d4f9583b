/**
 * The Node that runs the tests. An editor starts vitest with whatever Node comes first on its PATH, but the tests, and the programs that they
 * start, are TypeScript that only a newer one runs. This file and what it imports must run on Node 20.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { basename, join } from "node:path";

/** The oldest Node that runs the tests: `engines` in package.json. */
const OLDEST_NODE = 24;

/**
 * Does nothing on a Node that is new enough. On an older one, a vitest that is a program of its own is run again under the project's Node, and
 * this process ends as that one ends. Within another program, such as an editor's extension, vitest's workers get the project's Node.
 *
 * @param root the project's folder
 * @returns never, if vitest is run again
 * @throws Error if the project's Node is not installed
 */
export async function useProjectNode(root: string): Promise<void> {
  const version = process.versions.node;
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return;
  const node = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(node)) {
    throw new Error(`The tests need Node ${OLDEST_NODE} or newer, and this is Node ${version}: run \`npm ci\` in ${root} to install one.`);
  }
  if (isOwnProgram()) await runAgain(node);
  // What Node forks, it starts with this. The program around vitest cannot be run again: it talks to the editor.
  else process.execPath = node;
}

function isOwnProgram(): boolean {
  return /^vitest(\.mjs)?$/.test(basename(process.argv[1] ?? "")) && process.send === undefined;
}

function runAgain(node: string): Promise<never> {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both processes: handed on as well, it would look like a second one.
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  });
}
