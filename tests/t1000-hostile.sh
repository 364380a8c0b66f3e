#!/bin/bash
# SPDX-License-Identifier: MIT
# t1000-hostile: every generated corpus through every fuzz target, then input
# that is bad by construction, all of which /init's decoders must refuse.
. "$(dirname "$0")/lib.sh"

fuzz=$O/san/tests/fuzz
export FUZZ_CMS=$fuzz/messages

t_begin 'targets and corpora'
if "$T_ROOT/tests/fuzz/prepare" >"$T_TMP/log" 2>&1; then
	t_ok "$(find "$fuzz/corpus" -type f | wc -l) inputs"
else
	t_fail "$(tail -n 20 "$T_TMP/log")"
	exit
fi

for target in "$T_ROOT"/tests/fuzz/fuzz-*.c; do
	name=$(basename "$target" .c)
	t_begin "$name replays its corpus"
	if timeout 60 "$fuzz/$name" "$fuzz/corpus/${name#fuzz-}" \
		>"$T_TMP/log" 2>&1; then
		t_ok "$(sed 's/.*: //' "$T_TMP/log")"
	else
		t_fail "$(tail -n 30 "$T_TMP/log")"
	fi
done

# prints its own cases; its status is the script's
count=20000
[ -z "${LONG:-}" ] || count=200000
timeout 900 "$fuzz/hostile" $count || exit 1
