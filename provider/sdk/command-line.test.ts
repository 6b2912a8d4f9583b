import { expect, test } from "vitest";
import { debugText, helpText, parseCommandLine } from "./command-line.ts";

const WIDGET = { name: "widget", version: "1.2.3", address: "registry.terraform.io/acme/widget" };

for (const { args, command } of [
  { args: [], command: { kind: "serve" } },
  { args: ["-debug"], command: { kind: "debug" } },
  { args: ["--debug"], command: { kind: "debug" } },
  { args: ["-h"], command: { kind: "help" } },
  { args: ["-debug", "--help"], command: { kind: "help" } },
  { args: ["--version"], command: { kind: "version" } },
  { args: ["-debugger"], command: { kind: "unknown", argument: "-debugger" } },
  { args: ["debug"], command: { kind: "unknown", argument: "debug" } },
  { args: ["-debug", ""], command: { kind: "unknown", argument: "" } },
  { args: ["--constructor"], command: { kind: "unknown", argument: "--constructor" } },
]) {
  test(`understands ${JSON.stringify(args)}`, () => expect(parseCommandLine(args)).toEqual(command));
}

test("the help names every flag, the program and what to write in a configuration", () => {
  const text = helpText(WIDGET);
  for (const part of ["-debug", "-version", "-help", "terraform-provider-widget", "registry.terraform.io/acme/widget", "1.2.3"])
    expect(text).toContain(part);
});

test("the variable stands on a line of its own, in the form of the platform's shell", () => {
  expect(debugText(WIDGET, '{"a":1}', "linux")).toMatch(/^TF_REATTACH_PROVIDERS='\{"a":1\}'$/m);
  expect(debugText(WIDGET, '{"a":1}', "win32")).toMatch(/^\$env:TF_REATTACH_PROVIDERS='\{"a":1\}'$/m);
});

test("where a port is all that can be listened on, people are told who may call it", () => {
  expect(debugText(WIDGET, "{}", "win32")).toMatch(/Ctrl-C\.\n\nUntil then every user of this machine can call it.*\n$/);
  expect(debugText(WIDGET, "{}", "darwin")).toMatch(/Ctrl-C\.\n$/);
});
