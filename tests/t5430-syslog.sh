#!/bin/bash
# SPDX-License-Identifier: MIT
# t5430-syslog: slipway.syslog= of the shipped /init, to a receiver that is
# there, is not, or whose name nobody knows.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

rows_begin
tree good

# 127.0.0.9:5514 prints what it gets; log.test is its name
cat >"$T_TMP/sink" <<'END'
"$O/tests/udpsink" 127.0.0.9 5514 &
sink=$!
until grep -q ' 0900007F:158A ' /proc/net/udp; do
	kill -0 $sink || return 1
	sleep 0.01
done
net_end() { kill -TERM $sink && wait $sink; }
END
cp "$T_TMP/sink" "$T_TMP/named"
cat >>"$T_TMP/named" <<'END'
"$O/tests/baddns" --bind 127.0.0.2 --rule 'log.test a=127.0.0.9' >"$work/up" &
until [ -s "$work/up" ]; do sleep 0.01; done
END
sed 's/a=127.0.0.9/silence/' "$T_TMP/named" >"$T_TMP/silent"
at=slipway.syslog=127.0.0.9:5514
by_name='slipway.syslog=log.test:5514 nameserver=127.0.0.2'

row literal 'BOOT-OK/SYSLOG <30>1 ' --net "$T_TMP/sink" -- good $at
row name 'BOOT-OK/SYSLOG <30>1 ' --net "$T_TMP/named" -- good "$by_name"
row failure 'E-ROLE/SYSLOG <27>1 ' --net "$T_TMP/sink" -- good \
	"$at slipway.role=kiosk"
row nobody-there BOOT-OK good $at
row name-server-silent BOOT-OK --net "$T_TMP/silent" -- good "$by_name"
row no-route BOOT-OK good slipway.syslog=192.0.2.1
row not-an-address BOOT-OK good slipway.syslog=a/b
row without BOOT-OK good

verdicts

# What /init printed, and what arrived: the same lines, in order, none twice.
for r in literal name failure; do
	[ -e "$rows/$r.out" ] || continue
	t_begin "$r: every line arrives once"
	tr -d '\r' <"$rows/$r.out" >"$T_TMP/out"
	sed -n 's/^slipway: //p' "$T_TMP/out" >"$T_TMP/said"
	sed -n 's/^SYSLOG .* sequenceId="[0-9]*"\] //p' "$T_TMP/out" \
		>"$T_TMP/came"
	sed -n 's/^SYSLOG .* sequenceId="\([0-9]*\)".*/\1/p' "$T_TMP/out" \
		>"$T_TMP/numbers"
	if [ -s "$T_TMP/said" ] && cmp -s "$T_TMP/said" "$T_TMP/came" &&
		seq "$(wc -l <"$T_TMP/said")" | cmp -s - "$T_TMP/numbers"; then
		t_ok "$(wc -l <"$T_TMP/said") lines"
	else
		t_fail "$(diff "$T_TMP/said" "$T_TMP/came")"
	fi
done

t_begin 'a line is RFC 5424, with a time'
if grep '^SYSLOG ' "$rows/literal.out" | tr -d '\r' | grep -qvE \
	'^SYSLOG <(27|30)>1 [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z [-a-zA-Z0-9.:]+ slipway - - \[origin software="slipway"[^]]*\]\[meta sequenceId="[0-9]+"\] .'; then
	t_fail "$(grep -m3 '^SYSLOG' "$rows/literal.out")"
else
	t_ok
fi

# Not a step waits for the log: what the boot takes is the same within noise.
t_begin 'a log that cannot be reached delays nothing'
slow=
for r in nobody-there name-server-silent no-route; do
	took=$(sed -n 's/^REPORT //p' "$rows/$r.out" | tr -d '\r' | jq \
		'.steps[-1].stop_ms - ([.steps[] | select(.name == "address")][0].stop_ms)')
	[ "${took:-9999}" -le 2500 ] || slow="$slow $r:$took"
done
if [ -z "$slow" ]; then t_ok; else t_fail "ms:$slow"; fi
