import type { Command, Option } from "commander";
import { listenForInterrupts } from "#cli/interrupts.ts";
import { createProgram } from "#cli/program.ts";

/** Writes the CLI's reference in Markdown, from the same descriptions that `--help` prints. */
export function cliReference(): string {
  using interrupts = listenForInterrupts(process);
  const program = createProgram({
    env: {},
    platform: "linux",
    homeDirectory: "~",
    workingDirectory: ".",
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupts,
    now: Date.now,
  });
  const commands = runnable(program, program.name()).flatMap(([path, command]) => section(path, command));
  return [
    "# `proviso`",
    "",
    "Written by `npm run generate` from the CLI itself. Every command takes these options, before or after its name:",
    "",
    ...optionTable(program.options),
    ...commands,
  ].join("\n");
}

/** Finds every command that does something itself, with the words that call it. */
function runnable(command: Command, path: string): [string, Command][] {
  return command.commands.flatMap((child) => {
    const words = `${path} ${child.name()}`;
    if (Reflect.get(child, "_hidden") === true) return [];
    return child.commands.length > 0 ? runnable(child, words) : [[words, child] as [string, Command]];
  });
}

function section(path: string, command: Command): string[] {
  const options = command.options.filter((option) => !option.hidden);
  return [
    `## \`${[path, ...command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`))].join(" ")}\``,
    "",
    command.description(),
    "",
    ...(options.length === 0 ? [] : optionTable(options)),
    ...notes(command),
  ];
}

/** Returns what `--help` prints after the options: prose, and indented text as code. */
function notes(command: Command): string[] {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const text = help.slice(command.helpInformation().length).trim();
  if (text === "") return [];
  const blocks: { isCode: boolean; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const isCode = line.startsWith("  ");
    const last = blocks.at(-1);
    if (last?.isCode === isCode) last.lines.push(line);
    else blocks.push({ isCode, lines: [line] });
  }
  return blocks.flatMap(({ isCode, lines }) =>
    isCode
      ? ["```sh", ...lines.map((line) => line.trim().replace(/^\$ /, "")), "```", ""]
      : [...lines.map(escapeProse), ...(lines.at(-1) === "" ? [] : [""])],
  );
}

/** Escapes Markdown characters outside of code spans. */
function escapeProse(line: string): string {
  return line.replace(/`[^`]*`|[*<]/g, (found) => (found.startsWith("`") ? found : `\\${found}`));
}

function optionTable(options: readonly Option[]): string[] {
  const rows = options.map((option) => {
    const fallback = option.defaultValueDescription ?? (option.defaultValue === undefined ? "" : JSON.stringify(option.defaultValue));
    return [
      `\`${option.flags}\``,
      option.description,
      option.envVar ? `\`${option.envVar}\`` : "",
      fallback === "" ? "" : `\`${fallback}\``,
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(["option", "meaning", "variable", "default"]), "|---|---|---|---|", ...rows.map(line), ""];
}
