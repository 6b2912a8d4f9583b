/** What the templates of `template.ts` made, and in which order. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export type MadeEvent =
  | { readonly kind: "begin" | "end"; readonly act: "create" | "destroy"; readonly id: string; readonly pid: number }
  /** A provisioner of one Terraform saw another one of its workspace alive. */
  | { readonly kind: "overlap"; readonly act: "create" | "destroy"; readonly id: string; readonly pid: number; readonly other: number };

/** The workspace's events so far, in order. A line that is being written is left out. */
export function readEvents(world: string, workspaceId: string): MadeEvent[] {
  return parseEvents(readIfThere(join(world, `${workspaceId}.log`)));
}

export function parseEvents(text: string): MadeEvent[] {
  const events: MadeEvent[] = [];
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    const [kind, act, _index, id, pid, other] = line.split(" ");
    if ((act !== "create" && act !== "destroy") || id === undefined) continue;
    if (kind === "begin" || kind === "end") events.push({ kind, act, id, pid: Number(pid) });
    if (kind === "overlap") events.push({ kind, act, id, pid: Number(pid), other: Number(other) });
  }
  return events;
}

/** IDs of what exists of the workspace. */
export function readWorld(world: string, workspaceId: string): Set<string> {
  const prefix = `${workspaceId}.`;
  const ids = readdirSync(world).flatMap((name) => {
    const [index, id] = name.startsWith(prefix) ? name.slice(prefix.length).split(".") : [];
    return id !== undefined && /^\d+$/.test(index ?? "") ? [id] : [];
  });
  return new Set(ids);
}

/** Removes every trace of the workspace. */
export function forgetWorkspace(world: string, workspaceId: string): void {
  for (const name of readdirSync(world)) if (name.startsWith(`${workspaceId}.`)) rmSync(join(world, name), { force: true });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
