import { expect, test } from "vitest";
import type { TemplateVersionParameter } from "#sdk/template-versions.ts";
import { createFakeContext } from "#test/cli/fake-context.ts";
import { createPrompts, type Prompts } from "./prompt.ts";
import { answerParameters } from "./workspace-parameters.ts";

const parameter = (name: string, more: object = {}) =>
  ({
    name,
    type: "string",
    options: [],
    required: false,
    ephemeral: false,
    default_value: "",
    description_plaintext: "",
    ...more,
  }) as unknown as TemplateVersionParameter;

/** Questions whose answers are the lines of a text. */
function answering(input: string): { prompts: Prompts; asked: () => string } {
  const { context, stdout } = createFakeContext({ input });
  return { prompts: createPrompts(context), asked: stdout };
}

test("sends what was given, and leaves the rest to its default where nobody is asked", async () => {
  const parameters = [parameter("size", { required: true }), parameter("zone", { default_value: "a" })];
  expect(await answerParameters(parameters, { given: { size: "" } })).toEqual([{ name: "size", value: "" }]);
});

test("asks for what was not given, by its title, and takes the default for an empty answer", async () => {
  const { prompts, asked } = answering("big\n\n");
  const parameters = [
    parameter("size", { display_name: "Size", description_plaintext: "of the disk" }),
    parameter("zone", { default_value: "a" }),
    parameter("image", { default_value: "x" }),
  ];
  expect(await answerParameters(parameters, { given: { image: "y" }, prompts })).toEqual([
    { name: "size", value: "big" },
    { name: "zone", value: "a" },
    { name: "image", value: "y" },
  ]);
  expect(asked()).toMatch(/^Size: of the disk \nzone \n$/);
});

test("asks again for a required one, and for an option by its name", async () => {
  const options = [
    { name: "Small", value: "s" },
    { name: "Large", value: "l" },
  ];
  const { prompts, asked } = answering("Huge\nLarge\n\nme\n");
  const parameters = [parameter("size", { options }), parameter("owner", { required: true })];
  expect(await answerParameters(parameters, { given: {}, prompts })).toEqual([
    { name: "size", value: "l" },
    { name: "owner", value: "me" },
  ]);
  expect(asked()).toMatch(/\(Small, Large\).*\n.*"Huge"/);
});

test("does not ask for an ephemeral one, which counts for one build", async () => {
  const { prompts, asked } = answering("");
  expect(await answerParameters([parameter("debug", { ephemeral: true })], { given: {}, prompts })).toEqual([]);
  expect(asked()).toBe("");
});

for (const { what, parameters, given, says } of [
  { what: "a name that the template does not have", parameters: [parameter("size")], given: { sise: "1" }, says: /"sise".*size/ },
  { what: "a required one that nobody answers", parameters: [parameter("size", { required: true })], given: {}, says: /--parameter size=/ },
]) {
  test(`refuses ${what}`, () => expect(answerParameters(parameters, { given })).rejects.toThrow(says));
}
