import { decide } from "#authz/decide.ts";
import { DeniedError } from "#authz/denied-error.ts";
import type { AuthzObject } from "#authz/object.ts";
import { filter, type Predicate } from "#authz/predicate.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";

/** Asks authz about objects on behalf of a subject. `kind` is the name of the object in the error if it is missing. */
export interface Guard {
  readonly subject: Subject;
  /** For an answer that only partly depends on this: a query that asks nothing else has decided nothing. */
  allows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean;
  /**
   * Does the same for a detail that comes with an answer, unasked: that it could be shown is not a use of the right, so the usage of the
   * key does not count it.
   */
  shows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean;
  /** @throws NotFoundError unless the object may be read */
  read(object: AuthzObject, kind: string): void;
  /**
   * For an object that is also shown to whoever has a right on another.
   *
   * @throws NotFoundError unless the object may be read, or the action is allowed on at least one of the others
   */
  readOr<T extends ResourceType>(
    object: AuthzObject,
    other: { readonly action: Action<T>; readonly on: () => Promise<readonly AuthzObject<T>[]> },
    kind: string,
  ): Promise<void>;
  /** @throws NotFoundError if the object may not be read either, else ForbiddenError */
  require<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>, kind: string): void;
  /** For an object that does not exist yet, or whose existence is not secret. @throws ForbiddenError */
  requireOpenly<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): void;
  /**
   * For lists: the predicate for objects of the type. Lists use `permitted` of permitted-rows.ts, which also records that the right was
   * used; other callers record it themselves with `used`.
   */
  filter<T extends ResourceType>(action: Action<T>, type: T): Predicate;
  /** Records for the usage of the key that a filter with this right has shown something. */
  used<T extends ResourceType>(action: Action<T>, type: T): void;
}

/**
 * Called for each decision that allowed something, to record what a key is used for. A list's filter is one decision about a type:
 * its object has no id. Must be quick and must not throw.
 */
export type OnAllowed = (subject: Subject, action: Action, object: Pick<AuthzObject, "type" | "id">) => void;

/** The way in which something was asked, in the words of query-rules.ts. */
export type Manner = "may" | "read" | "require" | "open" | "list";

/** Called for each question before it is answered. It may throw, and that error is then the answer. */
export type OnAsked = (manner: Manner, action: Action, type: ResourceType) => void;

export function createGuard(
  subject: Subject,
  hooks: { readonly onAllowed?: OnAllowed | undefined; readonly onAsked?: OnAsked } = {},
): Guard {
  return new SubjectGuard(subject, hooks.onAllowed, hooks.onAsked);
}

/** A class, because each query gets its own guard: this avoids creating functions for each. */
class SubjectGuard implements Guard {
  readonly subject: Subject;
  readonly #onAllowed: OnAllowed | undefined;
  readonly #onAsked: OnAsked | undefined;

  constructor(subject: Subject, onAllowed: OnAllowed | undefined, onAsked: OnAsked | undefined) {
    this.subject = subject;
    this.#onAllowed = onAllowed;
    this.#onAsked = onAsked;
  }

  allows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean {
    return this.#denial("may", action, object) === undefined;
  }

  shows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean {
    this.#onAsked?.("may", action, object.type);
    return decide(this.subject, action, object).kind === "allowed";
  }

  read(object: AuthzObject, kind: string): void {
    const denial = this.#denial("read", "read", object);
    if (denial !== undefined) throw new NotFoundError(kind, { cause: denial });
  }

  async readOr<T extends ResourceType>(
    object: AuthzObject,
    { action, on }: { readonly action: Action<T>; readonly on: () => Promise<readonly AuthzObject<T>[]> },
    kind: string,
  ): Promise<void> {
    const denial = this.#denial("read", "read", object);
    if (denial === undefined) return;
    for (const other of await on()) if (this.#denial("require", action, other) === undefined) return;
    throw new NotFoundError(kind, { cause: denial });
  }

  require<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>, kind: string): void {
    const denial = this.#denial("require", action, object);
    if (denial === undefined) return;
    // A read that only distinguishes "forbidden" from "not found" does not count as a use of the key.
    if (isSelf(this.subject, object) || decide(this.subject, "read", object).kind === "allowed")
      throw new ForbiddenError(action, object.type, { cause: denial });
    throw new NotFoundError(kind, { cause: denial });
  }

  requireOpenly<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): void {
    const denial = this.#denial("open", action, object);
    if (denial !== undefined) throw new ForbiddenError(action, object.type, { cause: denial });
  }

  filter<T extends ResourceType>(action: Action<T>, type: T): Predicate {
    this.#onAsked?.("list", action, type);
    return filter(this.subject, action, type);
  }

  used<T extends ResourceType>(action: Action<T>, type: T): void {
    this.#onAllowed?.(this.subject, action, { type });
  }

  #denial<T extends ResourceType>(manner: Manner, action: Action<T>, object: AuthzObject<T>): DeniedError | undefined {
    this.#onAsked?.(manner, action, object.type);
    const decision = decide(this.subject, action, object);
    if (decision.kind === "denied") return new DeniedError(decision.reason);
    this.#onAllowed?.(this.subject, action, object);
    return undefined;
  }
}

/** A subject knows that its own user exists, even if its scope excludes users, so a refusal may say so openly. */
function isSelf(subject: Subject, object: AuthzObject): boolean {
  return object.type === "user" && object.id === subject.id;
}
