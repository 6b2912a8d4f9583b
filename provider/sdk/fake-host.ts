/** For tests: the part of Terraform that calls a provider, without the wire. Values are passed in and returned as JSON. */
import type * as pb from "#proto/gen/tfplugin6_pb.js";
import { Diagnostic_Severity } from "#proto/gen/tfplugin6_pb.js";
import { decodeJson } from "./cty/json.ts";
import type { CtyType } from "./cty/type.ts";
import { distinct, NULL, UNKNOWN, type Value } from "./cty/value.ts";
import type { Provider } from "./provider.ts";
import { type ValueAnswer, ValueHost } from "./value-host.ts";

/** Stands for an unknown in the JSON of this file, both ways. */
export const UNKNOWN_TEXT = "(unknown)";

type Json = Readonly<Record<string, unknown>>;

/** A diagnostic with its path as in an expression: `metadata[0].key`. */
export interface SeenDiagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly path: string;
}

export interface Answer {
  /** The planned or the new state. */
  readonly state: unknown;
  readonly diagnostics: readonly SeenDiagnostic[];
  readonly replaces: readonly string[];
  readonly privateBytes: Uint8Array;
}

export class FakeHost {
  readonly #host: ValueHost;

  private constructor(host: ValueHost) {
    this.#host = host;
  }

  /** Learns the schema and configures the provider. */
  static async connect(provider: Provider, config: Json = {}): Promise<FakeHost> {
    const host = new FakeHost(await ValueHost.connect(provider));
    await host.configure(config);
    return host;
  }

  /** The errors that the provider reported as its own bugs. */
  get faults(): readonly unknown[] {
    return this.#host.faults;
  }

  /** The names of all resource types, and of all data sources. */
  get resources(): readonly string[] {
    return this.#host.names.filter((name) => name !== "provider" && !name.startsWith("data."));
  }

  get dataSources(): readonly string[] {
    return this.#host.names.filter((name) => name.startsWith("data.")).map((name) => name.slice("data.".length));
  }

  async configure(config: Json): Promise<readonly SeenDiagnostic[]> {
    return seen(await this.#host.configure(this.#value("provider", config)));
  }

  /** @param name `provider`, a resource's type, or `data.` and a data source's */
  async validate(name: string, config: Json): Promise<readonly SeenDiagnostic[]> {
    return seen(await this.#host.validate(name, this.#value(name, config)));
  }

  /** @param prior the prior state; null for a new object */
  async plan(typeName: string, config: Json, prior: unknown = null): Promise<Answer> {
    return answer(await this.#plan(typeName, this.#value(typeName, config), this.#value(typeName, prior)));
  }

  /** Plans, and applies the plan. A null `config` destroys. */
  async apply(typeName: string, config: Json | null, prior: unknown = null, privateBytes?: Uint8Array): Promise<Answer> {
    const [given, before] = [this.#value(typeName, config), this.#value(typeName, prior)];
    const planned = config === null ? NULL : ((await this.#plan(typeName, given, before)).state ?? NULL);
    const change = { planned, prior: before, config: given, ...(privateBytes === undefined ? {} : { privateBytes }) };
    return answer(await this.#host.apply(typeName, change));
  }

  async read(typeName: string, state: unknown, privateBytes?: Uint8Array): Promise<Answer> {
    return answer(await this.#host.read(typeName, this.#value(typeName, state), privateBytes));
  }

  async upgrade(typeName: string, stored: Json): Promise<Answer> {
    return answer(await this.#host.upgrade(typeName, JSON.stringify(stored)));
  }

  async import(typeName: string): Promise<readonly SeenDiagnostic[]> {
    return seen(await this.#host.import(typeName));
  }

  async readData(typeName: string, config: Json = {}): Promise<Answer> {
    return answer(await this.#host.readData(typeName, this.#value(`data.${typeName}`, config)));
  }

  #plan(typeName: string, config: Value, prior: Value): Promise<ValueAnswer> {
    return this.#host.plan(typeName, { prior, config });
  }

  #value(name: string, json: unknown): Value {
    return fromJson(this.#host.type(name), json);
  }
}

function answer({ state, diagnostics, replaces, privateBytes }: ValueAnswer): Answer {
  return {
    state: state === undefined ? undefined : toJson(state),
    diagnostics: seen(diagnostics),
    replaces: replaces.map(pathText),
    privateBytes,
  };
}

/** Converts JSON in this file's format to a value. As in a configuration, omitted blocks are empty and omitted attributes null. */
export function fromJson(type: CtyType, json: unknown): Value {
  if (json === UNKNOWN_TEXT) return UNKNOWN;
  if (type.kind === "object" && typeof json === "object" && json !== null) {
    const given = new Map(Object.entries(json));
    return {
      kind: "object",
      entries: new Map(type.attributes.entries().map(([name, of]) => [name, fromJson(of, given.get(name) ?? emptyOf(of))])),
    };
  }
  if ((type.kind === "list" || type.kind === "set") && Array.isArray(json)) {
    const items = json.map((item) => fromJson(type.element, item));
    return { kind: type.kind, items: type.kind === "set" ? distinct(items) : items };
  }
  if (type.kind === "map" && typeof json === "object" && json !== null)
    return { kind: "map", entries: new Map(Object.entries(json).map(([key, item]) => [key, fromJson(type.element, item)])) };
  return decodeJson(type, JSON.stringify(json));
}

function emptyOf(type: CtyType): unknown {
  return (type.kind === "list" || type.kind === "set") && type.element.kind === "object" ? [] : null;
}

function toJson(value: Value): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "unknown":
      return UNKNOWN_TEXT;
    case "number":
      return Number(value.value);
    case "list":
    case "set":
    case "tuple":
      return value.items.map(toJson);
    case "map":
    case "object":
      return Object.fromEntries(value.entries.entries().map(([key, item]) => [key, toJson(item)]));
    case "dynamic":
      return toJson(value.value);
    default:
      return value.value;
  }
}

function seen(diagnostics: readonly pb.Diagnostic[]): SeenDiagnostic[] {
  return diagnostics.map(({ severity, summary, detail, attribute }) => {
    const kind = severity === Diagnostic_Severity.ERROR ? "error" : "warning";
    return { severity: kind, summary, detail, path: pathText(attribute?.steps ?? []) };
  });
}

/** Formats a path as in an expression: `metadata[0].key`. */
export function pathText(steps: readonly pb.AttributePath_Step[]): string {
  return steps
    .map(({ selector }) => (selector.case === "attributeName" ? `.${selector.value}` : `[${JSON.stringify(selector.value, bigintText)}]`))
    .join("")
    .replace(/^\./, "");
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
