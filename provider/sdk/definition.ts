import type { Value } from "./cty/value.ts";
import type { Diagnostics } from "./diagnostic.ts";
import type { ValueRules } from "./rules/value-rules.ts";
import type { BlockSchema } from "./schema/block.ts";
import type { Computed, Found, Input, Planned, State } from "./schema/typed.ts";

/** What a handler receives in addition to its values. */
export interface Call<C> {
  /** What the provider's `configure` returned for the provider block. */
  readonly configuration: C;
  /** Aborted when the user interrupts Terraform, or Terraform gives up the call. Work should then end soon and report what exists. */
  readonly signal: AbortSignal;
  /** For warnings, and for errors that leave something behind: if `create` adds an error and returns, its object is kept as tainted. */
  readonly diagnostics: Diagnostics;
}

/** Bytes that Terraform stores next to an object's state and does not display. */
export interface ResourceCall<C> extends Call<C> {
  /** The stored bytes. Another program may have written them, so expect anything. */
  readonly privateBytes: Uint8Array;
  keepPrivate(bytes: Uint8Array): void;
}

export interface PlanCall<C> extends Call<C> {
  /** Whether the plan creates a new object, whether or not it replaces an old one. */
  readonly isNew: boolean;
}

type Answer<T> = T | Promise<T>;

export interface ResourceDefinition<S extends BlockSchema, C> {
  /** Stored with each state. */
  readonly version: number;
  readonly schema: S;
  /** Checks what cannot be checked on a single attribute. Runs when an object is to be created or changed. */
  plan?(planned: Planned<S>, call: PlanCall<C>): void;
  create(input: Input<S>, call: ResourceCall<C>): Answer<Computed<S>>;
  /**
   * Reads an existing object, and returns what differs from the stored state, including configured attributes, which a plan then corrects.
   * Default: nothing differs.
   */
  read?(state: State<S>, call: ResourceCall<C>): Answer<Partial<Found<S>> | "gone">;
  /** Default: every change creates a new object. */
  update?(input: Input<S>, state: State<S>, call: ResourceCall<C>): Answer<Partial<Computed<S>>>;
  /** Default: there is nothing to do. */
  delete?(state: State<S>, call: ResourceCall<C>): Answer<void>;
}

export interface DataSourceDefinition<S extends BlockSchema, C> {
  readonly version: number;
  readonly schema: S;
  read(input: Input<S>, call: Call<C>): Answer<Found<S>>;
}

/** A resource from the view of the protocol server: Terraform's values in and out. */
export interface Resource<C> {
  readonly version: number;
  readonly schema: BlockSchema;
  readonly updatable: boolean;
  plan(planned: Value, call: PlanCall<C>): void;
  create(planned: Value, rules: ValueRules, call: ResourceCall<C>): Promise<Value>;
  read(state: Value, call: ResourceCall<C>): Promise<Value>;
  update(planned: Value, state: Value, rules: ValueRules, call: ResourceCall<C>): Promise<Value>;
  delete(state: Value, call: ResourceCall<C>): Promise<void>;
}

export interface DataSource<C> {
  readonly version: number;
  readonly schema: BlockSchema;
  read(config: Value, rules: ValueRules, call: Call<C>): Promise<Value>;
}

/** The result of `definitions`. */
export interface Definitions<C> {
  resource<const S extends BlockSchema>(definition: ResourceDefinition<S, C>): Resource<C>;
  dataSource<const S extends BlockSchema>(definition: DataSourceDefinition<S, C>): DataSource<C>;
}
