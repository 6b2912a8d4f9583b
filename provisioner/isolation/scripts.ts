/**
 * The shell programs of a sandbox. The outer two end with the program that runs in it, and pass on what asks it to end: to Terraform alone, and
 * once, as without a sandbox. The third becomes that program. SIGUSR1 stands for SIGINT on the way and SIGUSR2 for SIGTERM, because a shell's background jobs ignore SIGINT.
 */

/**
 * Leads the process group, outside of the sandbox: what signals it and waits for it need not know that there is one.
 *
 * Arguments: a stem for two files, and the command that makes the sandbox. It writes `"child-pid": N` to descriptor 7 if the sandbox's first
 * process is not the command itself, and to descriptor 8 as soon as the program in it can be asked to end.
 */
export const OUTER = `umask 022
stem=$1
shift
ask() {
  asked=1 n=0
  until [ -n "$ready" ] || [ "$n" -ge 500 ]; do
    if read -r line <&5; then ready=1; else sleep 0.01; fi
    n=$((n + 1))
  done
  while read -r line; do
    case $line in *'"child-pid":'*)
      line=\${line#*'"child-pid":'}
      line=\${line#"\${line%%[0-9]*}"}
      pid=\${line%%[!0-9]*}
    ;; esac
  done <&6
  kill "-$1" "$pid" 2>/dev/null
}
# Open from the beginning: a daemon that takes the job over renames its folder.
exec 7>"$stem.pid" 8>"$stem.ready" 6<"$stem.pid" 5<"$stem.ready"
"$@" 5<&- 6<&- &
child=$! pid=$! ready=
exec 7>&- 8>&-
trap 'ask USR1' INT
trap 'ask USR2' TERM
code=
while :; do
  asked=
  wait "$child" 2>/dev/null
  got=$?
  [ "$got" = 127 ] && [ -n "$code" ] || code=$got
  [ -n "$asked" ] || break
done
# Ended from outside, as by the system when memory is used up: whoever waits is to see that.
[ "$code" = 137 ] && kill -KILL $$
exit "$code"
`;

/**
 * The first process in the sandbox: when it ends, the kernel ends all others there.
 *
 * Arguments: a folder, a file in it to wait for, or nothing, and the command. If the command leaves a program behind that has this file, as a wrapper of
 * Terraform may do with the lock of the state, the sandbox stays until it is gone.
 */
export const INNER = `lock=$2
[ -z "$lock" ] || cd "$1"
shift 2
asked= early= program=
ask() {
  asked=1
  if [ -z "$program" ]; then early=$1
  elif kill -0 "$program"; then kill "-$1" "$program"
  else kill "-$1" -1
  fi
} 2>/dev/null
trap 'ask INT' USR1
trap 'ask TERM' USR2
"$@" 7>&- &
program=$!
exec 7>&- 8>&-
[ -z "$early" ] || kill "-$early" "$program"
code=
while :; do
  asked=
  wait "$program" 2>/dev/null
  got=$?
  [ "$got" = 127 ] && [ -n "$code" ] || code=$got
  [ -n "$asked" ] || break
done
others() {
  for process in /proc/[0-9]*; do
    [ "$process" = /proc/1 ] || return 0
  done
  return 1
}
if [ -n "$lock" ]; then
  while [ -e "$lock" ] && others; do sleep 0.1; done
fi
exit "$code"
`;

/** Begins the program in a folder: it can be asked to end from now on. Terraform asks for the process of a provider that it did not start, to see
 * whether it lives: none of ours is in the sandbox, so it gets its own number. */
export const BEGIN = `umask 077
cd "$1" || exit 1
shift
echo >&8
exec 8>&-
case \${TF_REATTACH_PROVIDERS-} in *'"Pid":1,'*)
  TF_REATTACH_PROVIDERS=\${TF_REATTACH_PROVIDERS%%'"Pid":1,'*}'"Pid":'$$,\${TF_REATTACH_PROVIDERS#*'"Pid":1,'}
  export TF_REATTACH_PROVIDERS
;; esac
exec "$@"
`;
