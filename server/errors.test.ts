import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StatusError } from "#proto/status.ts";
import { DomainError, type ErrorCode } from "./errors.ts";
import { toStatus } from "./grpc/domain-status.ts";
import { toProblem } from "./http/problem.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
const quiet = { debug: () => {}, info: () => {}, error: () => {} };

class AnyError extends DomainError {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super("x");
    this.code = code;
  }
}

function statusesOf(code: ErrorCode): { http: number; grpc: string } {
  const status = toStatus(new AnyError(code));
  if (!(status instanceof StatusError)) throw new Error(`${code} has no gRPC status`);
  return { http: toProblem(new AnyError(code), quiet).status, grpc: status.code };
}

test("docs/errors.md names every code with its statuses, and no other", () => {
  const codes = Array.from(read("errors.ts").matchAll(/^ {2}\| "([a-z_]+)"/gm), ([, code = ""]) => code as ErrorCode);
  const [catalog = ""] = read("../docs/errors.md").split("\n## ");
  const rows = Array.from(catalog.matchAll(/^\| `(\w+)` \| (\d+) \| (\w+) \| \S.* \| \S.* \|$/gm), ([, code, http, grpc]) => [
    code,
    Number(http),
    grpc,
  ]);
  expect(codes.length).toBeGreaterThan(0);
  expect(rows).toEqual(
    codes.map((code) => {
      const { http, grpc } = statusesOf(code);
      return [code, http, grpc];
    }),
  );
});
