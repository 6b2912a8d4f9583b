import { expect, test } from "vitest";
import { createFakeContext } from "#test/cli/fake-context.ts";
import { CanceledError } from "./failure.ts";
import { createPrompts, type Prompts } from "./prompt.ts";

/** Asks where no terminal is: the answers are the lines of `input`. */
async function ask<T>(input: string, question: (prompts: Prompts) => Promise<T>): Promise<{ answer: T; shown: string }> {
  const { context, stdout } = createFakeContext({ input });
  const answer = await question(createPrompts(context));
  return { answer, shown: stdout() };
}

for (const { input, defaultYes, goesOn } of [
  { input: "yes\n", defaultYes: false, goesOn: true },
  { input: "Y\n", defaultYes: false, goesOn: true },
  { input: "\n", defaultYes: true, goesOn: true },
  { input: "\n", defaultYes: false, goesOn: false },
  { input: "no\n", defaultYes: true, goesOn: false },
  { input: "sure\n", defaultYes: true, goesOn: false },
]) {
  test(`${JSON.stringify(input)} ${goesOn ? "goes on" : "stops"} where ${defaultYes ? "yes" : "no"} is the default`, async () => {
    const asked = ask(input, (prompts) => prompts.confirm("Really?", { defaultYes }));
    if (goesOn) expect((await asked).shown).toBe("Really? (yes/no) \n");
    else await expect(asked).rejects.toBeInstanceOf(CanceledError);
  });
}

test("fails where nobody answers, and names the option that does", async () => {
  const asked = ask("", (prompts) => prompts.confirm("Really?"));
  await expect(asked).rejects.toMatchObject({ name: "CliError", details: [expect.stringContaining("--yes")] });
});

test("asks until the answer will do, and says each time what is wrong", async () => {
  const validate = (value: string) => (value === "good" ? undefined : `not ${value}`);
  const { answer, shown } = await ask("bad\n  good \n", (prompts) => prompts.text("Which?", { validate }));
  expect({ answer, shown }).toEqual({ answer: "good", shown: "Which? \nnot bad\nWhich? \n" });
});

test("takes an empty answer for the one that was suggested", async () => {
  expect((await ask("\n", (prompts) => prompts.text("Which?", { initial: "this" }))).answer).toBe("this");
});

test("several questions read on where the last one stopped", async () => {
  const both = async (prompts: Prompts) => [await prompts.text("One?"), await prompts.secret("Two?")];
  expect((await ask("1\n2\n3\n", both)).answer).toEqual(["1", "2"]);
});

for (const input of ["Second\n", "2\n", "third\nSecond\n"]) {
  test(`chooses by name or value: ${JSON.stringify(input)}`, async () => {
    const choices = [
      { value: "1", label: "First" },
      { value: "2", label: "Second" },
    ];
    expect((await ask(input, (prompts) => prompts.select("Which?", choices))).answer).toBe("2");
  });
}
