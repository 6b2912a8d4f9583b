/**
 * Measures what server and daemon add to Terraform: a workspace's first build from request to end, compared with the bare `terraform plan`
 * and `apply` of the same template in a prepared directory. Goal: at most 1.25 × the floor. Run: `node bench/build.ts [rounds]`.
 *
 * With `isolation` after the rounds, it measures what isolation costs instead: the same builds with the isolation `auto` and with none, in
 * turns. Goal: at most 1.05 × without.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import { Client } from "#sdk/client.ts";
import { createTemplate, FIRST_USER, signUp } from "#test/e2e/harness/api.ts";
import { startServerProcess } from "#test/e2e/harness/server-process.ts";
import { templateWithAgents } from "#test/e2e/harness/templates.ts";
import { bareBuild } from "./bare-build.ts";
import { alternate, printSamples } from "./report.ts";

const rounds = Number(process.argv[2] ?? 9);
const files = templateWithAgents({ free: "", restricted: 'api_key_scope = "no_user_data"' });

/** Starts a server whose one daemon builds the template. @returns a function that builds a workspace, and returns milliseconds */
async function builds(owned: AsyncDisposableStack, isolation: string): Promise<() => Promise<number>> {
  const server = owned.use(await startServerProcess({ args: ["--provisioner-daemons", "1", "--isolation", isolation] }));
  const api = await signUp(server.url);
  const template = await createTemplate(api, "bench", files);
  const { session_token: sessionToken } = await new Client(server.url).logIn({ email: FIRST_USER.email, password: FIRST_USER.password });
  const client = new Client(server.url, { sessionToken });
  let run = 0;
  return async () => {
    const started = performance.now();
    const workspace = await client.createWorkspace("me", { name: `bench-${run++}`, template_id: template.id });
    // Waits as the CLI does: the log's stream ends with the job. Polling would take time from the build.
    for await (const _ of client.followWorkspaceBuildLogs(workspace.latest_build.id)) {
    }
    const elapsed = performance.now() - started;
    const { job } = await client.getWorkspaceBuild(workspace.latest_build.id);
    if (job.status !== "succeeded") throw new Error(`build ${job.status}: ${job.error}`);
    return elapsed;
  };
}

if (process.argv[3] === "isolation") {
  await using owned = new AsyncDisposableStack();
  const [without, isolated] = [await builds(owned, "none"), await builds(owned, "auto")];
  printSamples("isolation", await alternate({ "build without isolation (floor)": without, "build in isolation": isolated }, rounds));
} else {
  const directory = await mkdtemp(join(tmpdir(), "proviso-bench-"));
  try {
    await using owned = new AsyncDisposableStack();
    const build = await builds(owned, "auto");
    await using provider = await serveInProcess(coderProvider({ env: { CODER_WORKSPACE_TRANSITION: "start" } }), {
      address: CODER_PROVIDER_ADDRESS,
      directory,
    });
    const bare = bareBuild(files, { directory, reattachProviders: provider.reattachProviders });
    printSamples(
      "workspace build",
      await alternate({ "terraform plan + apply (floor)": bare, "build through server and daemon": build }, rounds),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
