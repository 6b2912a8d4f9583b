/** A provider as a process that a test starts in Terraform's place. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";

export const CODER_PLUGIN = join(import.meta.dirname, "../../bin/terraform-provider-coder");

/** What Terraform says in the environment, so that a plugin knows whose child it is. */
export const MAGIC_COOKIE = { TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2" };

export type PluginProcess = ChildProcess & { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream };

/** Starts a plugin with these variables and no others but PATH. It is ended with the test. */
export function startPlugin(program: string, env: Readonly<Record<string, string>>, args: readonly string[] = []): PluginProcess {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // Not a kill, after which its socket would stay.
    child.kill("SIGTERM");
    await ended;
  });
  return child;
}

/** Keeps what comes, from now on. @returns all of it so far */
export function textOf(stream: NodeJS.ReadableStream): () => string {
  let all = "";
  stream.on("data", (chunk: Buffer) => {
    all += chunk.toString("utf8");
  });
  return () => all;
}
