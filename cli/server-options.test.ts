import { Command, type Option } from "commander";
import { expect, test } from "vitest";
import { logFormatOption, providerOption } from "./server-options.ts";

const parse = (option: Option, ...args: string[]) =>
  new Command()
    .addOption(option)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: "user" })
    .opts();

for (const { option, values, variable } of [
  { option: providerOption, values: ["in-process", "plugin"], variable: "PROVISO_PROVIDER" },
  { option: logFormatOption, values: ["human", "json"], variable: "PROVISO_LOG_FORMAT" },
]) {
  const { long = "" } = option();
  const name = option().attributeName();
  test(`${long} takes ${values.join(" or ")}, and the first unless told otherwise`, () => {
    expect(parse(option())).toEqual({ [name]: values[0] });
    for (const value of values) expect(parse(option(), long, value)).toEqual({ [name]: value });
    expect(() => parse(option(), long, "other")).toThrow(values.join(", "));
  });
  test(`${long} is ${variable} in the environment`, () => expect(option().envVar).toBe(variable));
}
