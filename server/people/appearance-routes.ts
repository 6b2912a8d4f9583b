import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { UpdateUserAppearanceSettingsRequest, UserAppearanceSettings } from "#sdk/users.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { getAppearance } from "./read-users.ts";
import { setAppearance } from "./set-appearance.ts";
import { userInPath } from "./user-in-path.ts";

const path = "/api/v2/users/:user/appearance";
const tags = ["Users"];
const params = Type.Object({ user: Text("name") });

const NOTHING_CHOSEN: UserAppearanceSettings = { theme_preference: "", theme_mode: "", theme_light: "", theme_dark: "", terminal_font: "" };

/** The dashboard decides which themes there are; the server only limits the length. */
const Theme = Type.Optional(Type.String({ maxLength: 128 }));
const body = Type.Object({
  ...UpdateUserAppearanceSettingsRequest.properties,
  theme_preference: Theme,
  theme_light: Theme,
  theme_dark: Theme,
});

export function userAppearanceRoutes(app: App): void {
  app.get(
    path,
    {
      config: { needs: [USER_IN_PATH, "user:read_personal on {user} or 403/404"] },
      schema: {
        operationId: "getUserAppearance",
        summary: "Get a user's dashboard settings",
        tags,
        params,
        response: { 200: UserAppearanceSettings },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return (await getAppearance(access, user.id)) ?? NOTHING_CHOSEN;
    },
  );

  app.put(
    path,
    {
      config: { needs: [USER_IN_PATH, "user:update_personal on {user} or 403/404"] },
      schema: {
        operationId: "updateUserAppearance",
        summary: "Replace a user's dashboard settings",
        tags,
        params,
        body,
        response: { 200: UserAppearanceSettings },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const { theme_preference = "", theme_mode = "", theme_light = "", theme_dark = "", terminal_font = "" } = request.body;
      const settings = { theme_preference, theme_mode, theme_light, theme_dark, terminal_font };
      await setAppearance(access, user.id, settings);
      return settings;
    },
  );
}
