/** The source address of the `coder` provider, as templates name it. */
export const CODER_PROVIDER_ADDRESS = "registry.terraform.io/coder/coder";
