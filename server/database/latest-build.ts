import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Tables } from "./tables.ts";

type WithBuild = Tables & { readonly build: Tables["workspace_builds"] };

/** For `where`: the row called `build` is its workspace's latest build. An agent token is valid only for that build. */
export function isLatestBuild(): Expression<SqlBool> {
  const { not, exists, selectFrom } = expressionBuilder<WithBuild, "build">();
  return not(
    exists(
      selectFrom("workspace_builds as later")
        .select("later.id")
        .whereRef("later.workspace_id", "=", "build.workspace_id")
        .whereRef("later.build_number", ">", "build.build_number"),
    ),
  );
}
