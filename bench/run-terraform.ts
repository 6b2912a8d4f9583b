import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs Terraform to its end and discards its output. @throws Error with its stderr if it fails */
export async function runTerraform(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const child = spawn("terraform", args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`terraform ${args.join(" ")} failed with exit code ${code}: ${stderr}`);
}
