import { Response } from "#sdk/response.ts";
import {
  AuthMethods,
  CreateFirstUserRequest,
  CreateFirstUserResponse,
  LoginWithPasswordRequest,
  LoginWithPasswordResponse,
} from "#sdk/users.ts";
import type { Authentication } from "../access/authentication.ts";
import { originOf, userOf } from "../http/authenticate.ts";
import { SESSION_COOKIE } from "../http/credentials.ts";
import { CSRF_COOKIE, csrfProof } from "../http/csrf.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import { refuseOtherSites } from "../http/origin.ts";
import { perMinute, type RateLimits } from "../http/rate-limit.ts";
import { type Setup, setUpFirstUser } from "../people/set-up.ts";
import { createLoginAttempts } from "./login-attempts.ts";
import type { Sessions } from "./sessions.ts";

/** Extended by use, at most hourly. */
const SESSION_SECONDS = 24 * 3_600;

export interface SignInDeps {
  readonly authentication: Pick<Authentication, "withPassword">;
  readonly setup: Pick<Setup, "hasFirstUser" | "createFirstUser">;
  readonly sessions: Sessions;
  readonly accessUrl: () => string;
  readonly rateLimits: RateLimits;
  readonly now: () => Date;
}

/** Routes that need no credential. */
export function signInRoutes(app: App, { authentication, setup, sessions, accessUrl, rateLimits, now }: SignInDeps): void {
  const hasSignedInFrom: Sessions["hasSignedInFrom"] = (email, ipAddress) => sessions.hasSignedInFrom(email, ipAddress);
  const attempts = rateLimits.login > 0 ? createLoginAttempts({ now, hasSignedInFrom }) : undefined;
  const onRequest = refuseOtherSites(accessUrl);

  app.get(
    "/api/v2/users/first",
    {
      schema: {
        operationId: "hasFirstUser",
        summary: "Check whether the server has been set up",
        tags: ["Session"],
        response: { 200: Response, 404: Response },
      },
    },
    async () => {
      if (!(await setup.hasFirstUser()))
        throw new HttpError(404, { message: "This server has not been set up yet: create its first user." });
      return { message: "This server has been set up." };
    },
  );

  app.post(
    "/api/v2/users/first",
    {
      schema: {
        operationId: "createFirstUser",
        summary: "Create the first user, who owns the server",
        description: "Opens no session: log in afterwards.",
        tags: ["Session"],
        body: CreateFirstUserRequest,
        response: { 201: CreateFirstUserResponse, 409: Response },
      },
      config: perMinute(rateLimits.login),
      onRequest,
    },
    async (request, reply) => {
      const user = await setUpFirstUser(setup, request.body, originOf(request));
      const [organizationId] = user.organization_ids;
      if (organizationId === undefined) throw new Error("the first user is not in any organization");
      return reply.code(201).send({ user_id: user.id, organization_id: organizationId });
    },
  );

  app.get(
    "/api/v2/users/authmethods",
    { schema: { operationId: "getAuthMethods", summary: "List the ways to sign in", tags: ["Session"], response: { 200: AuthMethods } } },
    async () => ({
      password: { enabled: true },
      github: { enabled: false, default_provider_configured: false },
      oidc: { enabled: false, signInText: "", iconUrl: "" },
    }),
  );

  app.post(
    "/api/v2/users/login",
    {
      schema: {
        operationId: "logIn",
        summary: "Log in",
        description:
          "Besides the limit by address, an account takes only so many wrong passwords from addresses at which it has not signed in before.",
        tags: ["Session"],
        body: LoginWithPasswordRequest,
        response: { 201: LoginWithPasswordResponse },
      },
      config: perMinute(rateLimits.login),
      onRequest,
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const origin = originOf(request);
      const attempt = await attempts?.begin(email, origin.ipAddress);
      if (attempt?.kind === "refused") {
        reply.header("Retry-After", attempt.retryAfterSeconds);
        throw new HttpError(429, {
          message: "Too many wrong passwords for this account: wait a moment and try again.",
          detail: `Try again in ${attempt.retryAfterSeconds} s, or from an address at which you have signed in before.`,
        });
      }
      const user = await authentication.withPassword(email, password);
      const secret = user && (await sessions.begin(user, { lifetimeSeconds: SESSION_SECONDS, origin }));
      if (secret === undefined) {
        await sessions.refuse({ email, origin });
        throw new HttpError(401, { message: "The email address or the password is wrong." });
      }
      attempt?.succeeded();
      const attributes = { path: "/", sameSite: "lax", secure: accessUrl().startsWith("https:") } as const;
      reply.setCookie(SESSION_COOKIE, secret, { ...attributes, httpOnly: true });
      reply.setCookie(CSRF_COOKIE, csrfProof(secret), attributes);
      return reply.code(201).send({ session_token: secret });
    },
  );
}

export function signOutRoutes(app: App, { sessions }: Pick<SignInDeps, "sessions">): void {
  app.post(
    "/api/v2/users/logout",
    {
      config: { needs: [] },
      schema: {
        operationId: "logOut",
        summary: "End the session or token of this request",
        tags: ["Session"],
        response: { 200: Response },
      },
    },
    async (request, reply) => {
      await sessions.end(userOf(request).subject);
      for (const cookie of [SESSION_COOKIE, CSRF_COOKIE]) reply.clearCookie(cookie, { path: "/" });
      return { message: "The session has ended." };
    },
  );
}
