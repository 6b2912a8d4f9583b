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
import type { Sessions } from "./sessions.ts";

/** Slides on with use, at most hourly. */
const SESSION_SECONDS = 24 * 3_600;

export interface SignInDeps {
  readonly authentication: Pick<Authentication, "withPassword">;
  readonly setup: Pick<Setup, "hasFirstUser" | "createFirstUser">;
  readonly sessions: Sessions;
  readonly accessUrl: () => string;
  readonly rateLimits: RateLimits;
}

/** Before anybody is known. */
export function signInRoutes(app: App, { authentication, setup, sessions, accessUrl, rateLimits }: SignInDeps): void {
  const onRequest = refuseOtherSites(accessUrl);

  app.get(
    "/api/v2/users/first",
    {
      schema: {
        operationId: "hasFirstUser",
        summary: "Says whether the server has been set up",
        tags: ["Session"],
        response: { 200: Response, 404: Response },
      },
    },
    async () => {
      if (!(await setup.hasFirstUser())) throw new HttpError(404, { message: "Nobody has set up this server yet." });
      return { message: "This server has been set up." };
    },
  );

  app.post(
    "/api/v2/users/first",
    {
      schema: {
        operationId: "createFirstUser",
        summary: "Sets the server up: its first user, who owns it",
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
      if (organizationId === undefined) throw new Error("the first user is in no organization");
      return reply.code(201).send({ user_id: user.id, organization_id: organizationId });
    },
  );

  app.get(
    "/api/v2/users/authmethods",
    { schema: { operationId: "getAuthMethods", summary: "The ways to sign in", tags: ["Session"], response: { 200: AuthMethods } } },
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
        summary: "Begins a session",
        tags: ["Session"],
        body: LoginWithPasswordRequest,
        response: { 201: LoginWithPasswordResponse },
      },
      config: perMinute(rateLimits.login),
      onRequest,
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const user = await authentication.withPassword(email, password);
      const origin = originOf(request);
      const secret = user && (await sessions.begin(user, { lifetimeSeconds: SESSION_SECONDS, origin }));
      if (secret === undefined) {
        await sessions.refuse({ email, origin });
        throw new HttpError(401, { message: "The e-mail address or the password is wrong." });
      }
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
        summary: "Ends the session or token that the request came with",
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
