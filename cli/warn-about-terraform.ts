import { findTerraform, TerraformUnusableError } from "#provisioner/terraform/find-terraform.ts";
import type { CliContext } from "./context.ts";

/** Says on stderr if there is no Terraform here that can run jobs. No reason to end: it may be installed while we run. */
export async function warnAboutTerraform(context: CliContext, configured: string | undefined): Promise<void> {
  try {
    await findTerraform(configured, context.env);
  } catch (error) {
    if (!(error instanceof TerraformUnusableError)) throw error;
    context.stderr.write(`warning: ${error.message} Until then jobs fail.\n`);
  }
}
