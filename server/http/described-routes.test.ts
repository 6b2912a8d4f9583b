import { Type } from "typebox";
import { expect, test } from "vitest";
import { describeRoutes } from "./described-routes.ts";
import type { Routes } from "./routes.ts";

const ROUTES: Routes = {
  everybody: [(app) => void app.get("/healthz", () => "OK")],
  users: [
    (app) => {
      const schema = { summary: "Looks at a thing", params: Type.Object({ owner: Type.String(), name: Type.String() }) };
      app.get("/things/:owner/:name", { schema, config: { needs: ["workspace:read on {name} or 404"] } }, () => "thing");
      app.route({ method: ["PUT", "POST"], url: "/things", handler: () => "made" });
    },
  ],
  agents: [],
};

test("every route is listed once for each method, with its audience, and paths as the document has them", async () => {
  const found = (await describeRoutes(ROUTES)).map(({ method, path, audience }) => `${method} ${path} for ${audience}`);
  expect(found).toEqual([
    "GET /healthz for everybody",
    "GET /things/{owner}/{name} for users",
    "PUT /things for users",
    "POST /things for users",
  ]);
});

test("a route's schema and needs are its own words, and one that says no needs has none", async () => {
  const [health, thing] = await describeRoutes(ROUTES);
  expect(thing).toMatchObject({ schema: { summary: "Looks at a thing" }, needs: ["workspace:read on {name} or 404"] });
  expect(health).toMatchObject({ schema: {}, needs: undefined });
});

test("what prepares the app sees it before any route", async () => {
  const seen: string[] = [];
  await describeRoutes(ROUTES, async (app) => {
    app.addHook("onRoute", ({ url }) => void seen.push(url));
  });
  expect(seen).toContain("/healthz");
});
