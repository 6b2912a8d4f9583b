import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

const AGENT = `
  resource "coder_agent" "main" {
    os   = "linux"
    arch = "amd64"
  }
`;

function script(body: string): string {
  return `${AGENT}
  resource "coder_script" "it" {
    agent_id     = coder_agent.main.id
    display_name = "Set up"
    script       = "make setup"
    ${body}
  }
`;
}

const ANOTHER = { "coder_script.it": ["delete", "create"] };

const whole = `
    icon               = "/icon/terminal.svg"
    log_path           = "setup.log"
    cron               = "0 30 9 * * MON-FRI"
    run_on_start       = true
    run_on_stop        = true
    start_blocks_login = true
    timeout            = 90
`;

export const scriptCases: readonly AcceptanceCase[] = [
  {
    name: "script_least",
    main: script("run_on_start = true"),
    state: {
      "coder_script.it": {
        id: anyUuid,
        agent_id: anyUuid,
        display_name: "Set up",
        script: "make setup",
        icon: null,
        log_path: null,
        cron: null,
        run_on_start: true,
        run_on_stop: false,
        start_blocks_login: false,
        timeout: 0,
      },
    },
    changes: [
      { name: "defaults that are written out", main: script('run_on_start = true\nrun_on_stop = false\nicon = ""'), actions: {} },
      { name: "a timeout", main: script("run_on_start = true\ntimeout = 1"), actions: ANOTHER },
      { name: "a schedule in place of the start", main: script('cron = "@hourly"'), actions: ANOTHER },
    ],
  },
  {
    name: "script_whole",
    main: script(whole),
    state: {
      "coder_script.it": {
        id: anyUuid,
        agent_id: anyUuid,
        display_name: "Set up",
        script: "make setup",
        icon: "/icon/terminal.svg",
        log_path: "setup.log",
        cron: "0 30 9 * * MON-FRI",
        run_on_start: true,
        run_on_stop: true,
        start_blocks_login: true,
        timeout: 90,
      },
    },
    changes: [
      { name: "one schedule written another way", main: script(whole.replace("MON-FRI", "1-5")), actions: ANOTHER },
      { name: "no timeout", main: script(whole.replace("timeout            = 90", "")), actions: ANOTHER },
      { name: "another text", main: script(whole).replace("make setup", "make all"), actions: ANOTHER },
    ],
  },
  {
    name: "script_unix_schedule",
    // Five fields are warned of and kept as they are.
    main: script('cron = "0 22 * * *"'),
    state: { "coder_script.it": { cron: "0 22 * * *" } },
  },
  {
    name: "script_of_unknowns",
    main: `${AGENT}
      resource "terraform_data" "later" {
        input = { name = "Later", script = "true", cron = "@every 1h30m", seconds = 5, yes = true }
      }

      resource "coder_script" "it" {
        agent_id           = coder_agent.main.id
        display_name       = terraform_data.later.output.name
        script             = terraform_data.later.output.script
        icon               = terraform_data.later.output.name
        log_path           = terraform_data.later.output.name
        cron               = terraform_data.later.output.cron
        run_on_start       = terraform_data.later.output.yes
        run_on_stop        = terraform_data.later.output.yes
        start_blocks_login = terraform_data.later.output.yes
        timeout            = terraform_data.later.output.seconds
      }
    `,
    state: {
      "coder_script.it": {
        id: anyUuid,
        display_name: "Later",
        script: "true",
        icon: "Later",
        log_path: "Later",
        cron: "@every 1h30m",
        run_on_start: true,
        run_on_stop: true,
        start_blocks_login: true,
        timeout: 5,
      },
    },
  },
];
