import { expect, test } from "vitest";
import { readState } from "./terraform-state.ts";

const file = {
  version: 4,
  serial: 7,
  lineage: "3a1f",
  resources: [
    { type: "coder_agent", name: "main", instances: [{ attributes: { id: "agent", token: "" } }] },
    { type: "coder_env", name: "token", instances: [{ attributes: { id: "env", value: "pva_1" } }] },
    { type: "terraform_data", name: "r0", instances: [{ attributes: { id: "a" } }] },
    {
      type: "terraform_data",
      name: "r1",
      instances: [
        { attributes: { id: "b" }, status: "tainted" },
        { attributes: { id: "c" }, deposed: "x" },
      ],
    },
    { type: "coder_workspace", name: "me", mode: "data", instances: [{ attributes: { id: "w" } }] },
  ],
};

test("reads what a state holds, from the file's text or from parsed JSON", () => {
  const state = { lineage: "3a1f", serial: 7, ids: new Set(["a", "b", "c"]), tainted: new Set(["b"]), agentTokens: ["pva_1"] };
  expect(readState(JSON.stringify(file))).toEqual(state);
  expect(readState(file)).toEqual(state);
});

test("a file that is half written, and the empty answer for no state, are no states", () => {
  for (const content of [JSON.stringify(file).slice(0, -3), "", "{}", {}, undefined, []]) expect(readState(content)).toBeUndefined();
});
