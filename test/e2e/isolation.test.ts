/**
 * What hostile code of a template can do to the daemon, the server and other jobs, with real builds. Each attack writes what it reached into
 * an output of the template, or into a place that it must not reach.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hasBubblewrap } from "../provisioner/has-bubblewrap.ts";
import { isRunning, processesOf } from "../provisioner/processes.ts";
import { type Api, createTemplate, createWorkspace, expectStatus, runBuild, signUp } from "./harness/api.ts";
import { startServerProcess } from "./harness/server-process.ts";

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === "linux";

async function server(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const started = await startServerProcess({ args: ["--provisioner-daemons", "2", ...args], env });
  onTestFinished(() => started[Symbol.asyncDispose]());
  return { ...started, api: await signUp(started.url) };
}

/** Runs a shell script in the apply of a build, which fails if the script does. @returns the lines that the script has printed */
async function attack(api: Api, script: string, name = `t${Math.random().toString(36).slice(2, 10)}`): Promise<string[]> {
  const template = await createTemplate(api, name, {
    "main.tf": `resource "terraform_data" "attack" {\n  provisioner "local-exec" {\n    command = "sh \${path.module}/attack.sh"\n  }\n}\n`,
    "attack.sh": script,
  });
  const workspace = await createWorkspace(api, name, template.id);
  const build = workspace.latest_build;
  expect(build.job).toMatchObject({ status: "succeeded" });
  const logs: { output: string }[] = await expectStatus(200, api.call("GET", `/workspacebuilds/${build.id}/logs`));
  return logs.flatMap(({ output }) => /\(local-exec\): (said .*)$/.exec(output)?.[1]?.slice(5) ?? []);
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "isolation-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

for (const { level, args, by, hasTools } of [
  { level: "namespace", args: ["--isolation", "auto"], by: hasBubblewrap() ? "bubblewrap" : "mounts", hasTools: true },
  { level: "process", args: ["--isolation", "process"], by: "processes", hasTools: true },
  { level: "process", args: ["--isolation", "process"], by: "descent", hasTools: false },
]) {
  test.skipIf(!isLinux)(
    `with the isolation ${level} by ${by}, no process outlives its command, whatever it does about it`,
    { timeout: 90_000 },
    async () => {
      const { api, stderr } = await server([...args, "--log-format", "json"], hasTools ? {} : { PATH: await pathWithoutTools() });
      expect(stderr()).toContain(`"isolation":"${level}","by":"${by}"`);
      const seconds = `300.${Date.now()}`;
      const said = await attack(
        api,
        `sleep ${seconds} >/dev/null 2>&1 &
/usr/bin/setsid sh -c '/usr/bin/setsid sleep ${seconds} & exit' >/dev/null 2>&1
env -i PATH="$PATH" /usr/bin/setsid /bin/sh -c 'trap "" TERM INT HUP; cd /; (sleep ${seconds} &) ; sleep ${seconds}' >/dev/null 2>&1 &
( n=0; while [ $n -lt 200 ]; do (/usr/bin/setsid sleep ${seconds} >/dev/null 2>&1 &); n=$((n+1)); done ) >/dev/null 2>&1 &
sleep 0.3
echo said began
`,
      );
      expect(said).toEqual(["began"]);
      await expect.poll(() => processesOf(seconds), { timeout: 5_000 }).toEqual([]);
    },
  );
}

test.skipIf(!isLinux)("a template's code cannot see or change what is Proviso's, nor another job's", { timeout: 120_000 }, async () => {
  const secretUrl = "https://secret-of-the-operator.example.com";
  const { api, dataDirectory, pid, stderr } = await server([], {
    CODER_EXTERNAL_AUTH_0_ID: "x",
    CODER_EXTERNAL_AUTH_0_TYPE: "github",
    CODER_EXTERNAL_AUTH_0_CLIENT_ID: "i",
    CODER_EXTERNAL_AUTH_0_CLIENT_SECRET: secretUrl,
  });
  const outside = await folder();
  await writeFile(path.join(outside, "mine"), "mine");
  const key = await readFile(path.join(dataDirectory, "encryption.key"), "utf8");
  const jobs = path.join(dataDirectory, "provisioner");
  const by = /jobs run in isolation.*\bby=(\w+)/.exec(stderr())?.[1];
  expect(by).toBe(hasBubblewrap() ? "bubblewrap" : "mounts");
  const said = await attack(
    api,
    `D='${dataDirectory}'
tell() { echo "said $*"; }
cat "$D/encryption.key" "$D/proviso.db" >/dev/null 2>&1 && tell key
ls "$D" | grep -v '^provisioner$' >/dev/null && tell data-directory
ls "$D/provisioner" | grep -vE '^([0-9]+|plugins)$' >/dev/null && tell templates
for d in "$D"/provisioner/*/job-*; do
  [ "$d/template" = "$PWD" ] || tell other-job "$d"
  ls -A "$d" | grep -vE '^(template|run|tmp|root)$' >/dev/null && tell journal
done
(echo {} >"$(dirname "$PWD")/job.json") 2>/dev/null && tell wrote-journal
(echo x >"$D/provisioner/templates/x") 2>/dev/null && tell wrote-templates
(echo x >"$D/provisioner/plugins/x") 2>/dev/null && tell wrote-plugins
(echo x >"$D/x") 2>/dev/null && tell wrote-data
[ -e '${outside}/mine' ] && tell temporary-files
(: >/proviso-was-here) 2>/dev/null && tell wrote-system && rm /proviso-was-here
# Opened for writing and left as they are: a test that fails must not change the machine that it runs on.
for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do (: >>"$f") 2>/dev/null && tell kernel "$f"; done
(: >"$HOME/.proviso-was-here") 2>/dev/null && tell wrote-home && rm "$HOME/.proviso-was-here"
for d in /etc/cron.d /var/spool/cron /var/spool/at /etc/systemd/system; do
  [ ! -d "$d" ] || ! (: >"$d/.proviso-was-here") 2>/dev/null || { tell schedules "$d"; rm "$d/.proviso-was-here"; }
done
tr '\\0' '\\n' </proc/*/environ 2>/dev/null | grep -q secret-of-the-operator && tell environ
cat /proc/*/environ 2>/dev/null | grep -q secret-of-the-operator && tell environs
for p in /proc/[0-9]*; do
  case $(readlink "$p/cwd" 2>/dev/null) in "$PWD"|/|"") ;; *) tell cwd "$(readlink "$p/cwd")" ;; esac
  [ ! -e "$p/root$D/encryption.key" ] || tell root-of "$p"
done
kill -0 ${pid} 2>/dev/null && tell can-signal
for p in /proc/[0-9]*; do [ "$p" = /proc/1 ] && (: <"$p/mem") 2>/dev/null && tell traces-the-first; done
umount "$D" 2>/dev/null && tell unmounted
mount -t tmpfs none /mnt 2>/dev/null && tell mounted
unshare -r --mount sh -c "umount '$D' && cat '$D/encryption.key'" 2>/dev/null && tell unmounted-in-namespace
nsenter -t 1 -m true 2>/dev/null && tell entered
[ '${by}' = bubblewrap ] && unshare --user true 2>/dev/null && tell made-a-user-namespace
for d in /dev/vda /dev/sda /dev/mem /dev/kmsg; do [ -e "$d" ] && tell device "$d"; done
[ ! -S /run/systemd/private ] || tell systemd
ln -s '${dataDirectory}/encryption.key' README.md 2>/dev/null
echo x >/dev/shm/proviso-was-here; echo x >/tmp/proviso-was-here; echo x >/var/tmp/proviso-was-here
kill -9 1
tell end
`,
  );
  expect(said).toEqual(["end"]);
  expect(existsSync(path.join(jobs, "templates", "x"))).toBe(false);
  for (const place of ["/dev/shm", "/tmp", "/var/tmp"]) expect(existsSync(path.join(place, "proviso-was-here"))).toBe(false);
  expect(isRunning(pid)).toBe(true);
  expect(await readFile(path.join(dataDirectory, "encryption.key"), "utf8")).toBe(key);
  expect(readFileSync(`/proc/${pid}/environ`, "latin1")).not.toContain("secret-of-the-operator");
});

test.skipIf(!isLinux)("what terraform init runs for one template reaches no other one either", { timeout: 60_000 }, async () => {
  const { api, dataDirectory } = await server([]);
  // Terraform starts a provider of the archive itself for the plan, and whatever it starts is in the sandbox of that command.
  const upload = {
    "main.tf": 'terraform {\n  required_providers {\n    evil = { source = "evil/evil" }\n  }\n}\nresource "evil_x" "y" {}\n',
  };
  await expect(createTemplate(api, "evil", upload)).rejects.toThrow();
  expect(readdirSync(path.join(dataDirectory, "provisioner", "plugins"))).toEqual([]);
});

test.skipIf(!isRoot || !isLinux)(
  "with the isolation user, a job has a user of its own, who can read no file of root",
  { timeout: 60_000 },
  async () => {
    const { api } = await server(["--isolation", "user", "--isolation-users", "2000000500-2000000501"]);
    const secret = path.join(await folder(), "secret");
    await mkdir(path.dirname(secret), { recursive: true });
    const said = await attack(
      api,
      `echo "said $(id -u) $(id -G)"; cat /etc/shadow >/dev/null 2>&1 && echo said shadow; ls /root >/dev/null 2>&1 && [ -n "$(ls -A /root)" ] && echo said root; echo said home $HOME`,
    );
    expect(said).toEqual([expect.stringMatching(/^200000050[01] 200000050[01]$/), "home /tmp"]);
  },
);

test.skipIf(!isLinux)(
  "a sensitive variable is in no environment and no command line, and plans and states are the user's alone",
  { timeout: 60_000 },
  async () => {
    const { api } = await server(["--isolation", "none"]);
    const template = await createTemplate(api, "sensitive", {
      "main.tf": `variable "s" {
  type      = string
  sensitive = true
  default   = "the-sensitive-value"
}
resource "terraform_data" "a" {
  input = sha256(var.s)
  provisioner "local-exec" {
    command = "cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\\\0' '\\\\n' | grep -c the-sensitive-[v]alue | sed 's/^/said found /'; find .. -type f -perm /077 ! -name main.tf | sed 's/^/said open /'; echo said end"
  }
}
`,
    });
    const workspace = await createWorkspace(api, "sensitive", template.id);
    const logs: { output: string }[] = await expectStatus(200, api.call("GET", `/workspacebuilds/${workspace.latest_build.id}/logs`));
    const said = logs.flatMap(({ output }) => /\(local-exec\): (said .*)$/.exec(output)?.[1] ?? []);
    expect(said).toEqual(["said found 0", "said end"]);
    expect((await runBuild(api, workspace.id, "delete")).job.status).toBe("succeeded");
  },
);

test.skipIf(!isLinux)("a level that does not work here stops the start, and says why", async () => {
  const PATH = await pathWithoutTools();
  const refused = startServerProcess({ args: ["--isolation", "namespace"], env: { PATH } });
  await expect(refused).rejects.toThrow(/error: the isolation `namespace` does not work here: bubblewrap: .*; mounts: /s);
  const { stderr } = await server([], { PATH });
  expect(stderr()).toContain("jobs run with little isolation: code of a template can read and change whatever the daemon's user can");
});

/** A PATH with neither bubblewrap nor util-linux. */
async function pathWithoutTools(): Promise<string> {
  const directory = await folder();
  const all = (process.env.PATH ?? "").split(path.delimiter);
  for (const name of ["terraform", "dirname", "readlink", "mkfifo", "sh", "env", "sleep"]) {
    const at = all.map((each) => path.join(each, name)).find((each) => existsSync(each));
    if (at !== undefined) await symlink(at, path.join(directory, name));
  }
  return directory;
}
