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

if [ -z "${BINARY_DIR:-}" ]; then
	BINARY_DIR=$(mktemp -d "${TMPDIR:-/tmp}/coder.XXXXXX")
fi
AGENT_BINARY="${BINARY_DIR}/coder"
AGENT_SOURCE="${ACCESS_URL}bin/coder-linux-${ARCH}"

fetch_agent() {
	if command -v curl >/dev/null 2>&1; then
		curl -fsSL --compressed "${AGENT_SOURCE}" -o "${AGENT_BINARY}"
	elif command -v wget >/dev/null 2>&1; then
		wget -q "${AGENT_SOURCE}" -O "${AGENT_BINARY}"
	elif command -v busybox >/dev/null 2>&1; then
		busybox wget -q "${AGENT_SOURCE}" -O "${AGENT_BINARY}"
	else
		echo "The workspace agent needs one of curl, wget or busybox to be downloaded."
		exit 127
	fi
}
until fetch_agent; do
	echo "Downloading ${AGENT_SOURCE} failed; next try in 30 seconds."
	sleep 30
done

if ! chmod +x "${AGENT_BINARY}"; then
	echo "${AGENT_BINARY} cannot be made executable."
	exit 1
fi

# Faster networking where the machine allows it; the agent runs without.
if [ -n "${USE_CAP_NET_ADMIN:-}" ]; then
	if [ "$(id -u)" -eq 0 ]; then
		echo "USE_CAP_NET_ADMIN is set, but root has that capability already."
	elif ! sudo -n setcap CAP_NET_ADMIN=+ep "${AGENT_BINARY}"; then
		echo "CAP_NET_ADMIN could not be given to the agent: that takes setcap and sudo without a password."
	fi
fi

if ! "${AGENT_BINARY}" --version | head -n 1 | grep -q Coder; then
	echo "${AGENT_SOURCE} gave something that is not the agent."
	exit 2
fi

export CODER_AGENT_AUTH="${AUTH_TYPE}"
export CODER_AGENT_URL="${ACCESS_URL}"
exec "${AGENT_BINARY}" agent
