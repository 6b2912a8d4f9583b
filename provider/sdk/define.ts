import { NULL } from "./cty/value.ts";
import type { DataSource, DataSourceDefinition, Definitions, Resource, ResourceDefinition } from "./definition.ts";
import type { BlockSchema } from "./schema/block.ts";
import { withDefaults } from "./schema/defaults.ts";
import { toFields, withFields } from "./schema/translate.ts";
import type { Input, Planned, State } from "./schema/typed.ts";

/**
 * The functions with which a provider declares its types. Each schema determines the TypeScript types of its handlers, and
 * `C` is what the provider's `configure` returns.
 */
export function definitions<C>(): Definitions<C> {
  return { resource: (definition) => resourceOf(definition), dataSource: (definition) => dataSourceOf(definition) };
}

// The casts below are where checked Terraform values get the types that typed.ts computes from the same schema.

function resourceOf<S extends BlockSchema, C>(definition: ResourceDefinition<S, C>): Resource<C> {
  const { schema, version } = definition;
  return {
    schema,
    version,
    updatable: definition.update !== undefined,
    plan: (planned, call) => definition.plan?.(toFields(schema, planned, "planned") as Planned<S>, call),
    async create(planned, rules, call) {
      const computed = await definition.create(toFields(schema, planned, "input") as Input<S>, call);
      return rules.settleResource(schema, withFields(schema, planned, computed, "fill"));
    },
    async read(state, call) {
      const found = (await definition.read?.(toFields(schema, state, "state") as State<S>, call)) ?? {};
      return found === "gone" ? NULL : withFields(schema, state, found, "replace");
    },
    async update(planned, state, rules, call) {
      const input = toFields(schema, planned, "input") as Input<S>;
      const computed = (await definition.update?.(input, toFields(schema, state, "state") as State<S>, call)) ?? {};
      return rules.settleResource(schema, withFields(schema, planned, computed, "fill"));
    },
    async delete(state, call) {
      await definition.delete?.(toFields(schema, state, "state") as State<S>, call);
    },
  };
}

function dataSourceOf<S extends BlockSchema, C>(definition: DataSourceDefinition<S, C>): DataSource<C> {
  const { schema, version } = definition;
  return {
    schema,
    version,
    async read(config, rules, call) {
      const input = withDefaults(schema, config);
      const found = await definition.read(toFields(schema, input, "input") as Input<S>, call);
      return rules.settleDataSource(schema, withFields(schema, input, found, "replace"));
    },
  };
}
