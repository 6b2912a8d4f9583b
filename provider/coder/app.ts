import type { ResourceCall } from "../sdk/definition.ts";
import { defaulted, optional, required } from "../sdk/schema/attribute.ts";
import { block, setBlock } from "../sdk/schema/block.ts";
import type { Input } from "../sdk/schema/typed.ts";
import { validator } from "../sdk/schema/validators.ts";
import { bool, int, string } from "../sdk/schema/value-type.ts";
import { type Configuration, resource } from "./configuration.ts";
import { goQuote } from "./go/quote.ts";
import { implicitId } from "./implicit-id.ts";
import { goUrl } from "./url-rule.ts";

/** The pattern that messages show. It is not what runs: on ten megabytes, the backtracking engine overflows its stack. */
const SLUG = "^[a-z0-9](-?[a-z0-9])*$";

const slug = validator<string>((value) => {
  const isSlug = /^[a-z0-9-]+$/.test(value) && !value.startsWith("-") && !value.endsWith("-") && !value.includes("--");
  return isSlug ? undefined : `invalid "coder_app" slug, must be a valid hostname (${goQuote(SLUG)}): ${goQuote(value)}`;
});

const share = validator<string>((value) =>
  ["owner", "authenticated", "public"].includes(value)
    ? undefined
    : `invalid app share ${goQuote(value)}, must be one of "owner", "authenticated", "public"`,
);

const openIn = validator<string>((value) =>
  ["tab", "slim-window"].includes(value)
    ? undefined
    : `invalid "coder_app" open_in value, must be one of "tab", "slim-window": ${goQuote(value)}`,
);

/** The messages say characters, but Go counts bytes. */
function atMost(max: number, what: string) {
  return validator<string>(
    (value) => (Buffer.byteLength(value) > max ? `${what} is too long (max ${max} characters)` : undefined),
    `At most ${max} bytes.`,
  );
}

const healthcheck = setBlock(
  {
    attributes: {
      url: required(string, { description: "Where the agent asks; an answer below 500 counts as healthy." }),
      interval: required(int, { description: "Seconds between two checks." }),
      threshold: required(int, { description: "How many checks in a row must fail before the app is shown as unhealthy." }),
    },
  },
  { maxItems: 1, conflictsWith: ["command"], description: "How the agent tells whether the app is well." },
);

const appSchema = block({
  description: "A button in the dashboard: a program in the workspace, or a page anywhere.",
  attributes: {
    id: implicitId,
    agent_id: required(string, { description: "The `id` of the agent that the app is reached through." }),
    slug: required(string, {
      description: "Names the app in URLs: lower case letters and digits, with single hyphens between them.",
      validate: [slug],
    }),
    display_name: optional(string, { description: "What the button says. Default: the slug.", validate: [atMost(64, "display name")] }),
    group: optional(string, { description: "Apps of one group share one button.", validate: [atMost(64, "group name")] }),
    tooltip: optional(string, {
      description: "Shown when the pointer rests on the button; Markdown.",
      validate: [atMost(2048, "tooltip")],
    }),
    icon: optional(string, { description: "The URL of a picture, or the path of one that the server has.", validate: [goUrl] }),
    command: optional(string, {
      description: "Runs in a terminal in the browser when the button is pressed.",
      conflictsWith: ["url", "subdomain"],
    }),
    url: optional(string, {
      description: "Where the app listens, as the agent sees it; for an external app, the page that opens.",
      conflictsWith: ["command"],
    }),
    subdomain: optional(bool, { description: "Whether the app has a host name of its own; else it is reached by a path of the server's." }),
    external: defaulted(bool, false, {
      description: "Whether `url` is opened as it stands, and not through the agent.",
      conflictsWith: ["healthcheck", "command", "subdomain", "share"],
    }),
    share: defaulted(string, "owner", {
      description: "Who may use the app: its `owner`, everybody who is logged in (`authenticated`), or everybody (`public`).",
      validate: [share],
    }),
    open_in: defaulted(string, "slim-window", {
      description: "Where the app opens: in a `tab`, or in a `slim-window` without the browser's bars.",
      validate: [openIn],
    }),
    hidden: defaulted(bool, false, { description: "Whether the app has no button. It can be reached all the same." }),
    order: optional(int, { description: "Where the app stands among those of its agent; lower numbers come first." }),
  },
  blocks: { healthcheck },
});

/** Creates nothing: the server reads apps from the state. */
export const coderApp = resource({
  version: 1,
  schema: appSchema,
  create(input, call) {
    if (input.hidden) warnOfUnseen(input, call);
    return { id: call.configuration.newId() };
  },
});

function warnOfUnseen(input: Input<typeof appSchema>, { diagnostics }: ResourceCall<Configuration>): void {
  for (const name of ["display_name", "icon", "order"] as const)
    if (input[name]) diagnostics.warning({ summary: `\`${name}\` set when app is hidden` });
}
