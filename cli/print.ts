import Table from "cli-table3";
import { type Command, Option } from "commander";
import type { CliContext } from "./context.ts";
import { CliError } from "./failure.ts";
import { plainText } from "./plain-text.ts";

export type OutputOptions = { readonly output: "table" | "json"; readonly column?: string[] };

/** The columns of a table: each has the name that `-c` takes, and a function that returns its cell. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

/** Adds `-o table|json` and `-c`. */
export function withOutputOptions(command: Command, columns: Columns<never>, defaults: readonly string[]): Command {
  return command
    .addOption(new Option("-o, --output <format>", "output format").choices(["table", "json"]).default("table"))
    .addOption(
      new Option("-c, --column <names>", `columns of the table: ${Object.keys(columns).join(", ")}`)
        .argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), ...value.split(",").map((name) => name.trim())])
        .default(undefined, defaults.join(",")),
    );
}

/** Prints rows in the requested format: JSON is `json` as the API returned it; a table shows the chosen columns. */
export function printRows<Row>(
  context: Pick<CliContext, "stdout">,
  options: OutputOptions,
  table: { readonly columns: Columns<Row>; readonly defaults: readonly string[]; readonly rows: readonly Row[]; readonly json: unknown },
): void {
  if (options.output === "json") {
    printJson(context, table.json);
    return;
  }
  const names = options.column ?? table.defaults;
  const cells = names.map((name) => {
    const cell = table.columns[name.toLowerCase()];
    if (cell === undefined) throw new CliError(`column "${name}" does not exist: choose from ${Object.keys(table.columns).join(", ")}`);
    return cell;
  });
  context.stdout.write(
    formatTable(
      names,
      table.rows.map((row) => cells.map((cell) => plainText(cell(row)))),
    ),
  );
}

export function printJson(context: Pick<CliContext, "stdout">, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Separates columns by two spaces, with headings in capitals and no lines: easy to read, and easy to split with other tools. */
function formatTable(headings: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const edges = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const lines = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const table = new Table({
    head: headings.map((heading) => heading.toUpperCase()),
    chars: { ...Object.fromEntries([...edges, ...lines].map((name) => [name, ""])), middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push([...row]);
  return `${table.toString().replace(/[ ]+$/gm, "")}\n`;
}

/** Formats an age in its largest unit: `3s ago`, `5m ago`, `2h ago`, `4d ago`. */
export function formatAge(at: string | undefined, now: number): string {
  if (at === undefined) return "";
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
}
