import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { BuildInfoResponse } from "#sdk/build-info.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { StoreUnavailableError } from "../errors.ts";
import { createApp } from "../http/app.ts";
import { serverInfoRoutes } from "./routes.ts";

const DEPLOYMENT = "5ca1ab1e-0000-4000-8000-000000000000";

async function open(ping = async () => {}) {
  const { store, system } = await openCommandWorld();
  const accessUrl = () => "https://proviso.example.test";
  const { authentication } = store.system;
  const app = await createApp(
    { authentication, accessFor: (subject) => ({ ...system, subject }), log: pino({ level: "silent" }), accessUrl },
    { everybody: [(scope) => serverInfoRoutes(scope, { deploymentId: DEPLOYMENT, ping, accessUrl })], users: [], agents: [] },
  );
  onTestFinished(() => app.close());
  return app;
}

test("the server is well as long as its database answers", async () => {
  const well = await (await open()).inject("/healthz");
  expect([well.statusCode, well.body, well.headers["content-type"]]).toEqual([200, "OK", "text/plain; charset=utf-8"]);
  const ill = await open(() => Promise.reject(new StoreUnavailableError("it is locked")));
  expect((await ill.inject("/healthz")).statusCode).toBe(503);
});

test("it says which server it is, at which address, to everybody", async () => {
  const info = (await (await open()).inject("/api/v2/buildinfo")).json();
  expectShape(BuildInfoResponse, info);
  expect(info).toMatchObject({ deployment_id: DEPLOYMENT, dashboard_url: "https://proviso.example.test", telemetry: false });
});
