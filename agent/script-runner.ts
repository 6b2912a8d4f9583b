import { isAbsolute, join } from "node:path";
import { Cron } from "croner";
import type { Logger } from "pino";
import type { LineSplitter } from "#transport/line-splitter.ts";
import { type CommandEnd, commandFor, runShellCommand } from "./command.ts";
import { expandPath } from "./expand-path.ts";
import { firstUsableFolder } from "./home.ts";
import type { LogLevel, LogQueue } from "./log-queue.ts";
import type { Script } from "./manifest.ts";
import type { ScriptFolders } from "./script-folders.ts";
import { scriptLines } from "./script-lines.ts";
import { openScriptLog, type ScriptLog } from "./script-log.ts";

export type ScriptStage = "start" | "stop" | "cron";
export type ScriptStatus = "ok" | "exit_failure" | "timed_out" | "pipes_left_open";
/** The combined outcome of all scripts of a stage. */
export type StageOutcome = "ok" | "failed" | "timed_out";

export interface ScriptTiming {
  readonly scriptId: string;
  readonly stage: ScriptStage;
  readonly status: ScriptStatus;
  /** 255 if the process has none, because it was killed or never started. */
  readonly exitCode: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

export interface ScriptRunnerDeps {
  readonly scripts: readonly Script[];
  readonly directory: string;
  readonly home: string;
  readonly shell: string;
  /** The environment for expanding log paths. */
  readonly agentEnv: Readonly<Record<string, string | undefined>>;
  /** The environment of the scripts, without the variables that differ per script. */
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  readonly folders: ScriptFolders;
  readonly logs: Pick<LogQueue, "add" | "flush">;
  readonly reportTiming: (timing: ScriptTiming) => void;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Runs the template's scripts: at start, at stop and on a schedule. Closing ends what still runs. */
export class ScriptRunner implements AsyncDisposable {
  readonly #deps: ScriptRunnerDeps;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #jobs: Cron[] = [];

  constructor(deps: ScriptRunnerDeps) {
    this.#deps = deps;
  }

  /** Runs all scripts of the stage at once; resolves when the last one has ended. */
  async runStage(stage: "start" | "stop"): Promise<StageOutcome> {
    const scripts = this.#deps.scripts.filter((script) => (stage === "start" ? script.runOnStart : script.runOnStop));
    const statuses = await Promise.all(scripts.map((script) => this.#run(script, stage)));
    if (statuses.includes("timed_out")) return "timed_out";
    return statuses.every((status) => status === "ok") ? "ok" : "failed";
  }

  /** Starts the schedules. A bad one is reported in its script's log and affects no other. A script that still runs skips its turn. */
  startSchedules(): void {
    for (const script of this.#deps.scripts.filter(({ cron }) => cron !== "")) {
      try {
        // The day of the week is optional here, but a parser that also knows five fields without seconds would misread that.
        const pattern = script.cron.trim().split(/\s+/).length === 5 ? `${script.cron.trim()} *` : script.cron;
        this.#jobs.push(new Cron(pattern, { protect: true, mode: "6-part" }, () => this.#run(script, "cron").then(() => {})));
      } catch (error) {
        this.#say(script, "error", `invalid schedule ${JSON.stringify(script.cron)}: ${error instanceof Error ? error.message : error}`);
        this.#deps.logs.flush(script.logSourceId);
      }
    }
  }

  stopSchedules(): void {
    for (const job of this.#jobs.splice(0)) job.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopSchedules();
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }

  #run(script: Script, stage: ScriptStage): Promise<ScriptStatus> {
    const run = this.#runAndReport(script, stage);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run)).catch(() => {});
    return run;
  }

  async #runAndReport(script: Script, stage: ScriptStage): Promise<ScriptStatus> {
    const { now, logs, log, reportTiming } = this.#deps;
    const startedAt = now();
    const end = await this.#start(script);
    const { status, exitCode, remark } = judge(end, script);
    if (remark !== undefined) this.#say(script, status === "pipes_left_open" ? "warn" : "error", remark);
    logs.flush(script.logSourceId);
    const endedAt = now();
    reportTiming({ scriptId: script.id, stage, status, exitCode, startedAt, endedAt });
    log.info({ script: script.displayName, stage, status, exitCode, ms: endedAt.getTime() - startedAt.getTime() }, "script ended");
    return status;
  }

  async #start(script: Script): Promise<CommandEnd> {
    const { folders, env, shell, directory, home } = this.#deps;
    try {
      using copy = this.#openLog(script);
      const scriptEnv = { ...env, CODER_SCRIPT_DATA_DIR: folders.data(script.logSourceId), CODER_SCRIPT_BIN_DIR: folders.bin() };
      const stdout = scriptLines((line) => this.#say(script, "info", line));
      const stderr = scriptLines((line) => this.#say(script, "error", line));
      const both = (lines: LineSplitter) => (bytes: Buffer) => {
        copy?.write(bytes);
        lines.write(bytes);
      };
      const run = {
        cwd: firstUsableFolder([directory, home]),
        env: scriptEnv,
        timeoutMs: script.timeoutMs,
        onStdout: both(stdout),
        onStderr: both(stderr),
      };
      const end = await runShellCommand(commandFor(script.text, shell), run, this.#closing.signal);
      stdout.end();
      stderr.end();
      return end;
    } catch (error) {
      return { kind: "not_started", error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** If the copy cannot be written, the script still runs, because its lines also go to the server. */
  #openLog(script: Script): ScriptLog | undefined {
    const { logDirectory, home, agentEnv } = this.#deps;
    const path = expandPath(script.logPath, { home, env: agentEnv, base: logDirectory });
    const isShared = !isAbsolute(script.logPath);
    const onFailure = (error: unknown): void =>
      this.#say(script, "warn", `cannot write a copy of this log: ${error instanceof Error ? error.message : error}`);
    try {
      return openScriptLog(path === "" ? join(logDirectory, `coder-script-${script.logSourceId}.log`) : path, { isShared, onFailure });
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  #say(script: Script, level: LogLevel, output: string): void {
    this.#deps.logs.add(script.logSourceId, { createdAt: this.#deps.now(), level, output });
  }
}

function judge(end: CommandEnd, script: Script): { status: ScriptStatus; exitCode: number; remark?: string } {
  switch (end.kind) {
    case "exited":
      if (end.pipesLeftOpen) {
        const remark =
          "the script ended, but a process that it started still holds its output open: redirect that output, or start it as a service";
        return { status: "pipes_left_open", exitCode: end.code ?? 255, remark };
      }
      return { status: end.code === 0 ? "ok" : "exit_failure", exitCode: end.code ?? 255 };
    case "timed_out": {
      const rest = end.isLeftRunning ? ", but something that it started goes on, perhaps as another user" : "";
      return {
        status: "timed_out",
        exitCode: 255,
        remark: `the script did not end within ${script.timeoutMs / 1_000} s and was stopped${rest}`,
      };
    }
    case "aborted":
      return { status: "exit_failure", exitCode: 255, remark: "the script was stopped because the agent is shutting down" };
    case "not_started":
      return { status: "exit_failure", exitCode: 255, remark: `the script could not be started: ${end.error.message}` };
  }
}
