/**
 * Random configurations for every type, through all that Terraform asks of a provider. FUZZ_FACTOR=10 makes ten times as many;
 * fast-check prints the seed of a failure, and the configuration made as small as it can be.
 */
import process from "node:process";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { coderProvider } from "#provider/coder/provider.ts";
import { stateViolations } from "#provider/sdk/consistency.ts";
import { valueFor } from "#provider/sdk/cty/arbitrary.ts";
import type { CtyType } from "#provider/sdk/cty/type.ts";
import { fingerprint, isWhollyKnown, NULL, type Value } from "#provider/sdk/cty/value.ts";
import { fromJson } from "#provider/sdk/fake-host.ts";
import type { BlockSchema } from "#provider/sdk/schema/block.ts";
import { items, part } from "#provider/sdk/schema/translate.ts";
import { ValueHost } from "#provider/sdk/value-host.ts";
import { checkDiagnostics, liveThrough, type Reached } from "./provider-lifecycle.ts";
import { type Configuration, configurationOf } from "./random-configuration.ts";
import { type Widgets, widgetProvider } from "./widget-provider.ts";

const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
const RUNS = { life: 60 * FACTOR, data: 60 * FACTOR, anything: 25 * FACTOR };
const TIMEOUT_MS = 30_000 * FACTOR;

/** The build's variables, another choice of them in each run. */
const env: Record<string, string> = {};
const world: Widgets = { byId: new Map(), log: [], failNext: undefined };

const variables = fc.dictionary(
  fc.constantFrom(
    ...["CODER_AGENT_TOKEN", "CODER_WORKSPACE_BUILD_ID", "CODER_WORKSPACE_ID", "CODER_WORKSPACE_NAME", "CODER_WORKSPACE_TRANSITION"],
    ...["CODER_WORKSPACE_TEMPLATE_ID", "CODER_WORKSPACE_TEMPLATE_NAME", "CODER_WORKSPACE_TEMPLATE_VERSION", "CODER_WORKSPACE_IS_PREBUILD"],
    ...["CODER_WORKSPACE_OWNER", "CODER_WORKSPACE_OWNER_GROUPS", "CODER_WORKSPACE_OWNER_RBAC_ROLES", "CODER_TASK_ID", "CODER_TASK_PROMPT"],
    ...["CODER_AGENT_SCRIPT_linux_amd64", "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_a", "CODER_SECRET_ENV_a"],
    // Of a parameter named "a".
    ...["", "PREVIOUS_"].map((kind) => `CODER_PARAMETER_${kind}ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb`),
  ),
  fc.oneof(
    fc.constantFrom(
      ...["", "1", "true", "a", "stop", '["a"]', "[]", "null", "[", '{"a":1}', '[1,"a"]', '["\\ud800"]', '[{"name":"a","org_id":""}]'],
    ),
    fc.constant("7b9d2f6e-0000-4000-8000-000000000001"),
    fc.json(),
    fc.string({ unit: "binary" }),
  ),
);

/** What belongs together in one type, and chance would hardly bring together. The rest of the configuration is at random. */
const FITTING: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  coder_parameter: [
    { type: "string", default: "a", form_type: null, option: [], validation: [{ regex: "^a?$", error: "no" }], ephemeral: false },
    { type: "string", default: null, form_type: "textarea", option: [], validation: [], ephemeral: false },
    {
      type: "string",
      form_type: null,
      default: "1",
      option: [
        { name: "a", value: "1" },
        { name: "b", value: "a" },
      ],
      validation: [],
      ephemeral: false,
    },
    {
      type: "number",
      default: "5",
      form_type: "slider",
      option: [],
      validation: [{ min: 0, max: 1e300, monotonic: "increasing" }],
      ephemeral: false,
    },
    { type: "number", default: "1", form_type: null, option: [], mutable: true, ephemeral: true },
    { type: "bool", default: "false", form_type: "switch", option: [], validation: [], ephemeral: false },
    {
      type: "list(string)",
      default: '["a"]',
      form_type: "multi-select",
      option: [{ name: "a", value: "a" }],
      validation: [],
      ephemeral: false,
    },
  ],
  coder_secret: [
    { env: "NAME", file: null },
    { env: null, file: "~/x" },
  ],
};

const providers = [coderProvider({ env }), widgetProvider(world)];

for (const provider of providers)
  describe(`the ${provider.name} provider, under ${provider.schemas.rules} rules`, () => {
    let host: ValueHost;

    beforeEach(async () => {
      host = await ValueHost.connect(provider);
      await host.configure(emptyOf(host, "provider"));
    });

    const run = (name: string, what: () => Promise<void>): Promise<void> =>
      what().then(() => {
        const [fault] = host.faults.splice(0);
        if (fault !== undefined) throw new Error(`a fault of the provider's own at ${name}`, { cause: fault });
      });

    for (const [name, { schema }] of Object.entries(provider.schemas.resources)) {
      test(`${name} keeps Terraform's rules through its life`, { timeout: TIMEOUT_MS }, async () => {
        const reached: Record<Reached, number> = { validated: 0, planned: 0, applied: 0, changed: 0 };
        const life = {
          host,
          name,
          strictness: provider.schemas.rules,
          onPlan: ({ config, planned }: { config: Value; planned: Value }) => expectKept(schema, config, planned, "the plan"),
          onResult: ({ planned, result }: { planned: Value; result: Value }) => expectKept(schema, planned, result, "the result"),
        };
        const property = fc.asyncProperty(configurationOf(schema), configurationOf(schema), variables, (configuration, next, chosen) =>
          run(name, async () => {
            setVariables(chosen);
            world.byId.clear();
            reached[await liveThrough(life, configuration, next)]++;
          }),
        );
        await fc.assert(property, { numRuns: RUNS.life });
        if (process.env.FUZZ_FACTOR) console.log(name, reached);
        // Rules that nothing comes to are not kept by anybody.
        expect(reached.applied + reached.changed).toBeGreaterThan(RUNS.life / 8);
      });

      test(`${name} answers whatever is stored of it`, { timeout: TIMEOUT_MS }, async () => {
        const state = valueFor(host.type(name), { unknowns: false });
        const property = fc.asyncProperty(state, configurationOf(schema), fc.uint8Array(), (stored, { early }, privateBytes) =>
          run(name, async () => {
            if (stored.kind !== "object") return;
            const upgraded = await host.upgrade(name, host.storedJson(name, stored));
            const prior = upgraded.state ?? NULL;
            checkDiagnostics(host.type(name), prior, upgraded.diagnostics, "upgrade");
            const read = await host.read(name, prior, privateBytes);
            checkDiagnostics(host.type(name), prior, read.diagnostics, "read");
            if (read.state !== undefined) expect(stateViolations(host.type(name), read.state)).toEqual([]);
            const planned = await host.plan(name, { prior, config: early, privateBytes });
            checkDiagnostics(host.type(name), early, planned.diagnostics, "plan");
            const gone = await host.apply(name, { prior, planned: NULL, config: NULL, privateBytes });
            expect(gone).toMatchObject({ state: NULL, diagnostics: [] });
          }),
        );
        await fc.assert(property, { numRuns: RUNS.anything });
      });
    }

    for (const [name, { schema }] of Object.entries(provider.schemas.dataSources)) {
      test(`data.${name} gives a state of its type`, { timeout: TIMEOUT_MS }, async () => {
        let found = 0;
        const type = host.type(`data.${name}`);
        const property = fc.asyncProperty(fittingOf(name, schema, type), variables, ({ early, final }, chosen) =>
          run(name, async () => {
            setVariables(chosen);
            checkDiagnostics(type, early, await host.validate(`data.${name}`, early), "validate");
            const refusals = await host.validate(`data.${name}`, final);
            checkDiagnostics(type, final, refusals, "validate");
            if (refusals.some(({ severity }) => severity === 1)) return;
            const { state, diagnostics } = await host.readData(name, final);
            checkDiagnostics(type, final, diagnostics, "read");
            if (diagnostics.some(({ severity }) => severity === 1)) return;
            expect(state?.kind).toBe("object");
            expect(stateViolations(type, state ?? NULL)).toEqual([]);
            expectKept(schema, final, state ?? NULL, "the state");
            found++;
          }),
        );
        await fc.assert(property, { numRuns: RUNS.data });
        if (process.env.FUZZ_FACTOR) console.log(name, found);
        expect(found).toBeGreaterThan(RUNS.data / 10);
      });
    }

    test("answers what Terraform would never send", { timeout: TIMEOUT_MS }, async () => {
      for (const name of host.names) {
        const any = valueFor(host.type(name), { unknowns: true });
        const property = fc.asyncProperty(any, any, any, async (prior, planned, config) => {
          const seen = [await host.validate(name, config)];
          if (name.startsWith("data.")) seen.push((await host.readData(name.slice(5), config)).diagnostics);
          else if (name !== "provider") {
            seen.push((await host.plan(name, { prior, config })).diagnostics);
            seen.push((await host.apply(name, { prior, planned, config })).diagnostics);
            seen.push((await host.read(name, prior)).diagnostics);
          }
          for (const { summary, detail } of seen.flat()) expect(`${summary}\n${detail}`).not.toMatch(/\n\s+at .*:\d+/);
        });
        await fc.assert(property, { numRuns: RUNS.anything });
      }
      await host.configure(emptyOf(host, "provider"));
    });
  });

function fittingOf(name: string, schema: BlockSchema, type: CtyType): fc.Arbitrary<Configuration> {
  const any = configurationOf(schema);
  const [first, ...others] = FITTING[name] ?? [];
  if (first === undefined) return any;
  const fitted = fc.tuple(any, fc.constantFrom(first, ...others)).map(([{ early, final }, overlay]) => {
    const parts = fromJson(type, overlay);
    const put = (into: Value): Value => ({
      kind: "object",
      entries: new Map(
        Object.keys(schema.attributes)
          .concat(Object.keys(schema.blocks))
          .map((key) => [key, part(key in overlay ? parts : into, key)]),
      ),
    });
    return { early: put(early), final: put(final) };
  });
  return fc.oneof({ weight: 3, arbitrary: fitted }, { weight: 1, arbitrary: any });
}

function setVariables(chosen: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, chosen);
}

function emptyOf(host: ValueHost, name: string): Value {
  const type = host.type(name);
  return type.kind === "object" ? { kind: "object", entries: new Map(type.attributes.keys().map((key) => [key, NULL])) } : NULL;
}

/**
 * What no provider may do, whatever Terraform tolerates: give up something that somebody wrote. Null, zero and empty are nothing to keep,
 * since older rules mix them up; so are the nulls in a map. Blocks of a
 * set may turn out to be one, when their defaults are filled in.
 */
function expectKept(schema: BlockSchema, from: Value, to: Value, where: string, at = ""): void {
  for (const [name, { mode }] of Object.entries(schema.attributes)) {
    const [wanted, got] = [part(from, name), part(to, name)].map(withoutNothing);
    if (wanted === undefined || got === undefined || mode === "computed" || wanted.kind === "null" || !isWhollyKnown(wanted)) continue;
    if (fingerprint(wanted) !== fingerprint(got))
      throw new Error(`${where} has ${fingerprint(got)} for ${at}${name}, wanted ${fingerprint(wanted)}`);
  }
  for (const [name, nested] of Object.entries(schema.blocks)) {
    const [wanted, got] = [part(from, name), part(to, name)];
    if (wanted.kind === "unknown") continue;
    if (nested.nesting === "single") expectKept(nested.schema, wanted, got, where, `${at}${name}.`);
    else if (nested.nesting === "set" ? items(got).length === 0 && items(wanted).length > 0 : items(got).length < items(wanted).length)
      throw new Error(`${where} has ${items(got).length} blocks ${at}${name}, wanted ${items(wanted).length}`);
    else if (nested.nesting === "list")
      for (const [n, item] of items(wanted).entries()) expectKept(nested.schema, item, items(got)[n] ?? NULL, where, `${at}${name}[${n}].`);
  }
}

function withoutNothing(value: Value): Value {
  if (value.kind === "map") {
    const entries = [...value.entries].filter(([, item]) => item.kind !== "null");
    return entries.length === 0 ? NULL : { kind: "map", entries: new Map(entries) };
  }
  const isNothing =
    ["", "0", "false"].includes("value" in value ? String(value.value) : "x") || ("items" in value && value.items.length === 0);
  return isNothing ? NULL : value;
}
