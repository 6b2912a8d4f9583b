import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { goPlatform } from "./go/platform.ts";
import { coderProvider } from "./provider.ts";

function connect(env: Record<string, string>, config: { url?: string } = {}): Promise<FakeHost> {
  return FakeHost.connect(coderProvider({ env, newId: () => "made-up" }), config);
}

test("without any environment a made-up workspace starts", async () => {
  const host = await connect({});
  expect((await host.readData("coder_workspace")).state).toEqual({
    id: "made-up",
    name: "default",
    transition: "start",
    start_count: 1,
    access_url: "https://mydeployment.coder.com",
    access_port: 443,
    is_prebuild: false,
    is_prebuild_claim: false,
    prebuild_count: 0,
    template_id: "",
    template_name: "",
    template_version: "",
  });
});

for (const { env, state } of [
  { env: { CODER_WORKSPACE_TRANSITION: "stop" }, state: { transition: "stop", start_count: 0 } },
  { env: { CODER_WORKSPACE_TRANSITION: "Start" }, state: { transition: "Start", start_count: 0 } },
  { env: { CODER_WORKSPACE_IS_PREBUILD: "TRUE" }, state: { is_prebuild: true, prebuild_count: 1, is_prebuild_claim: false } },
  {
    env: { CODER_WORKSPACE_IS_PREBUILD: "true", CODER_WORKSPACE_IS_PREBUILD_CLAIM: "True" },
    state: { is_prebuild: false, prebuild_count: 0, is_prebuild_claim: true },
  },
  { env: { CODER_WORKSPACE_IS_PREBUILD: "1" }, state: { is_prebuild: false } },
  { env: { CODER_WORKSPACE_NAME: "" }, state: { name: "default" } },
]) {
  test(`a workspace with ${JSON.stringify(env)}`, async () => {
    expect((await (await connect(env)).readData("coder_workspace")).state).toMatchObject(state);
  });
}

for (const { url, port, accessUrl } of [
  { url: "http://a", port: 80, accessUrl: "http://a" },
  { url: "HTTP://A:8080/", port: 8080, accessUrl: "http://A:8080/" },
  { url: "https://a/b c", port: 443, accessUrl: "https://a/b%20c" },
  { url: "a/b", port: 80, accessUrl: "a/b" },
]) {
  test(`the access URL ${url} has port ${port}`, async () => {
    const host = await connect({ CODER_AGENT_URL: "https://not.this" }, { url });
    expect((await host.readData("coder_workspace")).state).toMatchObject({ access_port: port, access_url: accessUrl });
  });
}

test("without any environment a made-up user owns the workspace", async () => {
  expect((await (await connect({})).readData("coder_workspace_owner")).state).toEqual({
    id: "made-up",
    name: "default",
    full_name: "default",
    email: "default@example.com",
    ssh_public_key: "",
    ssh_private_key: "",
    session_token: "",
    oidc_access_token: "",
    login_type: null,
    groups: [],
    rbac_roles: [],
  });
});

for (const { groups, state } of [
  { groups: '["a","b"]', state: ["a", "b"] },
  { groups: "null", state: [] },
  { groups: '["a",null]', state: ["a", ""] },
  { groups: '["a]\\""] and more', state: ['a]"'] },
]) {
  test(`groups given as ${groups}`, async () => {
    const { state: owner } = await (await connect({ CODER_WORKSPACE_OWNER_GROUPS: groups })).readData("coder_workspace_owner");
    expect(owner).toMatchObject({ groups: state });
  });
}

for (const { roles, state } of [
  { roles: '[{"name":"member","org_id":"o"}]', state: [{ name: "member", org_id: "o" }] },
  { roles: '[{"name":"owner"}]', state: [{ name: "owner", org_id: "" }] },
  { roles: "[null]", state: [{ name: "", org_id: "" }] },
  { roles: '[{"name":"owner","more":"x"}]', state: null },
]) {
  test(`roles given as ${roles}`, async () => {
    const { state: owner } = await (await connect({ CODER_WORKSPACE_OWNER_RBAC_ROLES: roles })).readData("coder_workspace_owner");
    expect(owner).toMatchObject({ rbac_roles: state });
  });
}

test("the machine has the names that Go gives it", async () => {
  expect(goPlatform("win32", "x64")).toEqual({ os: "windows", arch: "amd64" });
  expect(goPlatform("linux", "arm")).toEqual({ os: "linux", arch: "armv7" });
  expect(goPlatform("freebsd", "ia32")).toEqual({ os: "freebsd", arch: "386" });
  const { state } = await (await connect({})).readData("coder_provisioner");
  expect(state).toEqual({ id: "made-up", ...goPlatform(process.platform, process.arch) });
});
