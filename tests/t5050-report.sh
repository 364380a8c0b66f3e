#!/bin/bash
# SPDX-License-Identifier: MIT
# t5050-report: boots that report: to a server that takes it, to every other
# kind, and of boots that have failed. None may be later or fail for that.
. "$(dirname "$0")/lib.sh"
need jq jq
. "$T_ROOT/tests/boot/rows.sh"

rows_begin
tree good

# the same initrd for a site whose machines report
t_begin 'a site with report = in its site.conf'
if cp -a "$fix/site" "$fix/telling" &&
	echo 'report = /report' >>"$fix/telling/site.conf" &&
	"$BIN/slipway" initrd -C "$fix/telling" --no-modules \
		${TWIN:+--init "$TWIN"} tiny >/dev/null && mkdir "$fix/tell" &&
	zstd -dcq "$fix/telling/build/initrd/tiny/initrd.img" |
	(cd "$fix/tell" && cpio -idm --quiet) &&
	grep -qx 'report /report' "$fix/tell/slipway/policy"; then
	t_ok
else
	t_fail 'no such line in the policy'
fi
tell=$fix/tell

# a base that has the program which shows reports
cp -a "$fix/root" "$fix/root-report" && mkdir -p "$fix/root-report/usr/bin" &&
	cp "$BIN/slipway-report" "$fix/root-report/usr/bin/" &&
	tree_squash "$fix/root-report" "$fix/report.squashfs" &&
	tree chart basefile="$fix/report.squashfs"

to=slipway.report=http://127.0.0.1
empty='BOOT-OK/FACT outbox empty'
kept='BOOT-OK/FACT outbox kept'
taken=$T_TMP/taken.db lost=$T_TMP/lost.db
mute=(--two "$trees/good" --rule2 'report mute')

row off 'BOOT-OK/FACT outbox absent' good slipway.report=off
initrd=$tell row off-beats-policy 'BOOT-OK/FACT outbox absent' good \
	slipway.report=off
row taken "$empty" --reports "$taken" -- good "$to:8090/report"
initrd=$tell row by-policy "$empty" --rule 'report body=thanks' -- good
row template "$empty" --rule 'r/web body=thanks' -- good \
	'slipway.report=/r/{role}'
row shown-on-the-machine 'BOOT-OK/  base tiny  ' chart slipway.role=bare
row slow-server "$empty" --two "$trees/good" --rule2 'report headslow=5' \
	--rule2 'report body=thanks' -- good "$to:8081/report"
row static-server "$kept" good slipway.report=/report
row unresolved "$kept" good slipway.report=http://reports.invalid/
row unreachable "$kept" good slipway.report=http://192.0.2.1/
row https-without-tls "$kept" good slipway.report=https://127.0.0.1/
row garbage "$kept" --two "$trees/good" --rule2 'report garbage' -- good \
	"$to:8081/report"
row cut "$kept" --two "$trees/good" --rule2 'report drop' -- good \
	"$to:8081/report"
for i in 1 2 3; do
	row "refusing-$i" "$kept" good "$to:8099/report"
	row "mute-$i" "$kept" "${mute[@]}" -- good "$to:8081/report"
done

# --- of boots that fail
row failed 'E-ROLE/report was taken' --reports "$lost" -- good \
	"$to:8090/report slipway.role=kiosk"
row failed-refusing 'E-ROLE/report was not taken' good \
	"$to:8099/report slipway.role=kiosk"
row failed-mute 'E-ROLE/report was not taken' "${mute[@]}" -- good \
	"$to:8081/report slipway.role=kiosk"
row failed-late 'E-INIT/report was taken' \
	--reports "$T_TMP/late.db" -- good "$to:8090/report init=/nothing"

verdicts

# later ROW-GLOB: milliseconds between a report and the start of the real
# init, the least of these boots: others may have had the processor
later()
{
	local f
	for f in "$rows"/$1.out; do
		sed -n 's/^slipway: \([0-9]*\)\.\([0-9]*\) \(report for\|starting\) .*/\1\2/p' \
			"$f" | awk 'NR == 1 { at = $1 } NR == 2 { print $1 - at }'
	done | sort -n | head -n 1
}

if [ -z "${ROWS:-}" ]; then
	for kind in mute refusing; do
		t_begin "a $kind server makes no boot later by 100 ms"
		ms=$(later "$kind-*")
		if [ -n "$ms" ] && [ "$ms" -lt 100 ]; then
			t_ok "$ms ms"
		else
			t_fail "'$ms' ms"
		fi
	done
fi

# kept_as FILE WHAT JQ-CONDITION
kept_as()
{
	[ -e "$1" ] || return 0
	t_begin "$2"
	if "$BIN/slipway-status" --reports "$1" --json >"$T_TMP/json" &&
		jq -e "$3" "$T_TMP/json" >/dev/null; then
		t_ok
	else
		t_fail "$(head -c 2000 "$T_TMP/json")"
	fi
}
kept_as "$taken" 'what arrived is what the machine has' '(.machines | length) == 1
	and (.machines[0] | .result == "ok" and .role == "web" and .release == 7
	and .ms > 0 and .report.boot and (.report.steps | length) > 10
	and .report.steps[-1].name == "report" and .kernel != "")'
kept_as "$lost" 'a failed boot arrives with its code, step and reason' \
	'.machines[0] | .result == "E-ROLE" and (.error | contains("kiosk")) and
	.report.steps[-1].name == "manifest" and
	.report.steps[-1].result == "E-ROLE"'
kept_as "$T_TMP/late.db" 'what a boot says last counts' \
	'(.machines | length) == 1 and .machines[0].result == "E-INIT"'
