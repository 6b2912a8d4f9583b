import type { Column, FilledBy, TablesByName } from "./column.ts";

/** What differs, a sentence each. Nothing when the declarations say what the database has. */
export function differences(declared: TablesByName, stored: TablesByName): string[] {
  return union(declared, stored).flatMap((table) => {
    const ours = declared.get(table);
    const theirs = stored.get(table);
    if (ours === undefined || theirs === undefined) return [oneSided(table, ours !== undefined)];
    return union(ours, theirs).flatMap((name) => {
      const [said, found] = [ours.get(name), theirs.get(name)];
      if (said === undefined || found === undefined) return [oneSided(`${table}.${name}`, said !== undefined)];
      return columnDifferences(said, found).map((what) => `${table}.${name}: ${what}`);
    });
  });
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].toSorted();
}

function oneSided(what: string, isDeclared: boolean): string {
  return isDeclared ? `${what}: is declared, but the database does not have it` : `${what}: the database has it, but it is not declared`;
}

const FILLED: Readonly<Record<FilledBy, string>> = {
  caller: "no default",
  default: "a default (Generated)",
  expression: "an expression (GeneratedAlways)",
};

function columnDifferences(said: Column, found: Column): string[] {
  const what: string[] = [];
  if (!said.kinds.some((kind) => found.kinds.includes(kind))) what.push(`is declared as ${said.type}, the database has ${found.type}`);
  if (said.nullable !== found.nullable)
    what.push(said.nullable ? "is declared with null, the database has not null" : "is declared without null, the database allows it");
  if (said.filledBy !== found.filledBy) what.push(`is declared with ${FILLED[said.filledBy]}, the database has ${FILLED[found.filledBy]}`);
  if (found.words !== undefined && String(said.words) !== String(found.words))
    what.push(`is declared as one of ${said.words?.join(", ") ?? "all texts"}, the database knows ${found.words.join(", ")}`);
  return what;
}
