#!/bin/sh
# Starts one agent in the background and returns. The agent outlives Terraform, so it gets its own session and none of Terraform's pipes.
#
#   AGENT_DIRECTORY    <workspace id>/<agent name>: folder for its program, log and process ID
#   AGENT_INIT_SCRIPT  fetches the agent from the server and replaces itself with it (exec), so the process ID stays the same
#   CODER_AGENT_TOKEN  identifies the agent; it is passed only in the environment
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
