/**
 * Runs Terraform for one job: the commands of a run, in one work directory, with their output as log lines and their failures in
 * Terraform's own words. It knows nothing about servers or kinds of jobs.
 */
import { access, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Timing } from "#proto/gen/provisioner_pb.js";
import { scrubState } from "#tfstate/scrub-state.ts";
import { makeNamedPipes } from "#transport/named-pipes.ts";
import { isGroupAlive } from "#transport/process-group.ts";
import type { ProcessWatch, Stop } from "#transport/run-process.ts";
import type { JobIsolation } from "../isolation/sandbox.ts";
import { findBackendBlock } from "./backend-block.ts";
import { type CommandOptions, type Environment, runTerraform } from "./command.ts";
import { describeDiagnostic } from "./diagnostic.ts";
import { isOlder, type Terraform } from "./find-terraform.ts";
import { type JsonObject, objectMember, parseJsonObject, stringMember } from "./json.ts";
import { type ReadLine, readErrorLine, readOutputLine, type TerraformLogLine } from "./log-line.ts";
import { type ResourceInstance, readShownState, readStateFile } from "./state.ts";
import { writeStateCopy } from "./state-copy.ts";
import { LOCK_FILE, readNewestState, STATE_FILE } from "./state-files.ts";
import { type Stage, StageTimings } from "./timings.ts";
import { takeTurn } from "./turn.ts";
import { placeValues, type Values } from "./variable-values.ts";
import { type StateWatcher, watchState } from "./watch-state.ts";
import { hasOwnProviders, unpackTemplate, type WorkDirectory } from "./work-directory.ts";

/** A Terraform command failed. The message contains its diagnostics, with file, line and detail. */
export class TerraformStepError extends Error {
  override readonly name = "TerraformStepError";
}

export interface ExecutorOptions {
  readonly terraform: Terraform;
  readonly work: WorkDirectory;
  /** The environment of every command, without the provider's part. */
  readonly env: Environment;
  /** What Terraform runs in. */
  readonly isolation: Pick<JobIsolation, "wrap" | "endLeftovers">;
  readonly stop: Stop;
  /** Called when a command runs, with the named pipes that carry its output, if any. Whoever watches ends it if this process cannot. */
  readonly watch?: (pid: number, pipes: readonly string[]) => ProcessWatch;
  /** Called when `apply` runs, which may outlive this process. */
  readonly onApply?: (pid: number) => void;
  readonly log: (line: TerraformLogLine) => void;
  readonly now: () => number;
}

export interface PlanOutcome {
  /** Whether the plan destroys a resource and creates it again. */
  readonly replaces: boolean;
}

/** A warning of Terraform that we cause, not the template. */
const OVERRIDE_WARNING = "Provider development overrides are in effect";

export class Executor {
  readonly #options: ExecutorOptions;
  readonly #timings: Timing[] = [];
  readonly #planFile: string;
  readonly #stateFile: string;
  #watcher: StateWatcher | undefined;
  #dumped: Uint8Array | undefined;
  #folders: readonly string[] = [];
  /** Values that the plan file does not have. */
  #ephemeral: Values = [];

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#planFile = path.join(options.work.exchange, "plan");
    this.#stateFile = path.join(options.work.template, STATE_FILE);
  }

  /** The timings of every stage that has ended, including failed ones. */
  get timings(): readonly Timing[] {
    return this.#timings;
  }

  get terraformVersion(): string {
    return this.#options.terraform.version;
  }

  /** The environment of every command, without the provider's part. */
  get environment(): Environment {
    return this.#options.env;
  }

  /** Names the folders outside of the job's that Terraform must be able to change from now on. */
  use(folders: readonly string[]): void {
    this.#folders = folders;
  }

  /** @throws UnpackError */
  async unpack(archive: Uint8Array): Promise<void> {
    await unpackTemplate(archive, this.#options.work);
  }

  /** @throws TerraformStepError */
  async init(env: Environment): Promise<void> {
    const json = isOlder(this.#options.terraform.version, "1.9.0") ? [] : ["-json"];
    // The server owns a job's state: it is always in this file, even if the template's `local` backend has another path.
    const block = await findBackendBlock(this.#options.work.template);
    const local = block?.type === "local" ? [`-backend-config=path=${STATE_FILE}`] : [];
    // What a template brings itself would replace the provider of the same name that other jobs are running.
    const isOwn = await hasOwnProviders(this.#options.work.template);
    const initEnv = isOwn ? { ...env, TF_PLUGIN_CACHE_DIR: "" } : env;
    const init = (): Promise<void> => this.#run("init", ["init", "-no-color", "-input=false", ...json, ...local], initEnv);
    const cache = { ...this.#options.env, ...initEnv }.TF_PLUGIN_CACHE_DIR;
    // Terraform does not lock its plugin cache against another init, and the daemons of one process may share it.
    if (cache === undefined || cache === "") await init();
    else await takeTurn(`plugin cache ${cache}`, init);
  }

  /** Writes the initial state to the file where Terraform looks for it. */
  async placeState(state: Uint8Array): Promise<void> {
    // Whatever `terraform init` has left in its place, it may be a link to somewhere else.
    await rm(this.#stateFile, { recursive: true, force: true });
    await writeFile(this.#stateFile, state, { mode: 0o600, flag: "wx" });
  }

  /** Returns the state that the configured backend holds. Empty, or a state without resources, if it holds none. */
  async pullState(env: Environment): Promise<Uint8Array> {
    return Buffer.from(await this.#text("state pull", ["state", "pull"], env));
  }

  /** Hands a state to the configured backend. Unless forced, Terraform refuses one that is unrelated to what is there, or older. */
  async pushState(state: Uint8Array, env: Environment, { force }: { readonly force: boolean }): Promise<void> {
    const file = path.join(this.#options.work.exchange, "pushed.tfstate");
    await writeFile(file, state, { mode: 0o600 });
    await this.#text("state push", ["state", "push", ...(force ? ["-force"] : []), file], env);
  }

  /** @param options.variables values of the template's variables that somebody set */
  async plan(options: { readonly destroy: boolean; readonly variables: Values; readonly env: Environment }): Promise<PlanOutcome> {
    const { destroy, variables, env } = options;
    const { exchange, template } = this.#options.work;
    await using values = await placeValues(exchange, template, variables);
    this.#ephemeral = values.ephemeral;
    const args = ["plan", "-no-color", "-input=false", "-json", "-refresh=true", `-out=${this.#planFile}`, ...values.args];
    let replaces = false;
    await this.#run("plan", destroy ? [...args, "-destroy"] : args, env, (event) => {
      const change = stringMember(event, "type") === "planned_change" ? objectMember(event, "change") : undefined;
      if (change !== undefined && stringMember(change, "action") === "replace") replaces = true;
    });
    return { replaces };
  }

  async showPlan(env: Environment): Promise<JsonObject> {
    return (await this.showPlanSource(env)).plan;
  }

  /** Returns the plan also as the text that Terraform printed, whose numbers have every digit. */
  async showPlanSource(env: Environment): Promise<{ readonly plan: JsonObject; readonly source: string }> {
    const source = await this.#text("show", ["show", "-json", "-no-color", this.#planFile], env);
    return { plan: jsonOf("show", source), source };
  }

  /** Returns the output of `terraform graph`, in the DOT language. */
  async graph(env: Environment): Promise<string> {
    const startedAt = new StageTimings("graph", this.#options.now);
    const type = isOlder(this.#options.terraform.version, "1.7.0") ? [] : ["-type=plan"];
    const text = await this.#text("graph", ["graph", ...type], env);
    this.#timings.push(...startedAt.finish(true));
    return text;
  }

  /**
   * Applies the plan.
   *
   * @param onState called with each state that Terraform writes, without what must not be stored
   * @throws TerraformStepError; {@link state} then returns what was reached
   */
  async apply(env: Environment, onState: (state: Uint8Array) => void): Promise<void> {
    const { root, exchange, template } = this.#options.work;
    await using watcher = watchState(this.#stateFile, async (written) => {
      const state = await scrubState(written);
      // Before the server has it: the copy must never be the older one of the two.
      await writeStateCopy(root, state);
      onState(state);
    });
    this.#watcher = watcher;
    const pipes = await makeNamedPipes(root);
    await using values = await placeValues(exchange, template, this.#ephemeral);
    const args = ["apply", "-no-color", "-auto-approve", "-input=false", "-json", ...values.args, this.#planFile];
    const takeDump = (event: JsonObject): void => {
      const state = stringMember(event, "@message") === "Emergency state dump" ? objectMember(event, "state") : undefined;
      if (state !== undefined) this.#dumped = Buffer.from(JSON.stringify(state));
    };
    await this.#run("apply", args, env, takeDump, { pipes, isStillWorking: (pid) => this.#isStillWorking(pid) });
  }

  /** Returns the newest complete state, as Terraform wrote it. Empty if there is none, as with a remote backend. */
  async state(): Promise<Uint8Array> {
    // Terraform prints the state if it could write it nowhere, for example because the disk is full.
    if (this.#dumped !== undefined) return this.#dumped;
    return (await readNewestState(this.#options.work.template)) ?? (await this.#watcher?.latest()) ?? new Uint8Array();
  }

  /** Returns what a failure is to keep: the newest complete state that could be read at any time, without what must not be stored. */
  async reachedState(): Promise<Uint8Array> {
    return scrubState(await this.state().catch(async () => (await this.#watcher?.latest()) ?? new Uint8Array()));
  }

  /** Whether a program that forked and ended, as a wrapper may do, left a Terraform behind that still holds the state's lock. */
  async #isStillWorking(pid: number): Promise<boolean> {
    if (!isGroupAlive(pid)) return false;
    return access(path.join(this.#options.work.template, LOCK_FILE)).then(
      () => true,
      () => false,
    );
  }

  /** @param state as {@link state} returns it. If it is empty, Terraform is asked, which costs a start of it */
  async stateInstances(state: Uint8Array, env: Environment): Promise<ResourceInstance[]> {
    if (state.length > 0) return readStateFile(state);
    return readShownState(await this.#json("show", ["show", "-json", "-no-color"], env));
  }

  async #json(step: string, args: readonly string[], env: Environment): Promise<JsonObject> {
    return jsonOf(step, await this.#text(step, args, env));
  }

  /** Runs a command whose result is its standard output. */
  async #text(step: string, args: readonly string[], env: Environment): Promise<string> {
    const errors: string[] = [];
    const { code, stdout } = await this.#command(args, env, { onStderrLine: (line) => errors.push(line) });
    if (code !== 0) throw new TerraformStepError(failureText(step, code, [], errors));
    return stdout.toString("utf8");
  }

  /** Runs a command whose output is a log. */
  async #run(
    stage: Stage,
    args: readonly string[],
    env: Environment,
    onEvent: (event: JsonObject) => void = () => {},
    outliving: Pick<CommandOptions, "pipes" | "isStillWorking"> = {},
  ): Promise<void> {
    const timings = new StageTimings(stage, this.#options.now);
    const diagnostics: string[] = [];
    const errors: string[] = [];
    const warnings = new Set<string>();
    const take = (read: ReadLine): void => {
      if (read.diagnostic?.summary === OVERRIDE_WARNING) return;
      // A plan validates each block with the provider twice, and with -json Terraform prints both answers.
      if (read.diagnostic?.severity === "warning") {
        const said = describeDiagnostic(read.diagnostic);
        if (warnings.has(said)) return;
        warnings.add(said);
      }
      for (const line of read.lines) this.#options.log(line);
      if (read.diagnostic?.severity === "error") diagnostics.push(describeDiagnostic(read.diagnostic));
      if (read.event === undefined) return;
      timings.event(read.event);
      onEvent(read.event);
    };
    let succeeded = false;
    try {
      const { code } = await this.#command(args, env, {
        ...outliving,
        onStdoutLine: (line) => take(readOutputLine(line)),
        onStderrLine: (line) => {
          const read = readErrorLine(line);
          take(read);
          if (read.event === undefined) errors.push(line);
        },
      });
      if (code !== 0) throw new TerraformStepError(failureText(stage, code, diagnostics, errors));
      succeeded = true;
    } finally {
      this.#timings.push(...timings.finish(succeeded));
    }
  }

  async #command(
    args: readonly string[],
    env: Environment,
    options: Pick<CommandOptions, "onStdoutLine" | "onStderrLine" | "pipes" | "isStillWorking">,
  ) {
    const { terraform, work, stop, watch, onApply, isolation } = this.#options;
    const [name] = args;
    const command = isolation.wrap(
      { program: terraform.path, args, env: { ...this.#options.env, ...env } },
      {
        work,
        folders: this.#folders,
        installs: name === "init" && env.TF_PLUGIN_CACHE_DIR !== "",
        ...(name === "apply" && { lock: LOCK_FILE }),
      },
    );
    const pipes = options.pipes === undefined ? [] : [options.pipes.stdout, options.pipes.stderr];
    const exit = await runTerraform({
      ...command,
      cwd: work.template,
      stop,
      ...(watch !== undefined && {
        watch: (pid: number) => {
          if (name === "apply") onApply?.(pid);
          return watch(pid, pipes);
        },
      }),
      ...options,
    });
    // A plan has a graph beside it.
    if (name === "init" || name === "apply") await isolation.endLeftovers();
    return exit;
  }
}

function jsonOf(step: string, text: string): JsonObject {
  const json = parseJsonObject(text);
  if (json === undefined) throw new TerraformStepError(`terraform ${step} did not print a JSON object`);
  return json;
}

function failureText(step: string, code: number | null, diagnostics: readonly string[], errors: readonly string[]): string {
  if (diagnostics.length > 0) return diagnostics.join("\n\n");
  const said = errors.join("\n").trim();
  if (said !== "") return said;
  return code === null ? `terraform ${step} was killed` : `terraform ${step} failed with exit code ${code}`;
}
