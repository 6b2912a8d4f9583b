import { goPlatform } from "#provider/coder/go/platform.ts";
import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

const { os, arch } = goPlatform(process.platform, process.arch);

export const provisionerCases: readonly AcceptanceCase[] = [
  {
    name: "provisioner",
    main: `data "coder_provisioner" "me" {}
resource "coder_agent" "here" {
  os   = data.coder_provisioner.me.os
  arch = data.coder_provisioner.me.arch
}
`,
    state: {
      "data.coder_provisioner.me": { id: anyUuid, os, arch },
      "coder_agent.here": { os, arch },
    },
    changes: [
      { name: "its id is another at each look", main: 'data "coder_provisioner" "me" {}', actions: { "coder_agent.here": ["delete"] } },
    ],
  },
];
