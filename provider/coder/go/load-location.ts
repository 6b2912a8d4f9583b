import { TIME_ZONE_NAMES } from "./time-zone-names.ts";

/**
 * Why Go's `time.LoadLocation` would not find a time zone, in its words; undefined if it would. Names are case-sensitive, and aliases of a
 * zone are accepted too. `Intl` does not distinguish case or aliases, and does not know all of the names.
 */
export function locationProblem(name: string): string | undefined {
  if (name === "" || name === "UTC" || name === "Local") return undefined;
  // Go also searches the file system, so it refuses names that lead elsewhere.
  if (/\.\.|^[/\\]/.test(name)) return "time: invalid location name";
  names ??= readNames();
  return names.has(name) ? undefined : `unknown time zone ${name}`;
}

let names: ReadonlySet<string> | undefined;

function readNames(): Set<string> {
  return new Set(
    TIME_ZONE_NAMES.split("\n").flatMap((line) => {
      const [area = "", places = ""] = line.split(":");
      return places.split(" ").map((place) => area + place);
    }),
  );
}
