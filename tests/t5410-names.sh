#!/bin/bash
# SPDX-License-Identifier: MIT
# t5410-names: the shipped /init and mirrors that are names: name servers of
# every temper, both address families, a path that loses large packets.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

# most of them wait
width=${WIDTH:-12}
rows_begin
tree good

# Whoever asks for a name gets it from servers of these kinds; 127.0.0.2 and on.
# servers FILE RULE...: one a rule; "-" is one that is not there
servers()
{
	local file=$1 n=2 r
	shift
	cat >"$file" <<-'END'
		dns() # ADDRESS RULE
		{
			"$O/tests/baddns" --bind "$1" --rule "$2" \
				--log "$work/dns.$1" >"$work/dns.up.$1" &
			until [ -s "$work/dns.up.$1" ]; do
				kill -0 $! || return 1
				sleep 0.01
			done
		}
	END
	for r; do
		[ "$r" = - ] || echo "dns 127.0.0.$n 'boot.test $r'" >>"$file"
		n=$((n + 1))
	done
}

ns="nameserver=127.0.0.2"
by_name=slipway.url=http://boot.test:8080
at=a=127.0.0.1

# asked NAME EXPECT RULE...: a boot with that many name servers, by name
asked()
{
	local name=$1 expect=$2 line=$by_name i
	shift 2
	servers "$T_TMP/$name.net" "$@"
	for ((i = 2; i < $# + 2; i++)); do
		line="$line nameserver=127.0.0.$i"
	done
	row "$name" "$expect" --net "$T_TMP/$name.net" -- good "$line ${more:-}"
}

# --- one server, and it is enough
asked good BOOT-OK $at
asked two-addresses BOOT-OK "a=127.0.0.77;$at"
asked chain-8 BOOT-OK "chain=8;$at"
asked truncated-then-tcp BOOT-OK "tc;$at"
asked big-over-tcp BOOT-OK "big;$at"
asked spoofed-first BOOT-OK "spoof;$at"
asked no-answer-to-aaaa BOOT-OK "noaaaa;$at"
asked slow-answer BOOT-OK "delay=1500;$at"

# --- the first is hostile: the next one is asked
hostile='nxdomain servfail refused silence empty wrongid wrongq'
tcp='tccut tcstall tcjunk tcshort'
for k in $hostile $tcp; do
	asked "next-server-$k" BOOT-OK "$k;$at" "$at"
done
asked next-server-loop BOOT-OK "loop;$at" "$at"
asked next-server-chain-20 BOOT-OK "chain=20;$at" "$at"
asked next-server-gone BOOT-OK - "$at"
asked last-of-four BOOT-OK silence - servfail "$at"

# --- all are: the next mirror, or an end that says why
for k in nxdomain silence loop; do
	more=,http://127.0.0.1:8080
	servers "$T_TMP/next-mirror-$k.net" "$k;$at"
	row "next-mirror-$k" BOOT-OK --net "$T_TMP/next-mirror-$k.net" -- \
		good "$by_name,http://127.0.0.1:8080 $ns"
	more=
done
asked alone-nxdomain 'E-DNS/no such name' nxdomain
asked alone-servfail 'E-DNS/SERVFAIL' servfail
asked alone-silence 'E-DNS/no answer from 127.0.0.2' silence
asked alone-gone 'E-DNS/refused' -
asked alone-wrongid 'E-DNS/other questions' wrongid
asked alone-loop 'E-DNS/broken' "loop;$at"
asked alone-chain-20 'E-DNS/broken' "chain=20;$at"
asked alone-tcjunk E-DNS "tcjunk;$at"
row no-server 'E-DNS/no name server' good $by_name

# --- IPv6: name servers, mirrors, and neither to be waited for
six() # FILE RULE: a name server at fd00::53, a mirror at fd00::80
{
	servers "$1"
	# 10.97.9.2 and fd01::2 are there for ARP, and never say a word
	cat >>"$1" <<-END
		{
			ip -6 addr add fd00::53/128 dev lo nodad &&
				ip -6 addr add fd00::80/128 dev lo nodad &&
				ip link add void type veth peer name beyond &&
				ip link set void up && ip link set beyond up &&
				ip addr add 10.97.9.1/24 dev void &&
				ip -6 addr add fd01::1/64 dev void nodad &&
				ip neigh add 10.97.9.2 dev void \
					lladdr 02:00:00:00:00:02 &&
				ip -6 neigh add fd01::2 dev void \
					lladdr 02:00:00:00:00:02 &&
				serve fd00::80 8080 "\$tree" &&
				dns fd00::53 'boot.test $2'
		} || return
	END
}
ns6='nameserver=fd00::53'
both() # NAME EXPECT RULE
{
	six "$T_TMP/$1.net" "$3"
	row "$1" "$2" --net "$T_TMP/$1.net" -- good "$by_name $ns6"
}
if [ -e /proc/sys/net/ipv6 ]; then
	both six-only BOOT-OK aaaa=fd00::80
	both six-first 'BOOT-OK/NSBOOT asked fd00::80' 'a=127.0.0.1;aaaa=fd00::80'
	both six-without-route BOOT-OK "aaaa=2001:db8::1;$at"
	both six-silent BOOT-OK "aaaa=fd01::2;$at"
	both six-refuses BOOT-OK "aaaa=fd00::53;$at"
	both six-of-many BOOT-OK \
		'aaaa=fd01::2;a=10.97.9.2;aaaa=2001:db8::1;aaaa=fd00::80'
	both four-silent BOOT-OK 'a=10.97.9.2;aaaa=fd00::80'
fi

# --- the lease's servers, and its domain behind a short name
if command -v dnsmasq >/dev/null; then
	servers "$T_TMP/lease.side"
	echo "dns 10.98.0.1 'boot.lan.test a=10.98.0.1'" >>"$T_TMP/lease.side"
	lease=(--dhcp '' --sidefile "$T_TMP/lease.side"
		--dhcp-option option:domain-name,lan.test
		--dhcp-option option:dns-server,10.98.0.1)
	row lease-domain BOOT-OK "${lease[@]}" -- good \
		'ip=eth0:dhcp slipway.url=http://boot:8080'
	row lease-server BOOT-OK "${lease[@]}" -- good \
		'ip=eth0:dhcp slipway.url=http://boot.lan.test.:8080'
fi

# --- packets above 1280 bytes are lost, and nobody says so
cat >"$T_TMP/pmtu.net" <<'END'
unshare -n bash -c 'echo $$ >"$1/far.pid"
	until ip link set far up 2>/dev/null; do sleep 0.01; done
	ip addr add 10.97.0.1/24 dev far
	exec "$O/tests/badhttpd" --bind 10.97.0.1 --port 8080 --root "$2" \
		--log "$1/log.far" >"$1/port.far"' - "$work" "$tree" &
until [ -s "$work/far.pid" ]; do sleep 0.01; done
ip link add near mtu 1280 type veth peer name far
# as a router would cut it, not the card
ip link set far gso_max_segs 1 mtu 1500
ip link set far netns "$(cat "$work/far.pid")"
ip link set near up
ip addr add 10.97.0.2/24 dev near
ip route change 10.97.0.0/24 dev near src 10.97.0.2 advmss 1460
until [ -s "$work/port.far" ]; do sleep 0.01; done
END
limit=120 row path-mtu BOOT-OK --net "$T_TMP/pmtu.net" -- good \
	slipway.url=http://10.97.0.1:8080

verdicts

# ms ROW: from the address to the manifest, or to the end of a boot that failed
ms()
{
	local from to
	from=$(sed -n 's/^slipway: \([0-9]*\)\.\([0-9]*\) address.*/\1\2/p' \
		"$rows/$1.out")
	to=$(sed -n 's/^slipway: \([0-9]*\)\.\([0-9]*\) manifest serial.*/\1\2/p' \
		"$rows/$1.out")
	if [ -n "$to" ]; then
		echo $((to - from))
	else
		sed -n 's/^NSBOOT end=.* seconds=\(.*\)/\1000/p' "$rows/$1.out"
	fi
}
# within MS ROW...: those that took longer
within()
{
	local most=$1 r took late=''
	shift
	for r; do
		[ -e "$rows/$r.out" ] || continue
		took=$(ms "$r")
		[ "${took:-$((most + 1))}" -le "$most" ] || late="$late $r:$took"
	done
	[ -z "$late" ] || echo "more than $most ms:$late"
}
# allowed NAME MS REGEX: the rows whose names match
allowed()
{
	local late
	t_begin "$1"
	# shellcheck disable=SC2046
	late=$(within "$2" $(cd "$rows" && ls -- *.out | sed 's/\.out$//' |
		grep "$3"))
	if [ -z "$late" ]; then t_ok; else t_fail "$late"; fi
}
allowed 'a hostile name server costs at most 30 s' 30000 \
	'^next-\|^alone-\|^last-of-four'
allowed 'a dead first one costs a second, not its time-out' 4000 \
	'^next-server-silence\|^next-server-gone'
allowed 'a silent family costs a head start' 4000 '^six-silent\|^four-silent'
allowed 'a black hole is left within 2 minutes' 120000 '^path-mtu'
