/**
 * Measures a template of 200 agents and 1,000 parameters: its plan with our provider in process, compared with a plan of as many
 * `terraform_data`, and with half of the template, because time must not grow faster than size.
 * Run: `node bench/provider-size.ts [rounds]`.
 */
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import { openProjects, REQUIRED } from "./provider-project.ts";
import { alternate, median, printSamples } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 7);
const WARM_UP_ROUNDS = 2;
const AGENTS = 200;
const PARAMETERS = 1_000;
const GOAL_RATIO = 1.5;
/** Twice the size may take at most this many times as long. */
const GOAL_GROWTH = 2.2;

const many = (count: number, block: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => block(index)).join("");

function ours(agents: number, parameters: number): string {
  const parameter = (index: number): string => `data "coder_parameter" "p${index}" {
  name         = "p${index}"
  display_name = "Parameter ${index}"
  type         = "string"
  default      = "b"
  mutable      = true
  option {
    name  = "A"
    value = "a"
  }
  option {
    name  = "B"
    value = "b"
  }
}
`;
  const agent = (index: number): string => `resource "coder_agent" "a${index}" {
  os   = "linux"
  arch = "amd64"
  env  = { P = data.coder_parameter.p${index % parameters}.value }
}
`;
  return REQUIRED + many(parameters, parameter) + many(agents, agent);
}

/** The same number of objects, with the same amount of data and the same references. */
function theirs(agents: number, parameters: number): string {
  const parameter = (index: number): string => `resource "terraform_data" "p${index}" {
  input = {
    name         = "p${index}"
    display_name = "Parameter ${index}"
    type         = "string"
    default      = "b"
    mutable      = true
    options      = [{ name = "A", value = "a" }, { name = "B", value = "b" }]
  }
}
`;
  const agent = (index: number): string => `resource "terraform_data" "a${index}" {
  input = {
    os   = "linux"
    arch = "amd64"
    env  = { P = terraform_data.p${index % parameters}.input.default }
  }
}
`;
  return many(parameters, parameter) + many(agents, agent);
}

using projects = openProjects();
await using served = await serveInProcess(coderProvider({ env: {} }), { address: CODER_PROVIDER_ADDRESS, directory: projects.root });
const env = { TF_REATTACH_PROVIDERS: served.reattachProviders };
const ways = {
  [`${AGENTS + PARAMETERS} terraform_data`]: projects.plan(projects.add("theirs", theirs(AGENTS, PARAMETERS))),
  [`${AGENTS} agents, ${PARAMETERS} parameters`]: projects.plan(projects.add("ours", ours(AGENTS, PARAMETERS)), env),
  [`${AGENTS / 2} agents, ${PARAMETERS / 2} parameters`]: projects.plan(projects.add("half", ours(AGENTS / 2, PARAMETERS / 2)), env),
};
await alternate(ways, WARM_UP_ROUNDS);
const samples = await alternate(ways, ROUNDS);
printSamples("terraform plan", samples);
const [floor = Number.NaN, whole = Number.NaN, half = Number.NaN] = samples.map(({ times }) => median(times));
console.log(`ours / terraform_data = ${(whole / floor).toFixed(2)} (goal: at most ${GOAL_RATIO})`);
console.log(`whole / half = ${(whole / half).toFixed(2)} (goal: at most ${GOAL_GROWTH})`);
