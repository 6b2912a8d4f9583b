import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { UserId } from "../ids.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { insertApiKey, type KeyWithSecret } from "../keys/key-rows.ts";
import type { TokenLifetimes } from "./lifetimes.ts";
import { planSession } from "./mint-rules.ts";
import { openChange } from "./open-change.ts";
import { auditingRefusals } from "./refusal-entries.ts";

/**
 * Mints a key as after a login. A refusal is written down.
 *
 * @throws BeyondGrantError unless a session asks; CredentialEndedError when the asking key ended in the meantime
 */
export const mintSessionKey = ruled(
  "apiKeys.mintSession",
  (context: Context, userId: UserId, { lifetimes }: { readonly lifetimes: TokenLifetimes }): Promise<KeyWithSecret> =>
    auditingRefusals(context, "create", { target: "", userId, asked: { session: true } }, async () => {
      const { guard, write, now } = context;
      guard.requireOpenly("create", apiKeyObject({ userId }));
      return write(async (tx) => {
        const { caller, user } = await openChange(context, tx, userId);
        const { lifetimeMs } = planSession(caller, user, { lifetimes, now: now() });
        const made = await insertApiKey(context, tx, {
          userId,
          loginType: user.loginType,
          scopes: ["coder:all"],
          allowList: ["*:*"],
          lifetimeSeconds: Math.floor(lifetimeMs / 1_000),
          ipAddress: guard.subject.origin?.ipAddress ?? "",
          mintedBy: caller.id,
        });
        await auditKeyChange(context, tx, "create", made.key, { session: true });
        return made;
      });
    }),
);
