#!/bin/bash
# SPDX-License-Identifier: MIT
# t0000-harness: the library and the runner count what happens, and a test
# that fails, dies or says nothing is never counted as passed.
. "$(dirname "$0")/lib.sh"

# script NAME TEXT...: a test script beside a copy of the harness
mkdir -p "$T_TMP/tree/tests"
cp "$T_ROOT/tests/run" "$T_ROOT/tests/lib.sh" "$T_TMP/tree/tests"
script()
{
	{
		echo '#!/bin/bash'
		echo '. "$(dirname "$0")/lib.sh"'
		printf '%s\n' "$2"
	} >"$T_TMP/tree/tests/t$1.sh"
	chmod +x "$T_TMP/tree/tests/t$1.sh"
}

# sum WANT STATUS NAME: run NAME's script; last line and status are so
sum()
{
	local out status=0
	out=$(env -u T_TMP TMPDIR="$T_TMP" O="$T_TMP/o" "$T_TMP/tree/tests/run" "t$3" 2>&1) ||
		status=$?
	if [ "$(printf '%s\n' "$out" | tail -n 1)" != "$1" ]; then
		t_fail "$out"
	elif [ "$status" != "$2" ]; then
		t_fail "status $status"
	else
		t_ok
	fi
}

row() # NAME WANT STATUS BODY
{
	n=$((n + 1))
	t_begin "$1"
	script "$n-x" "$4"
	sum "$2" "$3" "$n-x"
}

n=1000
row 'two pass' '2 passed, 0 failed, 0 skipped' 0 \
	't_begin a; t_ok; t_begin b; t_ok fine'
row 'a failure goes on and fails the run' '1 passed, 1 failed, 0 skipped' 1 \
	't_begin a; t_fail why; t_begin b; t_ok'
row 'a skip alone is not a pass' '0 passed, 0 failed, 1 skipped' 1 \
	't_begin a; t_skip "no moon"'
row 'a missing program skips' '0 passed, 0 failed, 1 skipped' 1 \
	'need no-such-program no-such-package; t_begin a; t_ok'
row 'no verdict fails' '1 passed, 1 failed, 0 skipped' 1 \
	't_begin a; t_begin b; t_ok'
row 'an end in the middle fails' '0 passed, 1 failed, 0 skipped' 1 \
	't_begin a; exit 0'
row 'silence fails' '0 passed, 1 failed, 0 skipped' 1 ':'
row 'a death after a pass fails' '1 passed, 1 failed, 0 skipped' 1 \
	't_begin a; t_ok; kill -9 $$'
rm -f "$T_TMP/tree/tests/"t*
t_begin 'nothing to run fails'
sum '0 passed, 0 failed, 0 skipped' 1 none
row 'expect_fail wants its status' '1 passed, 1 failed, 0 skipped' 1 \
	't_begin a; expect_fail 2 bad sh -c "echo bad >&2; exit 2"
	t_begin b; expect_fail 1 bad sh -c "echo bad >&2; exit 2"'
row 'expect_fail wants its text' '0 passed, 1 failed, 0 skipped' 1 \
	't_begin a; expect_fail 2 good sh -c "echo bad >&2; exit 2"'
row 'expect_fail wants one line' '0 passed, 1 failed, 0 skipped' 1 \
	't_begin a; expect_fail 1 a sh -c "echo a >&2; echo a >&2; exit 1"'

row 'what is left for the end is no failure' \
	'1 passed, 0 failed, 0 skipped' 0 \
	"t_at_end false; t_at_end ': >$T_TMP/ran'; t_begin a; t_ok"
t_begin 'what is left for the end is run'
if [ -e "$T_TMP/ran" ]; then t_ok; else t_fail 'it was not'; fi
row 'a failure stays one with that too' '0 passed, 1 failed, 0 skipped' 1 \
	't_at_end true; t_begin a; t_fail b'

t_begin 'the scratch folder is gone, with what was mounted in it'
script 2000-mount 't_begin a; echo "$T_TMP" >'"$T_TMP/where"'
mkdir "$T_TMP/m"; mount -t tmpfs t "$T_TMP/m" 2>/dev/null; t_ok'
env -u T_TMP TMPDIR="$T_TMP" O="$T_TMP/o" "$T_TMP/tree/tests/run" t2000-mount >/dev/null 2>&1
where=$(cat "$T_TMP/where")
if [ -e "$where" ] || grep -q "$where" /proc/self/mountinfo; then
	t_fail "$where is left"
else
	t_ok
fi
