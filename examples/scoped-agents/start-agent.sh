#!/bin/sh
# Starts one agent in the background and returns. It outlives Terraform, so it gets a session of its own and none of Terraform's pipes.
#
#   AGENT_DIRECTORY    <workspace id>/<agent name>: where its program, log and process id are kept
#   AGENT_INIT_SCRIPT  fetches the agent from the server and becomes it (exec), so the process id stays the same
#   CODER_AGENT_TOKEN  who the agent is; it reaches the agent through the environment only
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
. "$here/process-of.sh"

directory=$(directory_of "$AGENT_DIRECTORY")
mkdir -p "$directory"
printf '%s\n' "$AGENT_INIT_SCRIPT" >"$directory/init.sh"
unset AGENT_INIT_SCRIPT

export BINARY_DIR="$directory"
if command -v setsid >/dev/null 2>&1; then
  setsid sh "$directory/init.sh" </dev/null >"$directory/agent.log" 2>&1 &
else
  nohup sh "$directory/init.sh" </dev/null >"$directory/agent.log" 2>&1 &
fi
pid=$!
printf '%s %s\n' "$pid" "$(started_at "$pid")" >"$directory/pid"
