import { expect, test } from "vitest";
import type { Template } from "#sdk/templates.ts";
import { findAnyTemplate } from "./session-client.ts";

const TEMPLATES = [
  { id: "1", organization_name: "default", name: "basic" },
  { id: "2", organization_name: "moon", name: "basic" },
  { id: "3", organization_name: "moon", name: "lander" },
] as Template[];

const find = (name: string) => findAnyTemplate({ listTemplates: async () => TEMPLATES }, name, new AbortController().signal);

for (const { name, id } of [
  { name: "lander", id: "3" },
  { name: "Lander", id: "3" },
  { name: "moon/basic", id: "2" },
]) {
  test(`finds the one template that is called ${name}`, async () => expect((await find(name)).id).toBe(id));
}

test("asks which template is meant when two organizations have one of the name", () =>
  expect(find("basic")).rejects.toThrow("write one of template:default/basic, template:moon/basic"));

test("says that there is no template of the name, or none to be seen", () =>
  expect(find("default/lander")).rejects.toThrow('template "default/lander" not found, or you do not have access to it'));
