/** The TypeScript types that follow from a schema: what handlers receive and what they must return. */
import type { UnknownValue } from "../cty/value.ts";
import type { Attribute, Mode } from "./attribute.ts";
import type { BlockSchema, NestedBlock, Nesting } from "./block.ts";

type Js<A> = A extends Attribute<infer T, Mode> ? T : never;
type ModeOf<A> = A extends Attribute<unknown, infer M> ? M : never;
type Several<N extends Nesting, T> = N extends "single" ? T | null : readonly T[];
type Flat<T> = { [K in keyof T]: T[K] };

/** A value that the provider can rely on: never null if it is required or has a default. */
type Settled<A> = ModeOf<A> extends "required" | "defaulted" ? Js<A> : Js<A> | null;

/** The configuration, fully known and with defaults, which `create` and a data source's `read` receive. */
export type Input<S extends BlockSchema> = Flat<
  {
    readonly [K in keyof S["attributes"] as ModeOf<S["attributes"][K]> extends "computed" ? never : K]: Settled<S["attributes"][K]>;
  } & {
    readonly [K in keyof S["blocks"]]: S["blocks"][K] extends NestedBlock<infer T, infer N, infer C>
      ? Several<N, Input<T>> | (C extends true ? null : never)
      : never;
  }
>;

/** The configuration during a plan, when parts of it may still be unknown. A value with an unknown part is unknown. */
export type Planned<S extends BlockSchema> = Flat<
  {
    readonly [K in keyof S["attributes"] as ModeOf<S["attributes"][K]> extends "computed" ? never : K]:
      | Settled<S["attributes"][K]>
      | UnknownValue;
  } & {
    readonly [K in keyof S["blocks"]]: S["blocks"][K] extends NestedBlock<infer T, infer N, boolean>
      ? Several<N, Planned<T>> | UnknownValue
      : never;
  }
>;

/** Stored state. An older version of the provider may have written it, so anything may be null. */
export type State<S extends BlockSchema> = Flat<
  { readonly [K in keyof S["attributes"]]: Js<S["attributes"][K]> | null } & {
    readonly [K in keyof S["blocks"]]: S["blocks"][K] extends NestedBlock<infer T, infer N, boolean> ? Several<N, State<T>> : never;
  }
>;

/** One whole block, as a provider returns it. */
export type Full<S extends BlockSchema> = Flat<
  { readonly [K in keyof S["attributes"]]: Settled<S["attributes"][K]> } & {
    readonly [K in keyof S["blocks"]]: S["blocks"][K] extends NestedBlock<infer T, infer N, boolean> ? Several<N, Full<T>> : never;
  }
>;

/**
 * What only the provider knows: every computed value. Nested blocks with computed attributes are in the order of the configured blocks;
 * computed blocks are complete. A value that the configuration also sets is ignored.
 */
export type Computed<S extends BlockSchema> = Flat<
  {
    readonly [K in keyof S["attributes"] as ModeOf<S["attributes"][K]> extends "computed" | "optionalComputed" ? K : never]: Js<
      S["attributes"][K]
    > | null;
  } & {
    readonly [K in keyof S["blocks"] as S["blocks"][K] extends NestedBlock<infer T, Nesting, infer C>
      ? C extends true
        ? K
        : HasComputed<T> extends true
          ? K
          : never
      : never]: S["blocks"][K] extends NestedBlock<infer T, infer N, infer C> ? Several<N, C extends true ? Full<T> : Computed<T>> : never;
  }
>;

type HasComputed<S extends BlockSchema> =
  Extract<
    { [K in keyof S["attributes"]]: ModeOf<S["attributes"][K]> }[keyof S["attributes"]],
    "computed" | "optionalComputed"
  > extends never
    ? true extends { [K in keyof S["blocks"]]: S["blocks"][K] extends NestedBlock<infer T> ? HasComputed<T> : never }[keyof S["blocks"]]
      ? true
      : false
    : true;

/** What a data source found: the computed values, and optionally different values in place of configured ones. */
export type Found<S extends BlockSchema> = Computed<S> & {
  readonly [K in keyof S["attributes"] as ModeOf<S["attributes"][K]> extends "computed" | "optionalComputed" ? never : K]?: Js<
    S["attributes"][K]
  > | null;
};
