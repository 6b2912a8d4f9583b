#!/bin/sh
# Ends the agent that start-agent.sh started, and nothing else; one that has ended already is fine. Asks first, and insists after 10 seconds.
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
# The agent leads its own process group where setsid was at hand: then its scripts end with it.
if is_running; then kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" || true; fi
rm -rf "$directory"
# The workspace's own folder goes with its last agent.
rmdir "$(dirname "$directory")" 2>/dev/null || true
