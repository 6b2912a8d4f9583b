import { computed } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { goPlatform } from "./go/platform.ts";
import { implicitId } from "./implicit-id.ts";

/** The machine that Terraform runs on, for templates that start something there. */
export const coderProvisioner = dataSource({
  version: 1,
  schema: block({
    description: "The machine that runs Terraform for this build.",
    attributes: {
      id: implicitId,
      os: computed(string, { description: "Its operating system: `linux`, `darwin`, `windows` or `freebsd`." }),
      arch: computed(string, { description: "Its processor: `amd64`, `arm64`, `armv7` or `386`." }),
    },
  }),
  read: (_input, { configuration }) => ({ id: configuration.newId(), ...goPlatform(process.platform, process.arch) }),
});
