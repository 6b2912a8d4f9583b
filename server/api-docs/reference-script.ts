import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import scalar from "@scalar/fastify-api-reference";
import Fastify from "fastify";

/**
 * Loads Scalar's script, which its package provides only through a Fastify plugin. It is kept compressed, because it has four megabytes.
 *
 * @returns the script with an entity tag for HTTP
 */
export async function loadReferenceScript(): Promise<{ readonly gzipped: Buffer; readonly tag: string }> {
  const app = Fastify();
  await app.register(scalar, { routePrefix: "/", configuration: { url: "unused" } });
  const { rawPayload, statusCode } = await app.inject("/js/scalar.js");
  await app.close();
  if (statusCode !== 200) throw new Error(`Scalar's plugin did not return a script: status ${statusCode}`);
  return { gzipped: await promisify(gzip)(rawPayload), tag: `"${createHash("sha256").update(rawPayload).digest("base64url")}"` };
}
