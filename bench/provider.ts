/**
 * Measures the cost of our provider: the wall time of `terraform plan` without a provider, with ours in process, and with ours as a plugin,
 * from the clone and as the executable. They take turns, so that other load on the machine affects all of them.
 * Run: `node bench/provider.ts [rounds]`.
 */
import { join } from "node:path";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { buildExecutable } from "#provider/release/executable.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import { openProjects, WITH, WITHOUT } from "./provider-project.ts";
import { alternate, median, printSamples } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 21);
/** A daemon serves many builds from one process, so the benchmark measures code that has run before. */
const WARM_UP_ROUNDS = 8;
const GOAL_IN_PROCESS = 1.4;

using projects = openProjects();
await using served = await serveInProcess(coderProvider({ env: {} }), { address: CODER_PROVIDER_ADDRESS, directory: projects.root });
const [clone, executable] = [projects.add("clone", WITH), projects.add("executable", WITH)];
const ways = {
  "(a) no provider": projects.plan(projects.add("none", WITHOUT)),
  "(b) provider in process": projects.plan(projects.add("in-process", WITH), { TF_REATTACH_PROVIDERS: served.reattachProviders }),
  "(c) provider spawned, from the clone": projects.plan(
    clone,
    projects.install(clone, join(import.meta.dirname, "../bin/terraform-provider-coder")),
  ),
  "(d) provider spawned, as the executable": projects.plan(executable, projects.install(executable, (await buildExecutable()).path)),
};
await alternate(ways, WARM_UP_ROUNDS);
const samples = await alternate(ways, ROUNDS);
printSamples("terraform plan", samples);
const [none = Number.NaN, ...others] = samples.map(({ times }) => median(times));
const [inProcess, fromClone, asExecutable] = others.map((time) => (time / none).toFixed(2));
console.log(`b/a = ${inProcess} (goal: at most ${GOAL_IN_PROCESS})   c/a = ${fromClone}   d/a = ${asExecutable}`);
