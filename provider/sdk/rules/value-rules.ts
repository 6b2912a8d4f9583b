import type { Value } from "../cty/value.ts";
import type { Path } from "../diagnostic.ts";
import type { BlockSchema } from "../schema/block.ts";

export interface PlanRequest {
  /** Null for a new object. */
  readonly prior: Value;
  /** Terraform's own merge of prior state and configuration. */
  readonly proposed: Value;
  readonly config: Value;
  /** Whether the resource can change an existing object at all. */
  readonly updatable: boolean;
}

export interface ResourcePlan {
  readonly planned: Value;
  /** The attributes that require a replacement; empty for a new object and for an update in place. */
  readonly requiresReplace: readonly Path[];
}

/** How configuration becomes plan and state. A provider uses one set of rules for all its types. */
export interface ValueRules {
  readonly name: "legacy" | "strict";
  planResource(schema: BlockSchema, request: PlanRequest): ResourcePlan;
  /** The state to store for a resource, from its plan with every computed value filled in. */
  settleResource(schema: BlockSchema, applied: Value): Value;
  /** The state to store for a data source, from its configuration with defaults and computed values. */
  settleDataSource(schema: BlockSchema, found: Value): Value;
}
