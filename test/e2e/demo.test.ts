import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

test("the demo prints one JSON document, and everything in it holds", { timeout: 120_000 }, async () => {
  const root = join(import.meta.dirname, "../..");
  const child = spawn(process.execPath, ["scripts/with-install.mjs", "scripts/demo.ts", "--json"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: true });
  const byScope = (scope: string) => report.agents.filter((agent: { api_key_scope: string }) => agent.api_key_scope === scope);
  expect(byScope("all")).toMatchObject([{ gitsshkey: 200, external_auth: 200, gitauth: 200, manifest: 200 }]);
  expect(byScope("no_user_data")).toMatchObject([{ gitsshkey: 403, external_auth: 403, gitauth: 403, manifest: 200 }]);
  expect(report.token).toMatchObject({ read: 200, delete: 403, detail: expect.stringMatching(/^needs `workspace:delete`: scope: /) });
  expect(report.after_stop.map((agent: { manifest: number }) => agent.manifest)).toEqual([401, 401]);
  for (const step of ["push", "build", "agents_connected", "total"]) expect(report.timings_ms[step]).toBeGreaterThan(0);
});
