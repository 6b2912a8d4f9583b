import { AuthorizationCheck, AuthorizationExplanation, AuthorizationRequest, AuthorizationResponse } from "#sdk/authcheck.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import { denialDetail } from "../http/denial-detail.ts";
import type { App } from "../http/fastify-app.ts";
import type { Need } from "../http/needs.ts";
import { answerChecks, explainCheck, explanationOf } from "./authcheck.ts";

/** Objects that a check names by their id. */
const HIDDEN: readonly Need[] = [
  "workspace:read on resource_id or less, if it is a workspace",
  "template:read on resource_id or less, if it is a template",
  "user:read on resource_id or less, if it is a user",
  "organization:read on resource_id or less, if it is an organization",
];
const MISSING: readonly Need[] = [
  "workspace:read on object.resource_id or 404, if it is a workspace",
  "template:read on object.resource_id or 404, if it is a template",
  "user:read on object.resource_id or 404, if it is a user",
  "organization:read on object.resource_id or 404, if it is an organization",
];

/** Routes about what the caller may do with its own credential. */
export function authcheckRoutes(app: App): void {
  app.post(
    "/api/v2/authcheck",
    {
      config: { needs: HIDDEN },
      schema: {
        operationId: "checkAuthorization",
        summary: "Check which of several actions the caller may do",
        tags: ["Authorization"],
        body: AuthorizationRequest,
        response: { 200: AuthorizationResponse },
      },
    },
    (request) => answerChecks(accessOf(request), request.body.checks),
  );

  app.post(
    "/api/v2/authcheck/explain",
    {
      config: { needs: MISSING },
      schema: {
        operationId: "explainAuthorization",
        summary: "Explain why the caller may or may not do one action",
        tags: ["Authorization"],
        body: AuthorizationCheck,
        response: { 200: AuthorizationExplanation },
      },
    },
    async (request) => {
      const { subject } = userOf(request);
      const explained = await explainCheck(accessOf(request), request.body);
      const { decision } = explained;
      return explanationOf(subject, explained, decision.kind === "denied" ? denialDetail(decision.reason) : undefined);
    },
  );
}
