import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import type { App } from "../app.ts";
import { HttpError } from "../http-error.ts";
import type { RouteDeps } from "../route-deps.ts";

const NAME = /^coder-(?:linux|darwin|windows)-[a-z0-9]{1,16}(?:\.exe)?$/;

/** The agent's program, for init scripts: open to everybody, since a new machine has no credential that may stand in an address. */
export function agentBinaryRoutes(app: App, { agentBinaryDirectory }: RouteDeps): void {
  const tags = new Map<string, string>();

  app.get("/bin/:name", { schema: { params: Type.Object({ name: Type.String() }) } }, async (request, reply) => {
    const { name } = request.params;
    const file = agentBinaryDirectory !== undefined && NAME.test(name) ? await openIfThere(join(agentBinaryDirectory, name)) : undefined;
    if (file === undefined) throw new HttpError(404, { message: "There is no agent program of this name." });
    try {
      const { size, mtimeMs } = await file.stat();
      const version = `${name} ${size} ${mtimeMs}`;
      const tag = tags.get(version) ?? (await hashOf(file));
      tags.set(version, tag);
      reply.header("ETag", tag).header("Cache-Control", "no-cache");
      if (request.headers["if-none-match"]?.split(/, */).some((known) => known === "*" || known.replace(/^W\//, "") === tag))
        return reply.code(304).send();
      reply.header("Content-Length", size).type("application/octet-stream");
    } finally {
      await file.close();
    }
    return reply.send(createReadStream(join(agentBinaryDirectory ?? "", name)));
  });
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR")) return undefined;
    throw error;
  }
}

/** Hashed once a file, so that a rebuilt program of the same size and second still gets a new tag after a restart. */
async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) hash.update(chunk);
  return `"${hash.digest("base64url")}"`;
}
