import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

const DEFAULTS = { external: false, share: "owner", open_in: "slim-window", hidden: false };
const UNSET = { display_name: null, group: null, tooltip: null, icon: null, command: null, url: null, subdomain: null, order: null };

export const appCases: readonly AcceptanceCase[] = [
  {
    name: "app",
    main: `
      resource "coder_app" "least" {
        agent_id = "agent"
        slug     = "least"
      }
      resource "coder_app" "all" {
        agent_id     = "agent"
        slug         = "code-server"
        display_name = "VS Code"
        group        = "Editors"
        tooltip      = "An [editor](https://example.com)."
        icon         = "/icon/code.svg"
        url          = "http://localhost:13337/?folder=/home/coder"
        subdomain    = false
        share        = "authenticated"
        open_in      = "tab"
        hidden       = false
        order        = 4
        healthcheck {
          url       = "http://localhost:13337/healthz"
          interval  = 5
          threshold = 6
        }
      }
      resource "coder_app" "command" {
        agent_id = "agent"
        slug     = "top"
        command  = "top"
        share    = "public"
      }
      resource "coder_app" "external" {
        agent_id = "agent"
        slug     = "docs"
        url      = "https://example.com/docs"
        external = true
        hidden   = true
        icon     = "builtin:vim"
      }`,
    state: {
      "coder_app.least": { id: anyUuid, agent_id: "agent", slug: "least", ...UNSET, ...DEFAULTS, healthcheck: [] },
      "coder_app.all": {
        ...DEFAULTS,
        slug: "code-server",
        display_name: "VS Code",
        group: "Editors",
        tooltip: "An [editor](https://example.com).",
        icon: "/icon/code.svg",
        command: null,
        url: "http://localhost:13337/?folder=/home/coder",
        subdomain: false,
        share: "authenticated",
        open_in: "tab",
        order: 4,
        healthcheck: [{ url: "http://localhost:13337/healthz", interval: 5, threshold: 6 }],
      },
      "coder_app.command": { ...UNSET, ...DEFAULTS, command: "top", share: "public" },
      "coder_app.external": { ...UNSET, ...DEFAULTS, url: "https://example.com/docs", external: true, hidden: true, icon: "builtin:vim" },
    },
    changes: [
      {
        name: "other_words_for_the_same",
        main: `
          resource "coder_app" "least" {
            agent_id     = "agent"
            slug         = "least"
            display_name = ""
            subdomain    = false
            share        = "owner"
            open_in      = "slim-window"
            hidden       = false
            order        = 0
          }
          resource "coder_app" "all" {
            agent_id     = "agent"
            slug         = "code-server"
            display_name = "VS Code"
            group        = "Editors"
            tooltip      = "An [editor](https://example.com)."
            icon         = "/icon/code.svg"
            url          = "http://localhost:13337/?folder=/home/coder"
            share        = "authenticated"
            open_in      = "tab"
            order        = 4
            healthcheck {
              url       = "http://localhost:13337/healthz"
              interval  = 5
              threshold = 6
            }
          }
          resource "coder_app" "command" {
            agent_id = "agent"
            slug     = "top"
            command  = "top"
            share    = "public"
            icon     = ""
          }
          resource "coder_app" "external" {
            agent_id = "agent"
            slug     = "docs"
            url      = "https://example.com/docs"
            external = true
            hidden   = true
            icon     = "builtin:vim"
          }`,
        actions: { "coder_app.least": [], "coder_app.all": [], "coder_app.command": [], "coder_app.external": [] },
      },
      {
        name: "other_apps",
        main: `
          resource "coder_app" "least" {
            agent_id = "agent"
            slug     = "least"
            order    = 1
          }
          resource "coder_app" "all" {
            agent_id     = "agent"
            slug         = "code-server"
            display_name = "VS Code"
            group        = "Editors"
            tooltip      = "An [editor](https://example.com)."
            icon         = "/icon/code.svg"
            url          = "http://localhost:13337/?folder=/home/coder"
            share        = "authenticated"
            open_in      = "tab"
            order        = 4
            healthcheck {
              url       = "http://localhost:13337/healthz"
              interval  = 5
              threshold = 7
            }
          }
          resource "coder_app" "command" {
            agent_id = "agent"
            slug     = "top"
            command  = "top"
          }
          resource "coder_app" "external" {
            agent_id = "agent"
            slug     = "docs"
            url      = "https://example.com/docs"
            external = true
            icon     = "builtin:vim"
          }`,
        actions: {
          "coder_app.least": ["delete", "create"],
          "coder_app.all": ["delete", "create"],
          "coder_app.command": ["delete", "create"],
          "coder_app.external": ["delete", "create"],
        },
      },
    ],
  },
  {
    name: "app_unknown",
    main: `
      resource "terraform_data" "input" {
        input = {
          slug = "app", display_name = "App", group = "G", tooltip = "T", icon = "/i.svg", url = "http://localhost", subdomain = true
          external = null, share = "public", open_in = "tab", hidden = false, order = 2, checks = ["http://localhost/health"]
        }
      }
      resource "coder_app" "it" {
        agent_id     = terraform_data.input.id
        slug         = terraform_data.input.output.slug
        display_name = terraform_data.input.output.display_name
        group        = terraform_data.input.output.group
        tooltip      = terraform_data.input.output.tooltip
        icon         = terraform_data.input.output.icon
        command      = terraform_data.input.output.external
        url          = terraform_data.input.output.url
        subdomain    = terraform_data.input.output.subdomain
        external     = terraform_data.input.output.external
        share        = terraform_data.input.output.share
        open_in      = terraform_data.input.output.open_in
        hidden       = terraform_data.input.output.hidden
        order        = terraform_data.input.output.order
        dynamic "healthcheck" {
          for_each = terraform_data.input.output.checks
          content {
            url       = healthcheck.value
            interval  = 1
            threshold = 2
          }
        }
      }`,
    state: {
      "coder_app.it": {
        slug: "app",
        display_name: "App",
        group: "G",
        tooltip: "T",
        icon: "/i.svg",
        command: null,
        url: "http://localhost",
        subdomain: true,
        external: false,
        share: "public",
        open_in: "tab",
        hidden: false,
        order: 2,
        healthcheck: [{ url: "http://localhost/health", interval: 1, threshold: 2 }],
      },
    },
  },
];
