import { decide } from "#authz/decide.ts";
import { ForbiddenError as Denied } from "#authz/forbidden-error.ts";
import type { AuthzObject } from "#authz/object.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";

/** A subject's questions about objects, in the words of the store. `kind` is what a missing object is called. */
export interface Guard {
  readonly subject: Subject;
  allows<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): boolean;
  /** @throws NotFoundError unless the object may be read */
  read(object: AuthzObject, kind: string): void;
  /** @throws NotFoundError if the object may not even be read, else ForbiddenError */
  require<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>, kind: string): void;
  /** About an object that is not there yet, or whose existence is no secret. @throws ForbiddenError */
  requireOpenly<T extends ResourceType>(action: Action<T>, object: AuthzObject<T>): void;
}

/**
 * Hears of each decision that allowed something, for the record of what a key is used for. A list's filter is one decision about a type:
 * its object has no id. Must be quick and must not throw.
 */
export type OnAllowed = (subject: Subject, action: Action, object: Pick<AuthzObject, "type" | "id">) => void;

export function createGuard(subject: Subject, onAllowed?: OnAllowed): Guard {
  const allows: Guard["allows"] = (action, object) => {
    const isAllowed = decide(subject, action, object).kind === "allowed";
    if (isAllowed) onAllowed?.(subject, action, object);
    return isAllowed;
  };
  const requireOpenly: Guard["requireOpenly"] = (action, object) => {
    const decision = decide(subject, action, object);
    if (decision.kind === "denied") throw new ForbiddenError(action, object.type, { cause: new Denied(decision.reason) });
    onAllowed?.(subject, action, object);
  };
  return {
    subject,
    allows,
    requireOpenly,
    read: (object, kind) => {
      const decision = decide(subject, "read", object);
      if (decision.kind === "denied") throw new NotFoundError(kind, { cause: new Denied(decision.reason) });
      onAllowed?.(subject, "read", object);
    },
    require: (action, object, kind) => {
      const decision = decide(subject, action, object);
      if (decision.kind === "allowed") {
        onAllowed?.(subject, action, object);
        return;
      }
      // A read that only tells "forbidden" from "not found" is no use of the key.
      const cause = new Denied(decision.reason);
      if (isSelf(subject, object) || decide(subject, "read", object).kind === "allowed")
        throw new ForbiddenError(action, object.type, { cause });
      throw new NotFoundError(kind, { cause });
    },
  };
}

/** A subject knows that its own user exists, even one whose scope leaves users out: there a refusal may say that it is one. */
function isSelf(subject: Subject, object: AuthzObject): boolean {
  return object.type === "user" && object.id === subject.id;
}
