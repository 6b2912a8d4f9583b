#!/usr/bin/env sh
# Fetches the workspace agent from the server and becomes it. The token is expected in CODER_AGENT_TOKEN.
set -eux

# A machine that vanishes takes its logs along: stay, so that somebody can look.
keep_for_inspection() {
	status=$?
	trap - EXIT
	set +x
	echo "The workspace agent could not be started (status ${status}). Staying up for a day so that this output can be read."
	sleep 86400
	exit "${status}"
}
trap keep_for_inspection EXIT

BINARY_DIR=$(mktemp -d "${TMPDIR:-/tmp}/coder.XXXXXX")
AGENT_BINARY="${BINARY_DIR}/coder"
AGENT_SOURCE="${ACCESS_URL}bin/coder-darwin-${ARCH}"

until curl -fsSL --compressed "${AGENT_SOURCE}" -o "${AGENT_BINARY}"; do
	echo "Downloading ${AGENT_SOURCE} failed; next try in 30 seconds."
	sleep 30
done

if ! chmod +x "${AGENT_BINARY}"; then
	echo "${AGENT_BINARY} cannot be made executable."
	exit 1
fi

if ! "${AGENT_BINARY}" --version | head -n 1 | grep -q Coder; then
	echo "${AGENT_SOURCE} gave something that is not the agent."
	exit 2
fi

export CODER_AGENT_AUTH="${AUTH_TYPE}"
export CODER_AGENT_URL="${ACCESS_URL}"
exec "${AGENT_BINARY}" agent
