import { expect, test } from "vitest";
import { withOverride } from "./provider-host.ts";

const override = 'dev_overrides {\n    "registry.terraform.io/coder/coder" = "/opt/bin"\n  }';

for (const { given, config, wanted } of [
  { given: "no configuration", config: "", wanted: `\nprovider_installation {\n  ${override}\n  direct {}\n}\n` },
  {
    given: "one without a word about installation",
    config: 'credentials "x" {}\n',
    wanted: `credentials "x" {}\n\nprovider_installation {\n  ${override}\n  direct {}\n}\n`,
  },
  {
    given: "one with mirrors",
    config: 'provider_installation {\n  network_mirror {\n    url = "https://m/"\n  }\n}\n',
    wanted: `provider_installation {\n  ${override}\n\n  network_mirror {\n    url = "https://m/"\n  }\n}\n`,
  },
]) {
  test(`puts the provider's executable in front of ${given}`, () => expect(withOverride(config, "/opt/bin")).toBe(wanted));
}
