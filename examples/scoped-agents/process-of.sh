# Shared by start-agent.sh and stop-agent.sh.

# A folder that is this user's alone, below the one for temporary files.
directory_of() {
  top=${TMPDIR:-/tmp}/proviso-agents-$(id -u)
  mkdir -p "$top"
  # Somebody else may have made it first, to read along.
  if [ -L "$top" ] || [ ! -O "$top" ]; then
    echo "$top belongs to somebody else" >&2
    return 1
  fi
  chmod 700 "$top"
  printf '%s\n' "$top/$1"
}

# When a process started, in a form that only serves comparing. With the process id it names one process for good: the number alone may belong
# to another by tomorrow. Nothing for a process that has ended, also while nobody has taken note of its end yet (a zombie).
started_at() {
  if [ -r /proc/self/stat ]; then
    # The second field is the program's name in parentheses, which may hold blanks. The 22nd is the start, in ticks since boot.
    sed -n -e 's/^.*) //' -e '/^[ZX]/d' -e p "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
  else
    LC_ALL=C ps -o stat= -o lstart= -p "$1" 2>/dev/null | sed -e '/^ *Z/d' -e 's/^ *[^ ]* *//' | tr -s ' ' '_'
  fi
}
