/**
 * Asks the user questions. On a terminal, clack draws them; elsewhere the answer is the next line of stdin, so that `yes | proviso …`
 * works, and a script without an answer fails instead of hanging.
 */
import { createInterface, type Interface } from "node:readline";
import type { CliContext } from "./context.ts";
import { CanceledError, CliError } from "./failure.ts";

export interface Prompts {
  /** Continues only after a yes. @throws CanceledError otherwise */
  confirm(question: string, options?: { readonly defaultYes?: boolean }): Promise<void>;
  /** Asks until `validate` returns undefined; otherwise it returns what is wrong. */
  text(
    question: string,
    options?: { readonly initial?: string; readonly validate?: (value: string) => string | undefined },
  ): Promise<string>;
  /** Shows the input as dots. */
  secret(question: string, options?: { readonly validate?: (value: string) => string | undefined }): Promise<string>;
  select(question: string, choices: ReadonlyArray<{ readonly value: string; readonly label: string }>): Promise<string>;
}

export function createPrompts(context: Pick<CliContext, "stdin" | "stdout">): Prompts {
  return context.stdin.isTTY && context.stdout.isTTY ? terminalPrompts(context) : linePrompts(context);
}

function terminalPrompts({ stdin: input, stdout: output }: Pick<CliContext, "stdin" | "stdout">): Prompts {
  const answered = async <T>(ask: (clack: typeof import("@clack/prompts")) => Promise<T>): Promise<Exclude<T, symbol>> => {
    // Loaded with the first question, because most commands ask none.
    const clack = await import("@clack/prompts");
    const value = await ask(clack);
    if (clack.isCancel(value)) throw new CanceledError("the question was canceled");
    return value as Exclude<T, symbol>;
  };
  const check = (validate: ((value: string) => string | undefined) | undefined) => (value: string | undefined) => validate?.(value ?? "");
  return {
    async confirm(message, { defaultYes = true } = {}) {
      if (!(await answered(({ confirm }) => confirm({ message, initialValue: defaultYes, input, output }))))
        throw new CanceledError("answered no");
    },
    text: (message, { initial = "", validate } = {}) =>
      answered(({ text }) => text({ message, initialValue: initial, validate: check(validate), input, output })),
    secret: (message, { validate } = {}) => answered(({ password }) => password({ message, validate: check(validate), input, output })),
    select: (message, choices) =>
      answered(({ select }) => select({ message, options: choices.map((choice) => ({ ...choice })), input, output })),
  };
}

function linePrompts({ stdin, stdout }: Pick<CliContext, "stdin" | "stdout">): Prompts {
  let lines: { readonly reader: Interface; readonly iterator: AsyncIterator<string> } | undefined;
  const ask = async (question: string, instead?: string): Promise<string> => {
    stdout.write(`${question} `);
    if (lines === undefined) {
      const reader = createInterface({ input: stdin, terminal: false });
      lines = { reader, iterator: reader[Symbol.asyncIterator]() };
    }
    const line = await lines.iterator.next();
    stdout.write("\n");
    if (line.done) throw new CliError(`no answer to "${question}": stdin has ended (EOF)`, { details: instead ? [instead] : [] });
    return line.value.trim();
  };
  const askUntilValid = async (question: string, validate: ((value: string) => string | undefined) | undefined, initial = "") => {
    for (;;) {
      const value = (await ask(question)) || initial;
      const problem = validate?.(value);
      if (problem === undefined) return value;
      stdout.write(`${problem}\n`);
    }
  };
  return {
    async confirm(question, { defaultYes = true } = {}) {
      const answer =
        (await ask(`${question} (yes/no)`, "Without a terminal, confirm with --yes.")).toLowerCase() || (defaultYes ? "yes" : "no");
      if (answer !== "yes" && answer !== "y") throw new CanceledError("answered no");
    },
    text: (question, { initial, validate } = {}) => askUntilValid(question, validate, initial),
    secret: (question, { validate } = {}) => askUntilValid(question, validate),
    select: (question, choices) =>
      askUntilValid(`${question} (${choices.map((choice) => choice.label).join(", ")})`, (value) =>
        choices.some((choice) => choice.value === value || choice.label === value) ? undefined : `"${value}" is not one of the choices`,
      ).then((value) => choices.find((choice) => choice.value === value || choice.label === value)?.value ?? value),
  };
}
