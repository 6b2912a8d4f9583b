import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import scalar from "@scalar/fastify-api-reference";
import Fastify from "fastify";

/**
 * Scalar's script, which its package hands out through a Fastify plugin only. Kept compressed: it has four megabytes.
 *
 * @returns with an entity tag for HTTP
 */
export async function loadReferenceScript(): Promise<{ readonly gzipped: Buffer; readonly tag: string }> {
  const app = Fastify();
  await app.register(scalar, { routePrefix: "/", configuration: { url: "unused" } });
  const { rawPayload, statusCode } = await app.inject("/js/scalar.js");
  await app.close();
  if (statusCode !== 200) throw new Error(`Scalar's plugin has no script: ${statusCode}`);
  return { gzipped: await promisify(gzip)(rawPayload), tag: `"${createHash("sha256").update(rawPayload).digest("base64url")}"` };
}
