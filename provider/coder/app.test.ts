import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const APP = { agent_id: "agent", slug: "app" };
const CHECK = { url: "http://localhost/health", interval: 5, threshold: 6 };

function connect(): Promise<FakeHost> {
  let ids = 0;
  return FakeHost.connect(coderProvider({ env: {}, newId: () => `id-${++ids}` }));
}

test("a new app has the defaults in its plan already, and its id when it is made", async () => {
  const host = await connect();
  const planned = {
    ...APP,
    id: UNKNOWN_TEXT,
    display_name: null,
    group: null,
    tooltip: null,
    icon: null,
    command: null,
    url: null,
    subdomain: null,
    external: false,
    share: "owner",
    open_in: "slim-window",
    hidden: false,
    order: null,
    healthcheck: [],
  };
  expect((await host.plan("coder_app", APP)).state).toEqual(planned);
  expect((await host.apply("coder_app", APP)).state).toEqual({ ...planned, id: "id-1" });
});

test("what is written as zero or empty stays as it is written", async () => {
  const host = await connect();
  const written = { display_name: "", icon: "", subdomain: false, order: 0, external: false, hidden: false };
  expect((await host.apply("coder_app", { ...APP, ...written })).state).toMatchObject(written);
});

test("what is not known yet is planned as such, and defaults stand beside it", async () => {
  const host = await connect();
  const { state } = await host.plan("coder_app", { ...APP, share: UNKNOWN_TEXT, hidden: UNKNOWN_TEXT, healthcheck: UNKNOWN_TEXT });
  expect(state).toMatchObject({ share: UNKNOWN_TEXT, hidden: UNKNOWN_TEXT, healthcheck: UNKNOWN_TEXT, open_in: "slim-window" });
  const inPart = await host.plan("coder_app", { ...APP, healthcheck: [{ ...CHECK, interval: UNKNOWN_TEXT }] });
  expect(inPart.state).toMatchObject({ healthcheck: [{ ...CHECK, interval: UNKNOWN_TEXT }] });
});

test("what counts as a change of an existing app", async () => {
  const host = await connect();
  const config = { ...APP, healthcheck: [CHECK], hidden: true };
  const { state } = await host.apply("coder_app", config);
  const replaces = async (next: object) => (await host.plan("coder_app", { ...config, ...next }, state)).replaces;
  expect(await host.plan("coder_app", config, state)).toMatchObject({ state, replaces: [] });
  expect(await replaces({ external: false, display_name: "", order: 0, subdomain: false, share: "owner" })).toEqual([]);
  expect(await replaces({ hidden: false })).toEqual(["hidden", "id"]);
  expect(await replaces({ slug: "other", order: 1 })).toEqual(["slug", "order", "id"]);
  expect(await replaces({ healthcheck: [{ ...CHECK, interval: 6 }] })).toEqual(["healthcheck", "id"]);
  expect(await replaces({ healthcheck: [] })).toEqual(["healthcheck", "id"]);
  expect(await replaces({ agent_id: UNKNOWN_TEXT })).toEqual(["agent_id", "id"]);
});

test("a slug is what its pattern says, however long", async () => {
  const host = await connect();
  const problems = async (slug: string) => (await host.validate("coder_app", { ...APP, slug })).length;
  const letters = fc
    .array(fc.constantFrom("a", "z", "0", "9", "-", "-", "A", "_", "ä", "\n"), { maxLength: 8 })
    .map((parts) => parts.join(""));
  await fc.assert(fc.asyncProperty(letters, async (slug) => (await problems(slug)) === (/^[a-z0-9](-?[a-z0-9])*$/.test(slug) ? 0 : 1)));
  expect(await problems("a".repeat(20_000_000))).toBe(0);
});

test("an app that is only looked at, or no longer wanted, warns of nothing", async () => {
  const host = await connect();
  const { state } = await host.apply("coder_app", { ...APP, hidden: true, icon: "/i.svg" });
  expect(await host.read("coder_app", state)).toMatchObject({ state, diagnostics: [] });
  expect(await host.apply("coder_app", null, state)).toMatchObject({ state: null, diagnostics: [] });
});

test("a stored app of another version loses what is unknown and gains what is missing", async () => {
  const host = await connect();
  const { state } = await host.upgrade("coder_app", { ...APP, id: "old", name: "App", relative_path: true });
  expect(state).toMatchObject({ ...APP, id: "old", share: null, healthcheck: [] });
  expect(host.faults).toEqual([]);
});
