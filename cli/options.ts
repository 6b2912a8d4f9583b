/** Options that several commands share. */
import { InvalidArgumentError, Option } from "commander";
import type { GlobalOptions } from "./context.ts";

export interface OrganizationOptions extends GlobalOptions {
  readonly org?: string;
}

export interface ConfirmOptions extends GlobalOptions {
  readonly yes?: boolean;
}

export function organizationOption(): Option {
  return new Option("-O, --org <name>", "organization, by name or ID; needed only if you are a member of several").env(
    "CODER_ORGANIZATION",
  );
}

export function yesOption(): Option {
  return new Option("-y, --yes", "skip confirmation prompts");
}

/** Creates `-o`. The first format is the default. */
export function outputOption(formats: readonly [string, ...string[]]): Option {
  return new Option("-o, --output <format>", "output format").choices([...formats]).default(formats[0]);
}

/** Collects `name=value` pairs into a record; later pairs win. */
export function collectPairs(text: string, previous: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must look like name=value.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Collects tags like {@link collectPairs}; a single hyphen is for none. */
export function collectTags(text: string, previous: Readonly<Record<string, string>> | undefined): Record<string, string> {
  if (text !== "-") return collectPairs(text, previous);
  if (previous !== undefined && Object.keys(previous).length > 0) throw new InvalidArgumentError("A hyphen stands for no tags at all.");
  return {};
}

/** Creates a parser of whole numbers of at least `minimum`. */
export function parseCount(minimum: number): (text: string) => number {
  return (text) => {
    if (!/^-?\d+$/.test(text) || Number(text) < minimum)
      throw new InvalidArgumentError(`It must be a whole number of at least ${minimum}.`);
    return Number(text);
  };
}

/** Collects the words of an option that may be repeated, or contain several words separated by commas. */
export function collectWords(text: string, previous: readonly string[] | undefined): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("")) throw new InvalidArgumentError("It must not be empty.");
  return [...(previous ?? []), ...words];
}

/** Does the same; an empty text is an empty list. */
export function collectList(text: string, previous: readonly string[] | undefined): string[] {
  return text.trim() === "" ? [...(previous ?? [])] : collectWords(text, previous);
}

/** Parses a token's lifetime into milliseconds. */
export function parseLifetimeMs(text: string): number {
  if (!DURATION.test(text)) throw new InvalidArgumentError("It must be a duration such as 8h, 30d, 1y or 1d12h30m.");
  const lifetime = parseDurationMs(text);
  // The server takes 0 for its default, which is not what somebody who writes 0h wants.
  if (lifetime < 1) throw new InvalidArgumentError("It must be longer than zero.");
  return lifetime;
}

const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d|y))+$/;
const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, y: 31_536_000_000 } as const;

/** Like {@link parseDurationMs}, with a minimum. */
export function parseDurationFrom(minimum: string): (text: string) => number {
  return (text) => {
    const duration = parseDurationMs(text);
    if (duration < parseDurationMs(minimum)) throw new InvalidArgumentError(`It must be at least ${minimum}.`);
    return duration;
  };
}

/** Parses a duration such as `45s`, `10m` or `1h30m` into milliseconds. */
export function parseDurationMs(text: string): number {
  if (!DURATION.test(text)) throw new InvalidArgumentError("It must be a duration such as 45s, 10m or 1h30m.");
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|y)/g)) {
    sum += Number(amount) * (UNITS_MS[unit as keyof typeof UNITS_MS] ?? 0);
  }
  return sum;
}
