import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

test("a service's token comes by a variable that has the service's name as it is", async () => {
  const env = { "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_gitea-main": "t1", CODER_EXTERNAL_AUTH_ACCESS_TOKEN_GITHUB: "t2" };
  const host = await FakeHost.connect(coderProvider({ env }));
  const read = async (config: object) => (await host.readData("coder_external_auth", { ...config })).state;
  expect(await read({ id: "gitea-main" })).toEqual({ id: "gitea-main", optional: null, access_token: "t1" });
  expect(await read({ id: "github", optional: false })).toEqual({ id: "github", optional: false, access_token: "" });
  expect(await read({ id: "GITHUB", optional: true })).toEqual({ id: "GITHUB", optional: true, access_token: "t2" });
  expect(await host.readData("coder_external_auth", { id: "" })).toMatchObject({ diagnostics: [{ summary: "id is required" }] });
});
