#!/bin/bash
# SPDX-License-Identifier: MIT
# t5400-network: the network phase of the shipped /init against switches,
# servers and routers as they are, in namespaces (boot/sides.sh). LONG=1: the
# waits of the field, too: 55 s, a lease of a minute, 15 minutes of no server.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

need dnsmasq dnsmasq-base
need nft nftables
need socat socat

rows_begin
tree good
at4=slipway.url=http://10.98.0.1:8080
at6='slipway.url=http://[fd98::1]:8080'
width=${WIDTH:-10}
end='slipway.panic=halt,0' # without ip=none
mac0=02:00:00:00:00:00
slow='* slow=300000' # of one connection, 10 s

# net NAME EXPECT SIDE CMDLINE [OPTION...]: a row in such a network
net()
{
	local name=$1 expect=$2 side=$3 line=$4
	shift 4
	row "$name" "$expect" --side "$side" "$@" -- good "$line"
}

# --- DHCPv4
net scripted BOOT-OK 'scripted' "ip=dhcp $at4"
net offer-late-3 BOOT-OK 'late 3' "$at4"
net dark-3 BOOT-OK 'dark 3' "$at4"
net sixteen 'BOOT-OK/on eth11' sixteen "$at4" --links 16
net poor-network-loses 'BOOT-OK/on eth1' two "$at4" --links 2
net poor-server-loses 'BOOT-OK/address 10.98.0.50/24' 'scripted --poor' "$at4"
net bootif 'BOOT-OK/on eth1' twins "BOOTIF=01-02-00-00-00-00-01 $at4" --links 2
net bootif-silent 'BOOT-OK/on eth1' two \
	"BOOTIF=01-02-00-00-00-00-aa $at4" --links 2
net named-device 'BOOT-OK/on eth1' twins "ip=eth1:dhcp $at4" --links 2
net ifname 'BOOT-OK/on lan' 'scripted' \
	"ifname=lan:$mac0 ip=lan:dhcp $at4"
net first-lost BOOT-OK 'scripted --drop 1' "$at4"
net request-lost BOOT-OK 'scripted --once 2' "$at4"
net refused-once BOOT-OK 'scripted --nak 1' "$at4"
net duplicate 'BOOT-OK/address 10.98.0.51/24' \
	'scripted --give 10.98.0.1,10.98.0.51' "$at4"
net loss-30 BOOT-OK 'loss 30' "$at4"
net flaps BOOT-OK 'flaps 2' "slipway.connections=1 $at4" --rule "$slow"
net short-lease 'BOOT-OK/dhcp eth0: lease renewed' 'scripted --time 6' \
	"slipway.connections=1 $at4" --rule "$slow"

# --- options of a server that lies: ignored or refused
bad()
{
	limit=40 net "option-$1" "$2" "scripted --opt $3 ${4:-}" "$at4"
}
bad mtu-0 'BOOT-OK/not usable: mtu' 1a020000
bad mtu-67 'BOOT-OK/not usable: mtu' 1a020043
bad mtu-65535 'BOOT-OK/not usable: mtu' 1a02ffff
bad hostname-shell 'BOOT-OK/not usable: hostname' \
	0c0c273b207265626f6f74202325 
bad hostname-newline 'BOOT-OK/not usable: hostname' 0c03610a62
bad domain-nul 'BOOT-OK/not usable: domain' 0f03610062
bad domain-high 'BOOT-OK/not usable: domain' 0f0280ff
bad bootfile 'BOOT-OK/address 10.98.0.50' 43083b7265626f6f743b
bad length-past-end 'BOOT-OK/refused: options out of bounds' 0cff41 '--evil 2'
bad mask-0 'BOOT-OK/refused: no netmask' 010400000000 '--evil 2 --bare'

# --- a lease that iPXE had, addresses that are given
lease=slipway.lease=10.98.0.15:255.255.255.0:10.98.0.1:10.98.0.1
net handed 'BOOT-OK/address 10.98.0.15/24' handed \
	"$lease:600:10.98.0.1 BOOTIF=01-${mac0//:/-} $at4"
net handed-renewed 'BOOT-OK/lease renewed' handed \
	"$lease::10.98.0.1 BOOTIF=01-${mac0//:/-} slipway.connections=1 $at4" \
	--rule "$slow"
net handed-elsewhere 'BOOT-OK/asking anew' handed \
	"slipway.lease=10.55.0.15:255.255.255.0:10.55.0.1:::10.55.0.1 $at4"
net static 'BOOT-OK/address 10.98.0.7/24' 'router side0' \
	"ip=10.98.0.7::10.98.0.1:255.255.255.0:node:eth0:none $at4"
net static-finds-link 'BOOT-OK/on eth1' 'router side1' \
	"ip=10.98.0.7::10.98.0.1:24 $at4" --links 2
net vlan-elsewhere BOOT-OK 'scripted' "vlan=vlan5:eth1 $at4" --links 2
net route BOOT-OK 'router side0' \
	"ip=10.98.0.7:::24::eth0:none rd.route=10.5.0.0/16:10.98.0.1 $at4"

# --- the switch
limit=60 net stp 'BOOT-OK/STP listening' 'stp 300' "$at4"
net rstp 'BOOT-OK/STP discarding' 'scripted --shut 4' "$at4"
net lacp 'BOOT-OK/LACP: answering' 'scripted --lacp' "$at4"

# --- IPv6
net slaac 'BOOT-OK/address fd98' 'six fd98::,ra-stateless' "$at6"
net slaac-only 'BOOT-OK/address fd98' 'six fd98::,ra-only' "ip=auto6 $at6"
net dhcp6 'BOOT-OK/address fd98::1' 'six fd98::100,fd98::1ff,64' "$at6"
net dhcp6-named 'BOOT-OK/address fd98::1' 'six fd98::100,fd98::1ff,64' \
	"ip=eth0:dhcp6 $at6"
net static6 'BOOT-OK/address fd98::7/64' 'six fd98::,ra-only' \
	"ip=[fd98::7]:::64::eth0:none $at6"
net both 'BOOT-OK/address 10.98.0' both "$at4"
net both-wants-6 'BOOT-OK/address fd98' both "$at6"

# --- the waits of the field
if [ -n "${LONG:-}" ]; then
	for s in 5 30 55 59; do
		limit=180 net "offer-late-$s" BOOT-OK "late $s" "$at4"
	done
	limit=180 net dark-70 BOOT-OK 'dark 70' "$at4"
	limit=180 net stp-50 'BOOT-OK/STP learning' 'stp 2500' "$at4"
	limit=180 net rstp-30 BOOT-OK 'scripted --shut 30' "$at4"
	limit=600 net lease-60-download-300 'BOOT-OK/lease renewed' \
		'scripted --time 60' "slipway.connections=1 $at4" \
		--rule '* slow=10000'
	limit=1200 net server-away-15-min BOOT-OK 'late 900' "$at4"
	limit=180 net flaps-5 BOOT-OK 'flaps 5' "slipway.connections=1 $at4" \
		--rule '* slow=200000'
	for ((k = 1; k <= 40; k++)); do
		net "frame-$k-lost" BOOT-OK "scripted --once $k" "$at4"
	done
	for ((k = 1; k <= 10; k++)); do
		limit=180 net "loss-30-$k" BOOT-OK 'loss 30' "$at4"
	done
fi
verdicts

# seconds NAME WORD: of the line of /init that says so
seconds()
{
	sed -n "s|^slipway: \([0-9.]*\) .*$2.*|\1|p" "$rows/$1.out" 2>/dev/null |
		head -n 1
}

# within NAME WHAT FROM LIMIT: was the address there in time?
within()
{
	local got
	[ -s "$rows/$1.out" ] || return 0
	got=$(seconds "$1" 'address [0-9a-f.:]*/')
	t_begin "$1: $2"
	if [ -n "$3" ] && [ -n "$got" ] &&
		awk "BEGIN { exit !($got - $3 <= $4) }"; then
		t_ok "$(awk "BEGIN { printf \"%.2f s\", $got - $3 }")"
	else
		t_fail "at ${got:-never}, after ${3:-nothing}"
	fi
}

begins() # NAME WORDS: when the other side says so
{
	sed -n "s/^NSBOOT NET $2 //p" "$rows/$1.out" 2>/dev/null | head -n 1
}

within sixteen 'an address within 1 s of the link' \
	"$(seconds sixteen 'eth11 .*: carrier')" 1.0
for r in offer-late-3 offer-late-5 offer-late-30 offer-late-55 offer-late-59 \
	server-away-15-min; do
	within $r 'at most 2 s after the server' "$(begins $r 'server begins at')" 2
done
for r in dark-3 dark-70; do
	within $r 'at most 2 s after the link' "$(begins $r 'link begins at')" 2
done
for r in stp stp-50; do
	within $r 'at most 2 s after the port' "$(begins $r 'port opens at')" 2
done
within slaac 'IPv6 alone: at most 4 s, duplicates looked for' \
	"$(seconds slaac ': carrier')" 4

# once NAME: one address throughout, and it was asked for once
once()
{
	local out=$rows/$1.out
	[ -s "$out" ] || return 0
	t_begin "$1: one address throughout, renewed"
	if [ "$(grep -c '^slipway: .* address 10' "$out")" = 1 ] &&
		[ "$(grep -c 'NET .* REQUEST$' "$out")" = 1 ] &&
		grep -q 'NET .* REQUEST renew' "$out" &&
		! grep -q 'retry: ' "$out"; then
		t_ok "$(grep -c 'REQUEST renew' "$out") times"
	else
		t_fail "$(grep 'address\|NET\|retry' "$out")"
	fi
}
once short-lease
once lease-60-download-300

if [ -s "$rows/handed.out" ]; then
	t_begin 'a lease that is handed on is not asked for again'
	if grep -q DHCPDISCOVER "$rows/handed.out"; then
		t_fail "$(grep NET "$rows/handed.out")"
	else
		t_ok
	fi
fi
if [ -s "$rows/duplicate.out" ]; then
	t_begin 'a duplicate address is declined'
	if grep -q 'NET .* DECLINE' "$rows/duplicate.out"; then
		t_ok
	else
		t_fail "$(grep NET "$rows/duplicate.out")"
	fi
fi
[ $t_bad = 0 ]
