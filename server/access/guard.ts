import { decide } from "#authz/decide.ts";
import { DeniedError } from "#authz/denied-error.ts";
import type { AuthzObject } from "#authz/object.ts";
import { filter, type Predicate } from "#authz/predicate.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";

/** A subject's questions about objects, in the words of the store. `kind` is what a missing object is called. */
export interface Guard {
  readonly subject: Subject;
  /** For an answer that depends on it and does not stand or fall with it: a query that only asks this has decided nothing. */
  allows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean;
  /** @throws NotFoundError unless the object may be read */
  read(object: AuthzObject, kind: string): void;
  /** For what can be reached in more than one way. @throws NotFoundError unless the object, or at least one of the others, may be read */
  readAny(object: AuthzObject, others: () => Promise<readonly AuthzObject[]>, kind: string): Promise<void>;
  /** @throws NotFoundError if the object may not even be read, else ForbiddenError */
  require<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>, kind: string): void;
  /** About an object that is not there yet, or whose existence is no secret. @throws ForbiddenError */
  requireOpenly<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): void;
  /**
   * For lists: which objects of the type. Lists use `permitted` of permitted-rows.ts, which also says that the right was used; who asks
   * here says so with `used`.
   */
  filter<T extends ResourceType>(action: Action<T>, type: T): Predicate;
  /** For the record of what a key is used for: a filter of this right has shown something. */
  used<T extends ResourceType>(action: Action<T>, type: T): void;
}

/**
 * Hears of each decision that allowed something, for the record of what a key is used for. A list's filter is one decision about a type:
 * its object has no id. Must be quick and must not throw.
 */
export type OnAllowed = (subject: Subject, action: Action, object: Pick<AuthzObject, "type" | "id">) => void;

/** In which way something was asked; the words of query-rules.ts. */
export type Manner = "may" | "read" | "require" | "open" | "list";

/** Hears of each question before it is answered. May throw, which then is the answer. */
export type OnAsked = (manner: Manner, action: Action, type: ResourceType) => void;

export function createGuard(
  subject: Subject,
  hooks: { readonly onAllowed?: OnAllowed | undefined; readonly onAsked?: OnAsked } = {},
): Guard {
  return new SubjectGuard(subject, hooks.onAllowed, hooks.onAsked);
}

/** A class, because each query gets one of its own: no functions are made for it. */
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

  read(object: AuthzObject, kind: string): void {
    const denial = this.#denial("read", "read", object);
    if (denial !== undefined) throw new NotFoundError(kind, { cause: denial });
  }

  async readAny(object: AuthzObject, others: () => Promise<readonly AuthzObject[]>, kind: string): Promise<void> {
    const denial = this.#denial("read", "read", object);
    if (denial === undefined) return;
    for (const other of await others()) if (this.#denial("read", "read", other) === undefined) return;
    throw new NotFoundError(kind, { cause: denial });
  }

  require<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>, kind: string): void {
    const denial = this.#denial("require", action, object);
    if (denial === undefined) return;
    // A read that only tells "forbidden" from "not found" is no use of the key.
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

/** A subject knows that its own user exists, even one whose scope leaves users out: there a refusal may say that it is one. */
function isSelf(subject: Subject, object: AuthzObject): boolean {
  return object.type === "user" && object.id === subject.id;
}
