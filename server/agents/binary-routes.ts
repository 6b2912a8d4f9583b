import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Bytes } from "../http/bytes.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";

const NAME = /^coder-(?:linux|darwin|windows)-[a-z0-9]{1,16}(?:\.exe)?$/;

/** Serves the agent's program to init scripts. It needs no credential, because a new machine has none that may appear in a URL. */
export function agentBinaryRoutes(app: App, { agentBinaryDirectory }: { readonly agentBinaryDirectory: string | undefined }): void {
  const tags = new Map<string, string>();

  app.get(
    "/bin/:name",
    {
      schema: {
        operationId: "getAgentProgram",
        summary: "Get the agent program for a platform",
        tags: ["General"],
        produces: ["application/octet-stream"],
        params: Type.Object({ name: Text("name") }),
        response: { 200: Bytes, 304: Type.Null(), 404: Response },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const file = agentBinaryDirectory !== undefined && NAME.test(name) ? await openIfThere(join(agentBinaryDirectory, name)) : undefined;
      if (file === undefined) throw new HttpError(404, { message: `There is no agent program named ${JSON.stringify(name)}.` });
      const { tag, size } = await describe(name, file, tags);
      reply.header("ETag", tag).header("Cache-Control", "no-cache");
      if (request.headers["if-none-match"]?.split(/, */).some((known) => known === "*" || known.replace(/^W\//, "") === tag)) {
        await file.close();
        return reply.code(304).send(null);
      }
      // The open file is sent, not its path, because the program may be replaced in the meantime.
      return reply
        .header("Content-Length", size)
        .type("application/octet-stream")
        .send(file.createReadStream({ start: 0 }));
    },
  );
}

/** Returns a file's ETag and size. @param tags a cache of ETags: a file is hashed again only if its size or modification time changes */
async function describe(name: string, file: FileHandle, tags: Map<string, string>): Promise<{ tag: string; size: number }> {
  try {
    const { size, mtimeMs } = await file.stat();
    const version = `${name} ${size} ${mtimeMs}`;
    const tag = tags.get(version) ?? (await hashOf(file));
    tags.set(version, tag);
    return { tag, size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR")) return undefined;
    throw error;
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) hash.update(chunk);
  return `"${hash.digest("base64url")}"`;
}
