# Shared by start-agent.sh and stop-agent.sh.

# Creates a private folder of this user, below the one for temporary files.
directory_of() {
  top=${TMPDIR:-/tmp}/proviso-agents-$(id -u)
  mkdir -p "$top"
  # Somebody else may have created it first, to read its content.
  if [ -L "$top" ] || [ ! -O "$top" ]; then
    echo "$top belongs to somebody else" >&2
    return 1
  fi
  chmod 700 "$top"
  printf '%s\n' "$top/$1"
}

# Prints when a process started, in a form that is only good for comparison. Together with the process ID, it identifies one process: the ID
# alone may be reused. Prints nothing for a process that has ended, even if its parent has not waited for it yet (a zombie).
started_at() {
  if [ -r /proc/self/stat ]; then
    # The second field is the program's name in parentheses, which may contain spaces. The 22nd is the start, in ticks since boot.
    sed -n -e 's/^.*) //' -e '/^[ZX]/d' -e p "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
  else
    LC_ALL=C ps -o stat= -o lstart= -p "$1" 2>/dev/null | sed -e '/^ *Z/d' -e 's/^ *[^ ]* *//' | tr -s ' ' '_'
  fi
}
