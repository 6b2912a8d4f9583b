import { isUnknown } from "../sdk/cty/value.ts";
import { computed, defaulted, optional, required } from "../sdk/schema/attribute.ts";
import { block, listBlock } from "../sdk/schema/block.ts";
import { bool, int, string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { firstRepeated } from "./first-repeated.ts";
import { goQuote } from "./go/quote.ts";
import { implicitId } from "./implicit-id.ts";
import { goUrl } from "./url-rule.ts";

const item = listBlock(
  {
    attributes: {
      key: required(string, { description: "What the value is called; no two items share a key." }),
      value: optional(string, { description: "The value. An item without one is not shown." }),
      sensitive: defaulted(bool, false, {
        description: "Whether the dashboard hides the value until it is asked for. Plans and states show it.",
      }),
      is_null: computed(bool, { description: "Whether the item had no value when it was made." }),
    },
  },
  { description: "Something to tell about the resource." },
);

/** What the dashboard shows about a resource in addition to its name. It describes another resource, which does not refer to it. */
export const coderMetadata = resource({
  version: 1,
  schema: block({
    description: "What the dashboard tells about a resource of the template.",
    attributes: {
      id: implicitId,
      resource_id: required(string, { description: "The `id` of the resource that this is about." }),
      hide: optional(bool, { description: "Whether the dashboard leaves the resource out." }),
      icon: optional(string, { description: "The URL of a picture, or the path of one that the server has.", validate: [goUrl] }),
      daily_cost: optional(int, { description: "What the resource costs a day, counted against the quota of its owner." }),
    },
    blocks: { item },
  }),
  plan({ item: items }, { diagnostics }) {
    if (isUnknown(items)) return;
    const key = firstRepeated(items.map((one) => one.key));
    if (key !== undefined) diagnostics.error({ summary: `duplicate resource metadata key ${goQuote(key)}` });
  },
  create: ({ item: items }, { configuration }) => ({
    id: configuration.newId(),
    item: items.map(({ value }) => ({ is_null: value === null })),
  }),
});
