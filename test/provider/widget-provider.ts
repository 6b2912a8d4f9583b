import { definitions } from "#provider/sdk/define.ts";
import { DiagnosticError } from "#provider/sdk/diagnostic.ts";
import { type DefinedProvider, defineProvider } from "#provider/sdk/provider.ts";
import { strictRules } from "#provider/sdk/rules/strict.ts";
import { computed, defaulted, optional, optionalComputed, required } from "#provider/sdk/schema/attribute.ts";
import { block, listBlock, setBlock, singleBlock } from "#provider/sdk/schema/block.ts";
import { oneOf } from "#provider/sdk/schema/validators.ts";
import { bool, int, listOf, mapOf, string } from "#provider/sdk/schema/value-type.ts";

export const WIDGET_PROVIDER_ADDRESS = "registry.terraform.io/acme/widget";

/** A world of widgets in memory, for a provider under strict rules with everything that the SDK has. */
export interface Widgets {
  readonly byId: Map<string, { revision: number }>;
  readonly log: string[];
  failNext: "create" | "crash" | undefined;
}

export function widgetProvider(widgets: Widgets): DefinedProvider {
  const { resource, dataSource } = definitions<Widgets>();
  const schema = block({
    attributes: {
      id: computed(string, { stable: true }),
      name: required(string, { replace: true }),
      color: defaulted(string, "red", { validate: [oneOf("red", "green")] }),
      size: optional(int),
      label: optionalComputed(string),
      tags: optional(mapOf(string)),
      aliases: optional(listOf(string)),
      revision: computed(int),
      url: optional(string, { conflictsWith: ["name_server"] }),
      name_server: optional(string, { conflictsWith: ["url"], deprecated: "Use url." }),
    },
    blocks: {
      part: listBlock({ attributes: { kind: required(string), weight: defaulted(int, 1), serial: computed(string) } }),
      port: setBlock({ attributes: { number: required(int), open: defaulted(bool, true) } }, { maxItems: 2 }),
      limits: singleBlock({ attributes: { most: required(int) } }),
    },
  });
  const widget = resource({
    version: 0,
    schema,
    create(input, { configuration, diagnostics }) {
      if (configuration.failNext === "crash") throw new TypeError("a bug");
      const id = `widget-${configuration.byId.size + 1}`;
      configuration.byId.set(id, { revision: 1 });
      configuration.log.push(`create ${input.name} ${input.color} ${input.part.map(({ kind, weight }) => `${kind}*${weight}`).join("+")}`);
      if (configuration.failNext === "create") diagnostics.error({ summary: "half made", path: ["name"] });
      configuration.failNext = undefined;
      return { id, revision: 1, label: `made ${input.name}`, part: input.part.map(({ kind }) => ({ serial: `${kind}-1` })) };
    },
    read(state, { configuration }) {
      const found = configuration.byId.get(state.id ?? "");
      return found === undefined ? "gone" : { revision: found.revision };
    },
    update(input, state, { configuration }) {
      const found = configuration.byId.get(state.id ?? "");
      if (found === undefined) throw new DiagnosticError({ summary: `no widget ${state.id}` });
      found.revision++;
      configuration.log.push(`update ${input.name} ${input.color}`);
      return {
        revision: found.revision,
        label: `made ${input.name}`,
        part: input.part.map(({ kind }) => ({ serial: `${kind}-${found.revision}` })),
      };
    },
    delete(state, { configuration }) {
      configuration.byId.delete(state.id ?? "");
      configuration.log.push(`delete ${state.name}`);
    },
  });
  const count = dataSource({
    version: 0,
    schema: block({ attributes: { at_least: optional(int), total: computed(int) } }),
    read: ({ at_least }, { configuration }) => ({ total: Math.max(configuration.byId.size, at_least ?? 0) }),
  });
  return defineProvider({
    name: "widget",
    rules: strictRules,
    schema: block({ attributes: { endpoint: optional(string) } }),
    configure: () => widgets,
    resources: { widget_thing: widget },
    dataSources: { widget_count: count },
  });
}
