import { TIME_ZONE_NAMES } from "./time-zone-names.ts";

/**
 * Why Go's `time.LoadLocation` would not find a time zone, in its words; undefined for one that it finds. Names count as they are written,
 * upper and lower case, and those that are only another name of a zone count too. `Intl` knows neither difference, and not all of them.
 */
export function locationProblem(name: string): string | undefined {
  if (name === "" || name === "UTC" || name === "Local") return undefined;
  // Go looks in the file system too, so it keeps names away that lead elsewhere.
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
