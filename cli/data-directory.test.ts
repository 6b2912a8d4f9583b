import { expect, test } from "vitest";
import { defaultDataDirectory } from "./data-directory.ts";

for (const { platform, env, folder } of [
  { platform: "linux", env: {}, folder: "/home/ada/.local/share/proviso" },
  { platform: "linux", env: { XDG_DATA_HOME: "/data" }, folder: "/data/proviso" },
  { platform: "linux", env: { XDG_DATA_HOME: "" }, folder: "/home/ada/.local/share/proviso" },
  { platform: "darwin", env: { XDG_DATA_HOME: "/data" }, folder: "/home/ada/Library/Application Support/proviso/server" },
] as const) {
  test(`a server's data is in ${folder} on ${platform} with ${JSON.stringify(env)}`, () => {
    expect(defaultDataDirectory({ env, platform, homeDirectory: "/home/ada" })).toBe(folder);
  });
}
