import type { AuditAction } from "#sdk/audit.ts";
import type { Context } from "../access/context.ts";
import { auditRefusal } from "../audit/audit.ts";
import { BeyondGrantError, ForbiddenError } from "../errors.ts";
import { NIL_UUID, type UserId } from "../ids.ts";

/** What was asked for, for the audit log. */
interface Asked {
  /** The token's name; empty for one without. */
  readonly target: string;
  readonly userId: UserId;
  readonly asked: Readonly<Record<string, unknown>>;
}

/**
 * Runs `work`, and writes down a key that may not be had, or may not be changed so. What was refused rolls its transaction back, and so
 * the entry has one of its own.
 */
export async function auditingRefusals<T>(context: Context, action: AuditAction, asked: Asked, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BeyondGrantError || error instanceof ForbiddenError)
      await auditRefusal(context, {
        action,
        resourceType: "api_key",
        resourceId: NIL_UUID,
        target: asked.target,
        status: 403,
        additional: { user_id: asked.userId, asked: asked.asked, reason: error.message },
      });
    throw error;
  }
}
