/** Translates what drivers throw: both databases' errors become the same ones of ours. All other errors pass through unchanged. */
import { InvalidInputError, StoreUnavailableError } from "../errors.ts";

/** Two rows may not share this value. Features turn it into a NameTakenError or a similar error. */
export class UniqueViolationError extends Error {
  override readonly name = "UniqueViolationError";
  /** The name of the index, or of the table and columns. */
  readonly constraint: string;
  constructor(constraint: string, options?: ErrorOptions) {
    super(`duplicate value: ${constraint}`, options);
    this.constraint = constraint;
  }
}

/** A row that this one refers to was deleted, or never existed. */
export class MissingReferenceError extends Error {
  override readonly name = "MissingReferenceError";
}

const SQLITE_UNAVAILABLE: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full",
  SQLITE_BUSY: "it is locked",
  SQLITE_LOCKED: "it is locked",
  SQLITE_IOERR: "the disk reports an error",
  SQLITE_READONLY: "it is read-only",
  SQLITE_CANTOPEN: "its file cannot be opened",
};

/** Keys are codes or their first two characters (classes), https://www.postgresql.org/docs/current/errcodes-appendix.html */
const POSTGRES_UNAVAILABLE: Readonly<Record<string, string>> = {
  "08": "the connection failed",
  "40": "another transaction was in conflict",
  "53": "it has no resources left",
  "53100": "the disk is full",
  "55P03": "it is locked",
  "57P": "it is being shut down",
  "58": "its system reports an error",
  "25006": "it is read-only",
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "the connection failed",
  EPIPE: "the connection failed",
  ETIMEDOUT: "the connection timed out",
  ENOTFOUND: "its host is unknown",
};

export function translateSqliteError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY")
    return new UniqueViolationError(error.message.replace("UNIQUE constraint failed: ", ""), { cause: error });
  if (code === "SQLITE_CONSTRAINT_FOREIGNKEY") return new MissingReferenceError(error.message, { cause: error });
  const why = SQLITE_UNAVAILABLE[code] ?? SQLITE_UNAVAILABLE[code.split("_").slice(0, 2).join("_")];
  return why === undefined ? error : new StoreUnavailableError(why, { cause: error });
}

/** Tells whether this is a translated error of SQLite that says that another program holds the lock. Nothing was done then. */
export function isLocked(error: unknown): boolean {
  return error instanceof StoreUnavailableError && codeOf(error.cause)?.startsWith("SQLITE_BUSY") === true;
}

export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === undefined) {
    // pg gives its own errors no code.
    const isLost = /connection terminated|timeout exceeded|client has encountered a connection error/i.test(error.message);
    return isLost ? new StoreUnavailableError("the connection failed", { cause: error }) : error;
  }
  if (code === "23505") return new UniqueViolationError("constraint" in error ? String(error.constraint) : error.message, { cause: error });
  // In text, and in text of a JSON column. SQLite accepts zero bytes.
  if (code === "22021" || code === "22P05")
    return new InvalidInputError("the text contains a zero byte, which cannot be stored", [], { cause: error });
  if (code === "23503") return new MissingReferenceError(error.message, { cause: error });
  const why = [code, code.slice(0, 3), code.slice(0, 2)].map((key) => POSTGRES_UNAVAILABLE[key]).find((text) => text !== undefined);
  return why === undefined ? error : new StoreUnavailableError(why, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
