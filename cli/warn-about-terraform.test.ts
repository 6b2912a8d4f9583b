import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFakeContext } from "#test/cli/fake-context.ts";
import { warnAboutTerraform } from "./warn-about-terraform.ts";

/** @param version what the folder's `terraform` says; undefined: there is none */
async function warned(version: string | undefined, configured?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "proviso-terraform-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const script = `#!/bin/sh\necho '{"terraform_version":"${version}"}'\n`;
  if (version !== undefined) await writeFile(join(folder, "terraform"), script, { mode: 0o755 });
  const { context, stderr } = createFakeContext({ env: { PATH: folder } });
  await warnAboutTerraform(context, configured);
  return stderr();
}

test("is silent about a Terraform that will do", async () => expect(await warned("1.11.4")).toBe(""));

for (const { what, version, configured, says } of [
  { what: "there is none", version: undefined, configured: undefined, says: /^warning: .*terraform.*\n$/i },
  { what: "it is too old", version: "1.0.11", configured: undefined, says: /^warning: .*1\.0\.11.*\n$/ },
  { what: "the one that was named is not there", version: "1.11.4", configured: "/nowhere/tf", says: /^warning: .*\/nowhere\/tf.*\n$/ },
]) {
  test(`warns in one line if ${what}`, async () => expect(await warned(version, configured)).toMatch(says));
}
