import { findTerraform, TerraformUnusableError } from "#provisioner/terraform/find-terraform.ts";
import type { CliContext } from "./context.ts";

/** Warns on stderr if no Terraform here can run jobs. This is not fatal, because Terraform may be installed while we run. */
export async function warnAboutTerraform(context: CliContext, configured: string | undefined): Promise<void> {
  try {
    await findTerraform(configured, context.env);
  } catch (error) {
    if (!(error instanceof TerraformUnusableError)) throw error;
    context.stderr.write(`warning: ${error.message} Until then, jobs will fail.\n`);
  }
}
