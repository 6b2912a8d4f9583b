import { writeFile } from "node:fs/promises";
import path from "node:path";
import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { lineOfMember } from "./json-position.ts";
import { jsonBlocks } from "./json-syntax.ts";

/** The block of a template that says where Terraform keeps the state. */
export interface BackendBlock {
  /** The backend's type, or `cloud` for a `cloud` block. */
  readonly type: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Sorts after the override files of templates, whose names begin with a letter: the last one wins. */
const OVERRIDE_FILE = "~proviso_override.tf";

/** Finds the block that Terraform goes by, if the root module has one. A `cloud` block replaces a backend. */
export async function findBackendBlock(directory: string): Promise<BackendBlock | undefined> {
  const [plain, overriding]: [BackendBlock[], BackendBlock[]] = [[], []];
  for await (const { name, syntax, isOverride, text } of configurationFiles(directory)) {
    const found = syntax === "hcl" ? declaredInHcl(text) : declaredInJson(text);
    (isOverride ? overriding : plain).push(...found.map((block) => ({ ...block, file: name })));
  }
  return overriding.at(-1) ?? plain[0];
}

/** Of Terraform's backends, these two keep the state where the job runs, so that the server must keep it. */
export function keepsStateHere({ type }: BackendBlock): boolean {
  return type === "local" || isForgetful({ type });
}

/** Whether the state is gone when a Terraform command ends, so that not even an apply would find the state of its plan. */
export function isForgetful({ type }: Pick<BackendBlock, "type">): boolean {
  return type === "inmem";
}

/** Names a backend in messages. */
export function backendName(type: string): string {
  return type === "cloud" ? "the cloud block" : `the backend ${JSON.stringify(type)}`;
}

export function placeOf({ file, line }: BackendBlock): string {
  return `${file} line ${line}`;
}

/** Makes Terraform keep the state in its own file, whatever backend the template names. That backend is not even contacted. */
export async function overrideBackend(directory: string): Promise<void> {
  await writeFile(path.join(directory, OVERRIDE_FILE), 'terraform {\n  backend "local" {}\n}\n');
}

function declaredInHcl(text: string): Omit<BackendBlock, "file">[] {
  // Most files have none, and searching for the words is faster than scanning the file.
  if (!/backend|cloud/.test(text)) return [];
  return scanBody(text)
    .blocks.filter(({ type }) => type === "terraform")
    .flatMap(({ body, line }) => scanBody(body, line).blocks)
    .flatMap(({ type, labels: [label = ""], line }) =>
      type === "backend" ? [{ type: label, line }] : type === "cloud" ? [{ type, line }] : [],
    );
}

function declaredInJson(text: string): Omit<BackendBlock, "file">[] {
  const file = parseJsonObject(text);
  if (file === undefined) return [];
  const lineOf = (...names: string[]): number => lineOfMember(text, ["terraform", ...names]) ?? 1;
  return jsonBlocks(file, "terraform").flatMap(({ body }) => [
    ...jsonBlocks(body, "backend", 1).map(({ labels: [label = ""] }) => ({ type: label, line: lineOf("backend", label) })),
    ...jsonBlocks(body, "cloud").map(() => ({ type: "cloud", line: lineOf("cloud") })),
  ]);
}
