import { type CtyType, list, object, set } from "../cty/type.ts";
import { type Attribute, isComputed } from "./attribute.ts";

export type Attributes = Readonly<Record<string, Attribute>>;
export type NestedBlocks = Readonly<Record<string, NestedBlock>>;

/** The schema of a resource, a data source, a provider block or a nested block. */
export interface BlockSchema<A extends Attributes = Attributes, B extends NestedBlocks = NestedBlocks> {
  readonly attributes: A;
  readonly blocks: B;
  readonly description?: string;
}

export type Nesting = "list" | "set" | "single";

export interface NestedBlockOptions {
  readonly description?: string;
  readonly deprecated?: string;
  readonly conflictsWith?: readonly string[];
  /** Lists and sets only. Default: 0. */
  readonly minItems?: number;
  /** Lists and sets only. Default: no limit. */
  readonly maxItems?: number;
  /** Whether a change creates a new object, whatever its attributes say. Default: false. */
  readonly replace?: boolean;
}

export interface NestedBlock<S extends BlockSchema = BlockSchema, N extends Nesting = Nesting, C extends boolean = boolean>
  extends NestedBlockOptions {
  readonly nesting: N;
  readonly schema: S;
  /** Whether the provider supplies the blocks if the configuration has none. Legacy value rules only. */
  readonly computed: C;
}

interface Content {
  readonly attributes?: Attributes;
  readonly blocks?: NestedBlocks;
}

type None = Readonly<Record<never, never>>;

/** Creates a schema with this content; omitted parts are empty. */
type SchemaOf<T extends Content> = BlockSchema<
  T extends { readonly attributes: infer A extends Attributes } ? A : None,
  T extends { readonly blocks: infer B extends NestedBlocks } ? B : None
>;

export function block<T extends Content & { readonly description?: string }>(content: T): SchemaOf<T> {
  // The compiler cannot see that an absent part becomes the empty one, as the type says.
  return { attributes: {}, blocks: {}, ...content } as BlockSchema as SchemaOf<T>;
}

export function listBlock<T extends Content>(content: T, options: NestedBlockOptions = {}): NestedBlock<SchemaOf<T>, "list", false> {
  return { ...options, nesting: "list", schema: block(content), computed: false };
}

export function setBlock<T extends Content>(content: T, options: NestedBlockOptions = {}): NestedBlock<SchemaOf<T>, "set", false> {
  return { ...options, nesting: "set", schema: block(content), computed: false };
}

/** A set of blocks that the provider supplies if the configuration has none. */
export function computedSetBlock<T extends Content>(content: T, options: NestedBlockOptions = {}): NestedBlock<SchemaOf<T>, "set", true> {
  return { ...options, nesting: "set", schema: block(content), computed: true };
}

export function singleBlock<T extends Content>(content: T, options: NestedBlockOptions = {}): NestedBlock<SchemaOf<T>, "single", false> {
  return { ...options, nesting: "single", schema: block(content), computed: false };
}

/** The attributes by name, as a list that is created once, because every value is walked along it several times. */
export function attributesOf(schema: BlockSchema): readonly (readonly [string, Attribute])[] {
  let entries = attributeLists.get(schema);
  if (entries === undefined) {
    entries = Object.entries(schema.attributes);
    attributeLists.set(schema, entries);
  }
  return entries;
}

const attributeLists = new WeakMap<BlockSchema, readonly (readonly [string, Attribute])[]>();

/** The nested blocks by name, as a list that is created once. */
export function blocksOf(schema: BlockSchema): readonly (readonly [string, NestedBlock])[] {
  let entries = blockLists.get(schema);
  if (entries === undefined) {
    entries = Object.entries(schema.blocks);
    blockLists.set(schema, entries);
  }
  return entries;
}

const blockLists = new WeakMap<BlockSchema, readonly (readonly [string, NestedBlock])[]>();

/** The type of a block's value: an object of its attributes and nested blocks. */
export function typeOf(schema: BlockSchema): CtyType {
  let type = types.get(schema);
  if (type === undefined) {
    type = object([
      ...Object.entries(schema.attributes).map(([name, attribute]) => [name, attribute.type.cty] as const),
      ...Object.entries(schema.blocks).map(([name, nested]) => [name, nestedTypeOf(nested)] as const),
    ]);
    types.set(schema, type);
  }
  return type;
}

const types = new WeakMap<BlockSchema, CtyType>();

/** Whether a change anywhere in the block creates a new object. */
export function replacesOnChange(nested: NestedBlock): boolean {
  return (
    nested.replace === true || someAttribute(nested.schema, (attribute) => attribute.replace === true) || hasInner(nested, replacesOnChange)
  );
}

/** Whether the provider supplies values in the block, so that each of its answers contains the block. */
export function suppliesValues(nested: NestedBlock): boolean {
  return nested.computed || someAttribute(nested.schema, isComputed) || hasInner(nested, suppliesValues);
}

function someAttribute(schema: BlockSchema, test: (attribute: Attribute) => boolean): boolean {
  return Object.values(schema.attributes).some(test);
}

function hasInner(nested: NestedBlock, test: (inner: NestedBlock) => boolean): boolean {
  return Object.values(nested.schema.blocks).some(test);
}

/**
 * Refuses, when the provider starts, schemas that could never work.
 *
 * @throws TypeError that names the attribute or block
 */
export function checkSchema(schema: BlockSchema, at: string, rules: "legacy" | "strict", inSet = false): void {
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`${at}.${name}: a name is lower case letters, digits and underscores`);
    if (name in schema.blocks) throw new TypeError(`${at}.${name}: an attribute and a block of one name`);
    // A set identifies its elements by value, so filling in a value later would make a different element.
    if (inSet && isComputed(attribute)) throw new TypeError(`${at}.${name}: no attribute in a set can be computed`);
  }
  for (const [name, nested] of Object.entries(schema.blocks)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`${at}.${name}: a name is lower case letters, digits and underscores`);
    if (nested.computed && rules === "strict") throw new TypeError(`${at}.${name}: under strict rules blocks are configuration only`);
    checkSchema(nested.schema, `${at}.${name}`, rules, inSet || nested.nesting === "set");
  }
}

function nestedTypeOf(nested: NestedBlock): CtyType {
  const inner = typeOf(nested.schema);
  if (nested.nesting === "single") return inner;
  return nested.nesting === "list" ? list(inner) : set(inner);
}
