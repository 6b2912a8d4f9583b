import { expect, onTestFinished, test } from "vitest";
import { plannedChanges, stored, validation } from "./state.ts";
import { projectInProcess } from "./terraform-project.ts";
import { WIDGET_PROVIDER_ADDRESS, type Widgets, widgetProvider } from "./widget-provider.ts";

const HEAD = `terraform {
  required_providers {
    widget = {
      source = "acme/widget"
    }
  }
}
`;
const thing = (body: string): string => `${HEAD}resource "widget_thing" "a" {\n  name = "a"\n${body}\n}\n`;

const FULL = thing(`
  size    = 9007199254740993
  tags    = { constructor = "1", __proto__ = "2", toString = "3" }
  aliases = []
  label   = null
  part {
    kind = "wheel"
  }
  part {
    kind   = "axle"
    weight = 7
  }
  port {
    number = 80
  }
  port {
    number = 81
    open   = false
  }
  limits {
    most = 3
  }`);

/** Terraform logs what it merely tolerates; under strict rules it tolerates nothing, so a plan that goes through is one that it approves. */
async function widgets(main: string) {
  const world: Widgets = { byId: new Map(), log: [], failNext: undefined };
  const project = await projectInProcess({
    files: { "main.tf": main },
    provider: widgetProvider(world),
    address: WIDGET_PROVIDER_ADDRESS,
  });
  onTestFinished(() => project[Symbol.asyncDispose]());
  const apply = async () => (await project.terraform("apply", "-no-color", "-auto-approve")).stderr;
  return { project, world, apply };
}

test("keeps every configured value as it is, digits and odd keys included, and fills in the rest", async () => {
  const { project, world, apply } = await widgets(FULL);
  expect(await apply()).toBe("");
  const { stdout } = await project.terraform("state", "pull");
  expect(stdout).toContain('"size": 9007199254740993');
  expect(await stored(project, "widget_thing.a")).toMatchObject({
    id: "widget-1",
    color: "red",
    label: "made a",
    tags: { constructor: "1", ["__proto__"]: "2", toString: "3" },
    aliases: [],
    part: [
      { kind: "wheel", weight: 1, serial: "wheel-1" },
      { kind: "axle", weight: 7, serial: "axle-1" },
    ],
    port: [
      { number: 80, open: true },
      { number: 81, open: false },
    ],
    limits: { most: 3 },
  });
  expect(world.log).toEqual(["create a red wheel*1+axle*7"]);
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
});

test("updates in place, keeping what is stable, and brings a default back", async () => {
  const { project, world, apply } = await widgets(thing('  color = "green"\n  part {\n    kind = "wheel"\n  }'));
  expect(await apply()).toBe("");
  await project.write("main.tf", thing('  part {\n    kind = "wheel"\n  }'));
  const [change] = await plannedChanges(project);
  expect(change?.change).toMatchObject({
    actions: ["update"],
    after: { id: "widget-1", color: "red" },
    after_unknown: { revision: true, label: true, part: [{ serial: true }] },
  });
  expect(await apply()).toBe("");
  expect(await stored(project, "widget_thing.a")).toMatchObject({
    id: "widget-1",
    color: "red",
    revision: 2,
    part: [{ serial: "wheel-2" }],
  });
  expect(world.log).toEqual(["create a green wheel*1", "update a red"]);
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
});

test("replaces where it must, and makes anew what somebody else removed", async () => {
  const { project, world, apply } = await widgets(thing(""));
  expect(await apply()).toBe("");
  await project.write("main.tf", thing("").replace('"a"\n', '"b"\n'));
  const [change] = await plannedChanges(project);
  expect(change?.change).toMatchObject({ actions: ["delete", "create"], replace_paths: [["name"]] });
  expect(await apply()).toBe("");
  expect(world.log).toEqual(["create a red ", "delete a", "create b red "]);
  world.byId.clear();
  expect((await plannedChanges(project))[0]?.change.actions).toEqual(["create"]);
});

test("keeps a half-made object as tainted, and tells a fault of its own from the user's", async () => {
  const { project, world, apply } = await widgets(thing(""));
  world.failNext = "create";
  expect(await apply()).toMatch(/Error: half made[\s\S]*on main\.tf line 9/);
  expect((await plannedChanges(project))[0]?.change.actions).toEqual(["delete", "create"]);
  world.failNext = "crash";
  expect(await apply()).toMatch(/The widget provider failed in ApplyResourceChange[\s\S]*a bug[\s\S]*fault of the provider/);
  expect(project.faults).toEqual([new TypeError("a bug")]);
});

test("warns of what is deprecated, refuses what conflicts, and points at both", async () => {
  const { project } = await widgets(thing('  url = "x"\n  name_server = "y"\n  color = "blue"'));
  await project.write("other.tf", 'resource "widget_thing" "b" {\n  name = "b"\n  name_server = "y"\n}\n');
  const { diagnostics } = await validation(project);
  const conflict = { severity: "error", summary: "Conflicting configuration arguments" };
  expect(diagnostics).toHaveLength(4);
  expect(diagnostics).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        ...conflict,
        detail: '"url": conflicts with name_server',
        range: expect.objectContaining({ start: expect.objectContaining({ line: 10 }) }),
      }),
      expect.objectContaining({ ...conflict, detail: '"name_server": conflicts with url' }),
      expect.objectContaining({ severity: "warning", summary: "Argument is deprecated", detail: "Use url." }),
      expect.objectContaining({ summary: 'expected color to be one of ["red" "green"], got blue' }),
    ]),
  );
});

test("plans with what another resource has yet to tell, and applies when it is told", async () => {
  const main = `${thing("")}
resource "widget_thing" "b" {
  name = widget_thing.a.label
  size = widget_thing.a.revision
  tags = { label = widget_thing.a.label }
  dynamic "part" {
    for_each = [widget_thing.a.id]
    content {
      kind = part.value
    }
  }
}
data "widget_count" "all" {
  at_least   = widget_thing.b.size
  depends_on = [widget_thing.b]
}
output "total" {
  value = data.widget_count.all.total
}
`;
  const { project, apply } = await widgets(main);
  expect(await apply()).toBe("");
  expect(await stored(project, "widget_thing.b")).toMatchObject({
    name: "made a",
    size: 1,
    tags: { label: "made a" },
    part: [{ kind: "widget-1" }],
  });
  expect(JSON.parse((await project.terraform("output", "-json")).stdout)).toMatchObject({ total: { value: 2 } });
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
  expect((await project.terraform("destroy", "-auto-approve", "-no-color")).stdout).toContain("2 destroyed");
});
