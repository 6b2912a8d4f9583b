import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const STARTING = { CODER_WORKSPACE_BUILD_ID: "b", CODER_WORKSPACE_TRANSITION: "start" };
const SECRET = "s3cr3t";

function connect(env: Record<string, string>): Promise<FakeHost> {
  return FakeHost.connect(coderProvider({ env }));
}

for (const { given, variable, id } of [
  { given: { env: "DB_PASS" }, variable: "CODER_SECRET_ENV_DB_PASS", id: "env:DB_PASS" },
  {
    given: { file: "/etc/app/license.key" },
    variable: "CODER_SECRET_FILE_2f6574632f6170702f6c6963656e73652e6b6579",
    id: "file:/etc/app/license.key",
  },
  { given: { file: "~/ä" }, variable: "CODER_SECRET_FILE_7e2fc3a4", id: "file:~/ä" },
]) {
  test(`the secret ${id} comes by ${variable}`, async () => {
    const host = await connect({ ...STARTING, [variable]: SECRET });
    const config = { env: null, file: null, help_message: "help", ...given };
    expect(await host.readData("coder_secret", config)).toMatchObject({ state: { ...config, id, value: SECRET }, diagnostics: [] });
    const { state } = await (await connect({})).readData("coder_secret", config);
    expect(state).toMatchObject({ id, value: "" });
  });
}

test("empty texts are stored as null, as they always were", async () => {
  const { state } = await (await connect({})).readData("coder_secret", { env: "A", file: "", help_message: "" });
  expect(state).toEqual({ id: "env:A", env: "A", file: null, help_message: null, value: "" });
});

test("no error tells a secret, neither the one that is asked for nor another", async () => {
  const host = await connect({ ...STARTING, CODER_SECRET_ENV_A: SECRET, CODER_SECRET_FILE_2f61: SECRET });
  for (const config of [{ env: "A", file: "/a" }, {}, { env: "B" }, { file: "/b" }]) {
    const { diagnostics, state } = await host.readData("coder_secret", { help_message: "help", ...config });
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify({ diagnostics, state })).not.toContain(SECRET);
  }
  expect(host.faults).toEqual([]);
});
