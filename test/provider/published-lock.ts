import { createHash } from "node:crypto";

const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64", "windows_amd64"];

/**
 * A `.terraform.lock.hcl` as `terraform init` and `terraform providers lock` write it for the published provider: an `h1` and a `zh` hash a
 * platform, none of them ours.
 */
export function publishedLock({ version, constraints }: { readonly version: string; readonly constraints: string }): string {
  const sum = (what: string) => createHash("sha256").update(`published ${version} ${what}`);
  const hashes = [
    ...PLATFORMS.map((platform) => `h1:${sum(`package ${platform}`).digest("base64")}`).toSorted(),
    ...PLATFORMS.map((platform) => `zh:${sum(`archive ${platform}`).digest("hex")}`).toSorted(),
  ];
  return `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/coder/coder" {
  version     = "${version}"
  constraints = "${constraints}"
  hashes = [
${hashes.map((hash) => `    "${hash}",\n`).join("")}  ]
}
`;
}
