#!/bin/bash
# SPDX-License-Identifier: MIT
# t5300-bench: the bench still measures: one topic, small, for its rows and not
# for its figures; and what it leaves when it is stopped.
. "$(dirname "$0")/lib.sh"

requires_root
need mksquashfs squashfs-tools
need curl curl
need jq jq
export BENCH_OUT=$T_TMP/out.jsonl SERVERS=serve SIZE=16 RUNS=1

t_begin 'loopback has a figure in every row'
if "$T_ROOT/tests/bench" loopback >"$T_TMP/table" 2>"$T_TMP/err" &&
	[ "$(grep -c '[0-9] MB/s' "$T_TMP/table")" -ge 8 ] &&
	grep -q '^slipway serve: /init.* [0-9.]\+ MB/s .* >= 0.6 ' \
		"$T_TMP/table" &&
	! grep -q 'none\|failed\|not ' "$T_TMP/table"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/table" "$T_TMP/err")"
fi

t_begin 'each row is a JSON line too'
if [ "$(jq -r 'select(.topic == "loopback" and .median > 0) | .what' \
	"$BENCH_OUT" | wc -l)" = "$(grep -c ' MB/s' "$T_TMP/table")" ]; then
	t_ok
else
	t_fail "$(cat "$BENCH_OUT")"
fi

t_begin 'a topic that there is not'
expect_fail 2 'topics:' "$T_ROOT/tests/bench" nothing

# what runs in a folder of ours, and the folders
ours()
{
	pgrep -af "$T_TMP/stop/" | grep -v pgrep
	find "$T_TMP/stop" -mindepth 1 -maxdepth 1
}

t_begin 'nothing is left when it is stopped'
mkdir "$T_TMP/stop"
env -u T_TMP TMPDIR="$T_TMP/stop" setsid "$T_ROOT/tests/bench.d/loopback" \
	>"$T_TMP/table" 2>&1 &
for ((i = 0; i < 200; i++)); do
	! pgrep -f "slipway-serve.*$T_TMP/stop/" >/dev/null || break
	sleep 0.05
done
seen=$(ours)
kill -TERM $!
wait $! 2>/dev/null
left=$(ours)
if [ -n "$seen" ] && [ -z "$left" ]; then
	t_ok
else
	t_fail "seen: $seen
left: $left"
fi
