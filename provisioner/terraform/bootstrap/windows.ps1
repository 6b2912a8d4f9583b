# Fetches the workspace agent from the server and starts it. The token is expected in CODER_AGENT_TOKEN.
$ErrorActionPreference = "Stop"
# The progress bar of Invoke-WebRequest makes a download many times slower.
$ProgressPreference = "SilentlyContinue"

# A machine that vanishes takes its logs along: stay, so that somebody can look.
trap {
    Write-Output "The workspace agent could not be started: $_"
    Write-Output "Staying up for a day so that this output can be read."
    Start-Sleep -Seconds 86400
    exit 1
}

$AgentSource = "${ACCESS_URL}bin/coder-windows-${ARCH}.exe"
# IDEs that look for the SSH server they talk to expect a parent process of this name.
$AgentBinary = Join-Path $env:TEMP "sshd.exe"

if (Get-Command Set-MpPreference -ErrorAction SilentlyContinue) {
    try { Add-MpPreference -ExclusionPath $AgentBinary } catch { Write-Output "The virus scanner keeps scanning the agent: $_" }
}

while ($true) {
    try {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        Invoke-WebRequest -Uri $AgentSource -OutFile $AgentBinary -UseBasicParsing
        break
    } catch {
        Write-Output "Downloading $AgentSource failed: $_"
        Write-Output "Next try in 30 seconds."
        Start-Sleep -Seconds 30
    }
}

$Version = (& $AgentBinary --version) -join "`n"
if ($Version -notmatch "Coder") {
    throw "$AgentSource gave something that is not the agent."
}

$env:CODER_AGENT_AUTH = "${AUTH_TYPE}"
$env:CODER_AGENT_URL = "${ACCESS_URL}"

# A container lives as long as its first process; anywhere else, the caller wants to go on.
if ($env:USERNAME -eq "ContainerAdministrator" -or $env:USERNAME -eq "ContainerUser") {
    Start-Process -FilePath $AgentBinary -ArgumentList "agent" -NoNewWindow -Wait
} else {
    Start-Process -FilePath $AgentBinary -ArgumentList "agent" -NoNewWindow
}
