#!/bin/sh
# Stops the agent that start-agent.sh started, and nothing else; it may have already ended. Sends SIGTERM, and SIGKILL after 10 seconds.
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
. "$here/process-of.sh"

directory=$(directory_of "$AGENT_DIRECTORY")
[ -f "$directory/pid" ] || exit 0
read -r pid started <"$directory/pid"

is_running() {
  [ -n "$started" ] && [ "$(started_at "$pid")" = "$started" ]
}

if is_running; then kill -TERM "$pid" || true; fi
tenths=0
while is_running && [ "$tenths" -lt 100 ]; do
  sleep 0.1
  tenths=$((tenths + 1))
done
# If setsid was available, the agent leads its own process group, and its scripts end with it.
if is_running; then kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" || true; fi
rm -rf "$directory"
# Removes the workspace's folder together with its last agent.
rmdir "$(dirname "$directory")" 2>/dev/null || true
