import { expect, test } from "vitest";
import { AppOpenIn, AppSharingLevel, ParameterFormType } from "#proto/gen/provisioner_pb.js";
import { configAddress, parseAddress } from "./address.ts";
import { ConversionError } from "./attributes.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import type { JsonObject } from "./json.ts";
import { convertExternalAuth, convertParameters, convertPresets } from "./parameters.ts";
import { dailyCost, replacements } from "./plan-summary.ts";
import { convertResources } from "./resources.ts";
import type { ResourceInstance } from "./state.ts";

function instance(address: string, values: JsonObject = {}): ResourceInstance {
  const parts = parseAddress(address);
  if (parts === undefined) throw new Error(`bad address ${address}`);
  return { address, label: configAddress(parts), parts, values };
}

/** Edges as `source -> destination`, by label; a label alone makes a node. */
function graphOf(...lines: string[]): DependencyGraph {
  const nodes = new Map<string, string>();
  const edges: { from: string; to: string }[] = [];
  for (const line of lines) {
    const chain = line.split(" -> ");
    for (const label of chain) nodes.set(`[root] ${label} (expand)`, label);
    for (const [index, from] of chain.entries()) {
      const to = chain[index + 1];
      if (to !== undefined) edges.push({ from: `[root] ${from} (expand)`, to: `[root] ${to} (expand)` });
    }
  }
  return new DependencyGraph({ nodes, edges });
}

const agentValues = { id: "agent-1", os: "linux", arch: "amd64", auth: "token", token: "t", connection_timeout: 120 };
const oneAgent = [instance("coder_agent.main", agentValues), instance("docker_container.box")];
const oneAgentGraph = ["docker_container.box -> coder_agent.main"];

function agentOf(all: readonly ResourceInstance[], graph: DependencyGraph, tokens: "server" | "state" = "server") {
  const { resources } = convertResources(all, graph, tokens);
  const agents = resources.flatMap((resource) => resource.agents);
  const [agent] = agents;
  if (agent === undefined || agents.length !== 1) throw new Error(`${agents.length} agents`);
  return agent;
}

test("gives an agent to the resource that depends on it, with everything it says", () => {
  const agent = agentOf(
    [
      instance("coder_agent.main", {
        ...agentValues,
        api_key_scope: "no_user_data",
        dir: "/work",
        env: { A: "1", B: null },
        motd_file: "/etc/motd",
        troubleshooting_url: "https://help",
        order: 4,
        startup_script: "echo up",
        startup_script_behavior: "blocking",
        shutdown_script: "echo down",
        metadata: [{ key: "k", display_name: "K", script: "s", interval: 5, timeout: 1, order: 2 }],
        display_apps: [{ vscode: false, vscode_insiders: true, web_terminal: true, ssh_helper: false, port_forwarding_helper: true }],
        resources_monitoring: [{ memory: [{ enabled: true, threshold: 80 }], volume: [{ path: "/", enabled: false, threshold: 90 }] }],
      }),
      instance("docker_container.box"),
    ],
    graphOf(...oneAgentGraph),
  );
  expect(agent).toMatchObject({
    id: "agent-1",
    name: "main",
    env: { A: "1" },
    operatingSystem: "linux",
    architecture: "amd64",
    directory: "/work",
    auth: { case: "token", value: "" },
    connectionTimeoutSeconds: 120,
    troubleshootingUrl: "https://help",
    motdFile: "/etc/motd",
    order: 4n,
    apiKeyScope: "no_user_data",
    metadata: [{ key: "k", displayName: "K", script: "s", interval: 5n, timeout: 1n, order: 2n }],
    displayApps: { vscode: false, vscodeInsiders: true, webTerminal: true, sshHelper: false, portForwardingHelper: true },
    resourcesMonitoring: { memory: { enabled: true, threshold: 80 }, volumes: [{ path: "/", enabled: false, threshold: 90 }] },
    scripts: [
      { displayName: "Startup Script", script: "echo up", runOnStart: true, startBlocksLogin: true, logPath: "coder-startup-script.log" },
      { displayName: "Shutdown Script", script: "echo down", runOnStop: true, logPath: "coder-shutdown-script.log" },
    ],
  });
});

test("an agent that says nothing gets the defaults", () => {
  const agent = agentOf(
    [instance("coder_agent.main", { os: "linux", arch: "amd64" }), instance("docker_container.box")],
    graphOf(...oneAgentGraph),
  );
  expect(agent).toMatchObject({
    apiKeyScope: "all",
    auth: { case: "token" },
    displayApps: { vscode: true, webTerminal: true, sshHelper: true, portForwardingHelper: true, vscodeInsiders: false },
    scripts: [],
    resourcesMonitoring: { volumes: [] },
  });
});

test("a token stands in the message only when Terraform's state is its source", () => {
  expect(agentOf(oneAgent, graphOf(...oneAgentGraph), "server").auth).toEqual({ case: "token", value: "" });
  expect(agentOf(oneAgent, graphOf(...oneAgentGraph), "state").auth).toEqual({ case: "token", value: "t" });
});

for (const { given, scope, got } of [
  { given: "absent", scope: undefined, got: "all" },
  { given: "null", scope: null, got: "all" },
  { given: "all", scope: "all", got: "all" },
  { given: "no_user_data", scope: "no_user_data", got: "no_user_data" },
]) {
  test(`the scope ${given} is ${got}`, () => {
    const all = [
      instance("coder_agent.main", { ...agentValues, ...(scope !== undefined && { api_key_scope: scope }) }),
      instance("docker_container.box"),
    ];
    expect(agentOf(all, graphOf(...oneAgentGraph)).apiKeyScope).toBe(got);
  });
}

for (const { given, all, graph, says } of [
  {
    given: "an unknown scope",
    all: [instance("coder_agent.main", { api_key_scope: "read_only" })],
    graph: ["coder_agent.main"],
    says: 'agent "main" (coder_agent.main): api_key_scope is "read_only", expected "all" or "no_user_data"',
  },
  {
    given: "an empty scope",
    all: [instance("coder_agent.main", { api_key_scope: "" })],
    graph: ["coder_agent.main"],
    says: 'api_key_scope is "", expected',
  },
  {
    given: "an agent name with an underscore",
    all: [instance("coder_agent.my_agent")],
    graph: ["coder_agent.my_agent"],
    says: 'coder_agent.my_agent: agent name "my_agent" is not a valid hostname: use up to 63 letters and digits, with single hyphens between them; underscores are not allowed',
  },
  {
    given: "an agent name with two hyphens",
    all: [instance("coder_agent.a--b")],
    graph: ["coder_agent.a--b"],
    says: 'agent name "a--b" is not a valid hostname',
  },
  {
    given: "an agent name that is too long",
    all: [instance(`coder_agent.${"a".repeat(64)}`)],
    graph: [`coder_agent.${"a".repeat(64)}`],
    says: "is not a valid hostname: use up to 63",
  },
  {
    given: "two agents of one name, in whatever case and module",
    all: [instance("coder_agent.Dev"), instance("module.m.coder_agent.dev")],
    graph: ["coder_agent.Dev", "module.m.coder_agent.dev"],
    says: 'agent name "dev" is used twice, by coder_agent.Dev and module.m.coder_agent.dev',
  },
  { given: "an agent that the graph lacks", all: [instance("coder_agent.main")], graph: ["x.y"], says: "no node coder_agent.main" },
  {
    given: "an attribute of another type",
    all: [instance("coder_agent.main", { os: 3 })],
    graph: ["coder_agent.main"],
    says: "coder_agent.main: attribute os must be a string, got a number",
  },
  {
    given: "a number that the message cannot carry",
    all: [instance("coder_agent.main", { connection_timeout: 3e9 })],
    graph: ["coder_agent.main"],
    says: "attribute connection_timeout must be a 32-bit number",
  },
  {
    given: "a wrong attribute inside a block, without showing it",
    all: [instance("coder_agent.main", { env: { TOKEN: { secret: "hush" } } })],
    graph: ["coder_agent.main"],
    says: 'attribute env["TOKEN"] must be a string, got an object',
  },
  {
    given: "an app slug in capitals",
    all: [...oneAgent, instance("coder_app.x", { agent_id: "agent-1", slug: "Code" })],
    graph: oneAgentGraph,
    says: 'coder_app.x: app slug "Code" is not valid',
  },
  {
    given: "two apps of one slug",
    all: [...oneAgent, instance("coder_app.x", { slug: "a" }), instance("coder_app.y", { slug: "a" })],
    graph: oneAgentGraph,
    says: 'app slug "a" is used twice, by coder_app.x and coder_app.y',
  },
  {
    given: "two coder_metadata of one resource",
    all: [instance("docker_container.box"), instance("coder_metadata.a"), instance("coder_metadata.b")],
    graph: ["coder_metadata.a -> docker_container.box", "coder_metadata.b -> docker_container.box"],
    says: "duplicate metadata resource: coder_metadata.a and coder_metadata.b both describe docker_container.box",
  },
]) {
  test(`refuses ${given}`, () => {
    expect(() => convertResources(all, graphOf(...graph), "server")).toThrow(ConversionError);
    expect(() => convertResources(all, graphOf(...graph), "server")).toThrow(says);
  });
}

test("the nearest dependent gets the agent, and a dropped agent is told", () => {
  const graph = graphOf("a_far.x -> b_near.x -> coder_agent.main", "coder_metadata.m -> coder_agent.main", "coder_agent.alone");
  const { resources, warnings } = convertResources(
    [instance("a_far.x"), instance("b_near.x"), instance("coder_metadata.m"), instance("coder_agent.main"), instance("coder_agent.alone")],
    graph,
    "server",
  );
  expect(resources.map(({ type, agents }) => `${type}:${agents.map(({ name }) => name)}`)).toEqual(["a_far:", "b_near:main"]);
  expect(warnings).toEqual([
    "coder_agent.alone: no resource depends on this agent, so it is left out",
    "coder_metadata.m: resource_id names no resource of the template, so its items are not shown",
  ]);
});

test("an agent in a counted module goes to the resource in the same instance of it", () => {
  const graph = graphOf("module.m.vm.box -> module.m.coder_agent.main");
  const [zero, one] = ["module.m[0].vm.box", "module.m[1].vm.box"].map((address) => instance(address));
  if (zero === undefined || one === undefined) throw new Error("no instances");
  const { resources } = convertResources([zero, one, instance("module.m[1].coder_agent.main")], graph, "server");
  expect(resources.map((resource) => [resource.modulePath, resource.agents.length])).toEqual([
    ["module.m[0]", 0],
    ["module.m[1]", 1],
  ]);
});

test("an agent of a counted resource goes to one instance: its own index, or the first", () => {
  const graph = graphOf("vm.box -> coder_agent.main");
  const boxes = [instance("vm.box[0]"), instance("vm.box[1]")];
  const at = (agent: string) =>
    convertResources([...boxes, instance(agent)], graph, "server").resources.findIndex((resource) => resource.agents.length === 1);
  expect(at("coder_agent.main")).toBe(0);
  expect(at("coder_agent.main[1]")).toBe(1);
});

const app = {
  slug: "code",
  display_name: "Code",
  url: "http://localhost",
  icon: "/i",
  share: "Public",
  subdomain: true,
  order: 3,
  hidden: true,
  group: "g",
  open_in: "TAB",
  tooltip: "tip",
  healthcheck: [{ url: "http://h", interval: 5, threshold: 6 }],
};

for (const { when, agentId, childId } of [
  { when: "by id when ids are known", agentId: "agent-1", childId: "agent-1" },
  { when: "by the graph while planning", agentId: undefined, childId: undefined },
]) {
  test(`gives an agent its apps, scripts, variables and devcontainers ${when}`, () => {
    const all = [
      instance("coder_agent.main", { ...agentValues, id: agentId }),
      instance("coder_agent.other", { ...agentValues, id: agentId === undefined ? undefined : "agent-2" }),
      instance("docker_container.box"),
      instance("module.ide.coder_app.code", { ...app, agent_id: childId }),
      instance("coder_env.e", { agent_id: childId, name: "N", value: "V", merge_strategy: "append" }),
      instance("coder_script.s", {
        agent_id: childId,
        display_name: "S",
        script: "x",
        run_on_start: true,
        timeout: 9,
        cron: "0 0 * * * *",
      }),
      instance("coder_devcontainer.dc", {
        agent_id: childId,
        id: "dc-1",
        workspace_folder: "/w",
        subagent_id: agentId === undefined ? undefined : "sub-1",
      }),
      instance("coder_app.in-dc", { slug: "in-dc", agent_id: agentId === undefined ? undefined : "sub-1" }),
      instance("coder_script.lost", { agent_id: agentId === undefined ? undefined : "nobody" }),
    ];
    const graph = graphOf(
      "docker_container.box -> coder_agent.main",
      "docker_container.box -> coder_agent.other",
      "module.ide.coder_app.code -> module.ide.var.agent_id -> coder_agent.main",
      "coder_env.e -> coder_agent.main",
      "coder_script.s -> coder_agent.main",
      "coder_devcontainer.dc -> coder_agent.main",
      "coder_app.in-dc -> coder_devcontainer.dc",
      "coder_script.lost",
    );
    const { resources, warnings } = convertResources(all, graph, "server");
    const agents = resources.find(({ type }) => type === "docker_container")?.agents ?? [];
    expect(agents.map(({ name, apps, scripts }) => [name, apps.length, scripts.length])).toEqual([
      ["main", 1, 1],
      ["other", 0, 0],
    ]);
    expect(agents[0]).toMatchObject({
      apps: [
        {
          slug: "code",
          displayName: "Code",
          sharingLevel: AppSharingLevel.PUBLIC,
          openIn: AppOpenIn.TAB,
          order: 3n,
          subdomain: true,
          hidden: true,
          healthcheck: { url: "http://h", interval: 5, threshold: 6 },
        },
      ],
      extraEnvs: [{ name: "N", value: "V", mergeStrategy: "append" }],
      scripts: [{ displayName: "S", timeoutSeconds: 9, runOnStart: true }],
      devcontainers: [
        { name: "dc", id: "dc-1", workspaceFolder: "/w", apps: [{ slug: "in-dc", displayName: "in-dc", openIn: AppOpenIn.SLIM_WINDOW }] },
      ],
    });
    expect(warnings).toEqual(["coder_script.lost belongs to no agent, so it is left out"]);
    expect(resources.map(({ type }) => type)).toEqual(["coder_devcontainer", "coder_env", "docker_container"]);
  });
}

for (const { type, attribute, sizeAttribute } of [
  { type: "google_compute_instance", attribute: "instance_id", sizeAttribute: "machine_type" },
  { type: "aws_instance", attribute: "id", sizeAttribute: "instance_type" },
  { type: "aws_spot_instance_request", attribute: "spot_instance_id", sizeAttribute: "instance_type" },
  { type: "azurerm_linux_virtual_machine", attribute: "virtual_machine_id", sizeAttribute: "size" },
  { type: "azurerm_windows_virtual_machine", attribute: "virtual_machine_id", sizeAttribute: "size" },
]) {
  test(`an agent with instance identity on ${type} gets its ${attribute}`, () => {
    const agent = instance("coder_agent.main", { ...agentValues, auth: "aws-instance-identity" });
    const { resources } = convertResources(
      [agent, instance(`${type}.vm`, { [attribute]: "i-1", [sizeAttribute]: "big" })],
      graphOf(`${type}.vm -> coder_agent.main`),
      "server",
    );
    expect(resources[0]).toMatchObject({ instanceType: "big", agents: [{ auth: { case: "instanceId", value: "i-1" } }] });
  });
}

test("coder_agent_instance names the instance, for agents that have no token", () => {
  const all = [
    instance("coder_agent.main", { ...agentValues, auth: "aws-instance-identity" }),
    instance("aws_instance.vm", { id: "i-auto" }),
    instance("coder_agent_instance.i", { agent_id: "agent-1", instance_id: "i-given" }),
  ];
  expect(agentOf(all, graphOf("aws_instance.vm -> coder_agent.main")).auth).toEqual({ case: "instanceId", value: "i-given" });
});

test("metadata goes to what it depends on, and its cost is counted even when it goes nowhere", () => {
  const meta = { hide: true, icon: "/i", daily_cost: 7, item: [{ key: "k", value: "v", sensitive: true, is_null: false }] };
  const all = [instance("vm.box"), instance("coder_metadata.m", meta), instance("coder_metadata.nowhere", { daily_cost: 5 })];
  const { resources } = convertResources(all, graphOf("coder_metadata.m -> local.x -> vm.box", "coder_metadata.nowhere"), "server");
  expect(resources).toMatchObject([{ hide: true, icon: "/i", dailyCost: 7, metadata: [{ key: "k", value: "v", sensitive: true }] }]);
  expect(dailyCost(all)).toBe(12);
});

test("external agents count as resources, and are told by the graph alone", () => {
  const graph = graphOf("coder_external_agent.x -> coder_agent.main");
  const { resources, hasExternalAgents } = convertResources(
    [instance("coder_external_agent.x"), instance("coder_agent.main")],
    graph,
    "server",
  );
  expect(resources).toMatchObject([{ type: "coder_external_agent", agents: [{ name: "main" }] }]);
  expect(hasExternalAgents).toBe(true);
  expect(convertResources([], graphOf("module.m.coder_external_agent.x"), "server").hasExternalAgents).toBe(true);
  expect(convertResources([], graphOf("coder_agent.x"), "server").hasExternalAgents).toBe(false);
});

test("reads parameters, with their limits only where they are on", () => {
  const parameters = convertParameters([
    instance("data.coder_parameter.a", {
      name: "a",
      display_name: "A",
      type: "number",
      mutable: true,
      default: "3",
      optional: true,
      order: 2,
      form_type: "slider",
      option: [{ name: "o", value: "1", icon: "/i", description: "d" }],
      validation: [{ min: 0, max: 9, min_disabled: false, max_disabled: true, monotonic: "increasing", regex: "r", error: "e" }],
    }),
    instance("data.coder_parameter.b", { name: "b", type: "string", default: null, validation: [{ min: 0, max: 5 }] }),
    instance("data.coder_parameter.c", { name: "c", validation: [{ min: 0, max: 0 }] }),
  ]);
  expect(parameters).toMatchObject([
    {
      name: "a",
      required: false,
      defaultValue: "3",
      formType: ParameterFormType.SLIDER,
      validationMin: 0,
      validationMonotonic: "increasing",
      options: [{ name: "o" }],
    },
    { name: "b", required: true, defaultValue: "", formType: ParameterFormType.DEFAULT, validationMin: 0, validationMax: 5 },
    { name: "c" },
  ]);
  expect(parameters[0]?.validationMax).toBeUndefined();
  expect(parameters[2]?.validationMin).toBeUndefined();
});

test("reads presets, and what they ask of prebuilds", () => {
  const { presets, warnings } = convertPresets(
    [
      instance("data.coder_workspace_preset.p", {
        name: "p",
        default: true,
        parameters: { z: "1", a: "2" },
        prebuilds: [
          {
            instances: 5e9,
            expiration_policy: [{ ttl: 3600 }],
            scheduling: [{ timezone: "UTC", schedule: [{ cron: "* 8 * * *", instances: 2 }] }],
          },
        ],
      }),
      instance("data.coder_workspace_preset.q", { name: "q" }),
    ],
    ["a"],
  );
  expect(presets).toMatchObject([
    {
      default: true,
      parameters: [{ name: "a" }, { name: "z" }],
      prebuild: {
        instances: 2_147_483_647,
        expirationPolicy: { ttl: 3600 },
        scheduling: { timezone: "UTC", schedule: [{ cron: "* 8 * * *" }] },
      },
    },
    { name: "q", prebuild: { instances: 0 } },
  ]);
  expect(warnings).toEqual(['data.coder_workspace_preset.p sets parameter "z", which the template does not declare']);
});

test("reads external auth by id, the newer type before the older", () => {
  expect(
    convertExternalAuth([
      instance("data.coder_external_auth.b", { id: "git", optional: true }),
      instance("data.coder_git_auth.a", { id: "git" }),
      instance("data.coder_git_auth.c", { id: "bit" }),
    ]),
  ).toEqual([
    { id: "bit", optional: false },
    { id: "git", optional: true },
  ]);
});

for (const { given, convert, says } of [
  {
    given: "two parameters of a name",
    convert: () => convertParameters(["a", "b"].map((name) => instance(`data.coder_parameter.${name}`, { name: "x" }))),
    says: 'more than once: "x"',
  },
  {
    given: "an unknown form type",
    convert: () => convertParameters([instance("data.coder_parameter.a", { form_type: "knob" })]),
    says: 'unknown form_type "knob"',
  },
  {
    given: "two presets of a name",
    convert: () =>
      convertPresets(
        ["a", "b"].map((name) => instance(`data.coder_workspace_preset.${name}`, { name: "x" })),
        [],
      ),
    says: 'more than once: "x"',
  },
  {
    given: "two default presets",
    convert: () =>
      convertPresets(
        ["a", "b"].map((name) => instance(`data.coder_workspace_preset.${name}`, { name, default: true })),
        [],
      ),
    says: '"a", "b"',
  },
  {
    given: "an external auth id that is a number",
    convert: () => convertExternalAuth([instance("data.coder_external_auth.a", { id: 3 })]),
    says: "attribute id must be a string",
  },
]) {
  test(`refuses ${given}`, () => expect(convert).toThrow(says));
}

test("reports what is replaced because of a change, other than our own", () => {
  const change = (type: string, paths: unknown, actions = ["delete", "create"]) => ({
    address: `${type}.x`,
    type,
    change: { actions, replace_paths: paths },
  });
  expect(
    replacements({
      resource_changes: [
        change("vm", [["network", 0, "name"], ["size"]]),
        change("coder_agent", [["os"]]),
        change("tainted", undefined),
        change("kept", [["a"]], ["no-op"]),
      ],
    }),
  ).toEqual([{ resource: "vm.x", paths: ["network.0.name", "size"] }]);
});
