/** The command line of a provider's program, for people. Terraform passes no arguments. */

/** Describes the program, for its texts and for `-debug`. */
export interface ProgramIdentity {
  /** The prefix of its type names: `coder`. */
  readonly name: string;
  readonly version: string;
  /** The full source address under which configurations require it, such as `registry.terraform.io/acme/widget`. */
  readonly address: string;
}

export type Command = { readonly kind: "serve" | "debug" | "help" | "version" } | { readonly kind: "unknown"; readonly argument: string };

const FLAGS = { debug: "debug", help: "help", h: "help", version: "version" } as const;

/** @param args the arguments after the program's own name. Flags have one dash or two, as in other Terraform-related programs. */
export function parseCommandLine(args: readonly string[]): Command {
  let kind: "serve" | "debug" | "help" | "version" = "serve";
  for (const argument of args) {
    const name = /^--?([a-z]+)$/.exec(argument)?.[1] ?? "";
    const flag = isFlag(name) ? FLAGS[name] : undefined;
    if (flag === undefined) return { kind: "unknown", argument };
    if (kind !== "help") kind = flag;
  }
  return { kind };
}

export function helpText({ name, version, address }: ProgramIdentity): string {
  return `The ${name} provider for Terraform, version ${version}.

Terraform starts this program itself: a configuration that requires
${address} is all it takes.

Usage: terraform-provider-${name} [flag]

  -debug     serve Terraform commands of another terminal until interrupted;
             prints the TF_REATTACH_PROVIDERS that they need
  -version   print the version
  -help      print this text
`;
}

export function startedByHandText({ name }: ProgramIdentity): string {
  return `This is the ${name} provider for Terraform. Terraform starts it; by itself it does nothing. See -help.\n`;
}

export function unknownArgumentText({ name }: ProgramIdentity, argument: string): string {
  return `terraform-provider-${name}: unknown argument ${JSON.stringify(argument)}. See -help.\n`;
}

/** @param reattach the value of `TF_REATTACH_PROVIDERS`. @param platform decides for which shell to write */
export function debugText({ name, version }: ProgramIdentity, reattach: string, platform: NodeJS.Platform): string {
  const isWindows = platform === "win32";
  const variable = isWindows ? `$env:TF_REATTACH_PROVIDERS='${reattach}'` : `TF_REATTACH_PROVIDERS='${reattach}'`;
  // Terraform does not use TLS with a provider that it did not start, and a port has no owner.
  const warning = isWindows ? "\nUntil then every user of this machine can call it, and read what it was given.\n" : "";
  return `The ${name} provider ${version} is running. Terraform uses it in every shell that has this variable:

${variable}

It needs no \`terraform init\`, and serves any number of commands until you end it with Ctrl-C.
${warning}`;
}

function isFlag(name: string): name is keyof typeof FLAGS {
  return Object.hasOwn(FLAGS, name);
}
