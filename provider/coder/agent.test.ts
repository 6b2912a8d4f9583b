import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const AGENT = { os: "linux", arch: "amd64" };
const item = (key: unknown) => ({ key, script: "s", interval: 1 });

function connect(env: Record<string, string> = {}): Promise<FakeHost> {
  let ids = 0;
  return FakeHost.connect(coderProvider({ env, newId: () => `id-${++ids}` }));
}

test("a new agent has the defaults, and leaves to the apply what only it can tell", async () => {
  const host = await connect();
  const config = { ...AGENT, env: { A: "b", gone: null }, metadata: [item("k")], display_apps: [{ vscode: false }] };
  expect((await host.plan("coder_agent", config)).state).toMatchObject({
    id: UNKNOWN_TEXT,
    token: UNKNOWN_TEXT,
    init_script: UNKNOWN_TEXT,
    auth: "token",
    api_key_scope: "all",
    connection_timeout: 120,
    startup_script_behavior: "non-blocking",
    motd_file: null,
    env: { A: "b" },
    metadata: [{ key: "k", display_name: null, order: null, timeout: null }],
    display_apps: [{ vscode: false, vscode_insiders: false, web_terminal: true, port_forwarding_helper: true, ssh_helper: true }],
    resources_monitoring: [],
  });
  expect((await host.plan("coder_agent", AGENT)).state).toMatchObject({ display_apps: UNKNOWN_TEXT, env: null });
  expect((await host.plan("coder_agent", { ...AGENT, env: { A: UNKNOWN_TEXT, B: "c" } })).state).toMatchObject({ env: UNKNOWN_TEXT });
  expect((await host.plan("coder_agent", { ...AGENT, env: {}, motd_file: "" })).state).toMatchObject({ env: null, motd_file: "" });
});

test("all five apps switched off stay so", async () => {
  const off = { vscode: false, vscode_insiders: false, web_terminal: false, port_forwarding_helper: false, ssh_helper: false };
  const host = await connect();
  const { state } = await host.apply("coder_agent", { ...AGENT, display_apps: [off] });
  expect(state).toMatchObject({ display_apps: [off] });
  expect((await host.read("coder_agent", state)).state).toMatchObject({ display_apps: [off] });
});

test("an agent whose apps are no longer configured keeps them", async () => {
  const host = await connect();
  const { state } = await host.apply("coder_agent", { ...AGENT, display_apps: [{ vscode: false }] });
  expect(await host.plan("coder_agent", AGENT, state)).toMatchObject({ state, replaces: [] });
});

test("what counts as a change of an existing agent", async () => {
  const host = await connect();
  const config = { ...AGENT, metadata: [item("a"), item("b")], env: { A: "b" } };
  const { state } = await host.apply("coder_agent", config);
  const replaces = async (next: object) => (await host.plan("coder_agent", { ...config, ...next }, state)).replaces;
  expect(await host.plan("coder_agent", config, state)).toMatchObject({ state, replaces: [] });
  expect(await replaces({ api_key_scope: "all", motd_file: "", order: 0 })).toEqual([]);
  expect(await replaces({ api_key_scope: "no_user_data" })).toEqual(["api_key_scope", "id"]);
  expect(await replaces({ metadata: [item("a"), item("c")] })).toEqual(["metadata[1].key", "id"]);
  expect(await replaces({ metadata: [item("a")] })).toEqual(["metadata", "id"]);
  expect(await replaces({ env: null })).toEqual(["env", "id"]);
  expect(await replaces({ display_apps: [{ vscode: false }] })).toEqual(["display_apps", "id"]);
  expect(await replaces({ os: UNKNOWN_TEXT })).toEqual(["os", "id"]);
  const { state: planned } = await host.plan("coder_agent", { ...config, os: "darwin" }, state);
  expect(planned).toMatchObject({ id: UNKNOWN_TEXT, token: UNKNOWN_TEXT, display_apps: UNKNOWN_TEXT });
});

test("the start script is that of the platform, with the server's root and the way to log in", async () => {
  const host = await connect({
    CODER_AGENT_URL: "HTTPS://user:pw@coder.example.com/sub/path?q#f",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the script's own placeholders
    CODER_AGENT_SCRIPT_linux_amd64: "${ACCESS_URL}|${AUTH_TYPE}|${OTHER}|${ACCESS_URL}",
  });
  const { state } = await host.apply("coder_agent", { ...AGENT, auth: "aws-instance-identity" });
  const root = "https://user:pw@coder.example.com/";
  expect(state).toMatchObject({ init_script: `${root}|aws-instance-identity|\${OTHER}|${root}` });
  expect((await host.apply("coder_agent", { ...AGENT, arch: "arm64" })).state).toMatchObject({ init_script: "" });
});

test("a workspace that was built in advance brings its agent's token", async () => {
  const name = "CODER_RUNNING_WORKSPACE_AGENT_TOKEN_e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const host = await connect({ [name]: "running", CODER_WORKSPACE_BUILD_ID: "b" });
  const { state } = await host.apply("coder_agent", AGENT);
  expect(state).toMatchObject({ id: "id-1", token: "running" });
  expect((await host.read("coder_agent", state)).state).toMatchObject({ id: "id-1", token: "running" });
});

test("reading takes bytes that another program stored, and keeps those it does not replace", async () => {
  const host = await connect({ CODER_WORKSPACE_BUILD_ID: "b" });
  const { state } = await host.apply("coder_agent", AGENT);
  for (const bytes of ["", "not json", "null", '{"schema_version":"1"}']) {
    const read = await host.read("coder_agent", state, Buffer.from(bytes));
    expect(read.diagnostics).toEqual([]);
    expect(Buffer.from(read.privateBytes).toString()).toBe('{"build_id":"b"}');
  }
  const atHome = await connect();
  expect(Buffer.from((await atHome.read("coder_agent", state, Buffer.from("kept"))).privateBytes).toString()).toBe("kept");
});

test("a stored agent of another version loses what is unknown and gains what is missing", async () => {
  const host = await connect();
  const { state } = await host.upgrade("coder_agent", { ...AGENT, id: "old", login_before_ready: true });
  expect(state).toMatchObject({ id: "old", os: "linux", api_key_scope: null, metadata: [], display_apps: [] });
  const read = await host.read("coder_agent", state);
  expect(read.state).toMatchObject({ api_key_scope: null, display_apps: [{ vscode: true }] });
});

test("nothing can be imported, and the provider has no faults of its own in all this", async () => {
  const host = await connect();
  expect(await host.import("coder_agent")).toMatchObject([{ severity: "error", summary: "resource coder_agent doesn't support import" }]);
  expect(await host.apply("coder_agent", null, (await host.apply("coder_agent", AGENT)).state)).toMatchObject({
    state: null,
    diagnostics: [],
  });
  expect(host.faults).toEqual([]);
});
