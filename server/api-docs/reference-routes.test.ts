import { expect, test } from "vitest";
import { openServerWorld } from "#test/server/server-world.ts";
import { unusedRoutes } from "../features.ts";
import { openApiDocument } from "../http/openapi.ts";

test("the document, its page and the page's script come from this server, without a credential", async () => {
  await using world = await openServerWorld();
  const document = await fetch(`${world.url}/api/v2/openapi.json`);
  expect(document.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(await document.json()).toEqual(JSON.parse(JSON.stringify(await openApiDocument(unusedRoutes()))));

  const page = await fetch(`${world.url}/docs`);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const html = await page.text();
  const addresses = [...html.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, address = ""]) => address);
  // An empty icon: a browser would ask for /favicon.ico otherwise, and call its 404 an error.
  expect(addresses).toEqual(["data:,", "/docs/reference.js", "/api/v2/openapi.json"]);
  expect(html, "no host at all").not.toMatch(/\/\/[a-z0-9]/i);

  const script = await fetch(`${world.url}/docs/reference.js`);
  expect(script.headers.get("content-encoding")).toBe("gzip");
  const plain = await fetch(`${world.url}/docs/reference.js`, { headers: { "Accept-Encoding": "identity" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
  const text = await plain.text();
  expect(text).toBe(await script.text());
  expect(text.length).toBeGreaterThan(1_000_000);
  const tag = script.headers.get("etag") ?? "";
  expect((await fetch(`${world.url}/docs/reference.js`, { headers: { "If-None-Match": tag } })).status).toBe(304);
});

test("the page's policy blocks other hosts, and Scalar is configured to contact none", async () => {
  await using world = await openServerWorld();
  const page = await fetch(`${world.url}/docs`);
  const policy = new Map(
    (page.headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources] as const;
    }),
  );
  expect(policy.get("default-src")).toEqual(["'none'"]);
  for (const [name, sources] of policy)
    for (const source of sources)
      expect(["'none'", "'self'", "data:", ...(name === "style-src" ? ["'unsafe-inline'"] : [])], name).toContain(source);
  // Images and fonts embedded in the page; scripts and requests only from this server.
  expect(policy.get("script-src")).toEqual(["'self'"]);
  expect(policy.get("connect-src")).toEqual(["'self'"]);
  expect([...policy].filter(([, sources]) => sources.includes("data:")).map(([name]) => name)).toEqual(["img-src", "font-src"]);

  const configuration = /data-configuration="([^"]*)"/.exec(await page.text())?.[1]?.replaceAll("&quot;", '"') ?? "";
  expect(JSON.parse(configuration)).toMatchObject({
    telemetry: false,
    proxyUrl: "",
    withDefaultFonts: false,
    agent: { disabled: true },
    mcp: { disabled: true },
  });
});
