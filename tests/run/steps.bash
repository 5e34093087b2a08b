# For tests/run/all and .ci/run: named steps, each with its time, a log and its count
# of passed and failed tests. Sourced by bash under set -euo pipefail.

steps_passed=0
steps_failed=0
steps_logs=${STEPS_LOGS:-$(mktemp -d)}

# step NAME COMMAND...: runs the command with its output in a log. On failure the end
# of the log is shown, and the run goes on with the next step.
step() {
    local name=$1 log good=1 begin=$SECONDS passed failed
    shift
    log=$steps_logs/${name//[^a-zA-Z0-9]/-}.log
    printf '%-28s ' "$name"
    "$@" >"$log" 2>&1 || good=0
    # cargo writes "test result: ok. 12 passed; 0 failed", our scripts "12 passed, 0 failed".
    read -r passed failed < <(awk '
        /^test result: |^[0-9]+ passed, [0-9]+ failed$/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed[,;]/) p += $(i - 1)
                if ($i ~ /^failed[,;]?$/) f += $(i - 1)
            }
        } END { print p + 0, f + 0 }' "$log")
    if [ $((passed + failed)) -eq 0 ]; then passed=$good; fi
    if [ "$good" = 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    steps_passed=$((steps_passed + passed))
    steps_failed=$((steps_failed + failed))
    printf '%s passed, %s failed (%s s)\n' "$passed" "$failed" $((SECONDS - begin))
    if [ "$good" = 0 ]; then
        echo "  $name failed, $log ends with:"
        tail -n "${STEPS_TAIL:-40}" "$log" | sed 's/^/    /'
    fi
}

# skip NAME WHY...
skip() {
    local name=$1
    shift
    printf '%-28s skipped: %s\n' "$name" "$*"
}

# The reference interpreter, where this machine has one: its path, or nothing.
reference() {
    local peers=${KRAIT_PEERS:-$HOME/.cache/krait-peers}/bin/python3.14
    if [ -x "$peers" ]; then echo "$peers"; else command -v python3.14 || true; fi
}

# The closing line, and the exit status of the run.
steps_end() {
    echo "$steps_passed passed, $steps_failed failed"
    [ "$steps_failed" -eq 0 ]
}
