#!/bin/bash
# SPDX-License-Identifier: MIT
# t5420-handover: the network goes on without a break: what each service is
# told, whose file wins, and real Debian systems of each kind that take over
# under a ping. LONG=1: also Debian 12, static addresses, and a lease of two
# minutes that is renewed.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/kinds.sh"

requires_root
need mksquashfs squashfs-tools
need cpio cpio
need ip iproute2
need openssl openssl
need dnsmasq dnsmasq-base
need busybox busybox-static
need setpriv util-linux

t_begin 'fixture: keys, initrd'
if tree_setup "$T_TMP/fix" >"$T_TMP/out" 2>&1; then
	t_ok
else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi
end='slipway.panic=halt,0 slipway.role=bare slipway.url=http://10.98.0.1:8080'
static='ip=10.98.0.50::10.98.0.1:255.255.255.0:node-7:eth0:none'
static="$static nameserver=10.98.0.1"
pids=()

# --- what is written, by bases that only look like one of a kind

# The init of such a base prints every file that the hand-over may write.
show_init='#!/bin/busybox sh
for f in /run/systemd/network/* /run/netplan/* /run/NetworkManager/*/* \
	/etc/network/interfaces /etc/network/interfaces.d/* \
	/etc/dhcp/dhclient.conf /var/lib/dhcp/* /var/lib/NetworkManager/* \
	/etc/hostname /etc/machine-id; do
	[ ! -f $f ] || busybox sed "s,^,SHOW $f: ," $f
	[ ! -f $f ] || busybox stat -c "SHOW $f mode %a" $f
done
echo BOOT-OK
busybox poweroff -f'

# looks NAME FILE[=TEXT]...: a base with these files; FILE@ is an empty program
looks()
{
	local r=$T_TMP/looks/$1 name=$1 f
	shift
	mkdir -p "$r"/{proc,sys,dev,run,etc,sbin,bin}
	cp "$(command -v busybox)" "$r/bin/busybox"
	echo "$show_init" >"$r/sbin/init"
	chmod 755 "$r/sbin/init"
	for f; do
		mkdir -p "$r/$(dirname "${f%%=*}")"
		case $f in
		*=*) printf '%b' "${f#*=}" >"$r/${f%%=*}" ;;
		*) : >"$r/$f" ;;
		esac
	done
	tree_squash "$r" "$T_TMP/$name.squashfs"
	tree "$name" basefile="$T_TMP/$name.squashfs"
}

boot() # NAME CMDLINE [NSBOOT-OPTION...]
{
	local name=$1 cmdline=$2
	shift 2
	while [ "$(jobs -rp | wc -l)" -ge 3 ]; do wait -n; done
	"$T_ROOT/tests/nsboot" --dhcp '' --limit 90 "$@" "$fix/initrd" \
		"$trees/$name" "$end $cmdline" >"$T_TMP/$name.out" 2>&1 &
	pids+=($!)
}

wants=etc/systemd/system/multi-user.target.wants
networkd="usr/lib/systemd/systemd-networkd $wants/systemd-networkd.service"
nm="usr/sbin/NetworkManager $wants/NetworkManager.service"
ifup="sbin/ifup $wants/networking.service"
dhcp=ip=eth0:dhcp
# shellcheck disable=SC2086
{
	looks w-networkd $networkd sbin/ifup usr/sbin/NetworkManager
	boot w-networkd $dhcp
	looks w-nm $nm $ifup usr/lib/systemd/systemd-networkd \
		etc/hostname=mine etc/machine-id=0123456789abcdef0123456789abcdef
	boot w-nm "$static"
	looks w-netplan usr/sbin/netplan usr/lib/systemd/systemd-networkd
	boot w-netplan $dhcp
	looks w-ifupdown $ifup sbin/dhclient etc/machine-id=uninitialized \
		'etc/network/interfaces=source /etc/network/interfaces.d/*' \
		etc/dhcp/dhclient.conf='timeout 60;'
	boot w-ifupdown $dhcp
	looks w-bare-ifupdown $ifup etc/network/interfaces='auto lo'
	boot w-bare-ifupdown "$static"
	looks w-nobody etc/machine-id
	boot w-nobody $dhcp
	looks w-masked $networkd $ifup
	ln -s /dev/null "$T_TMP/looks/w-masked/etc/systemd/system/systemd-networkd.service"
	rm "$T_TMP/w-masked.squashfs"
	tree_squash "$T_TMP/looks/w-masked" "$T_TMP/w-masked.squashfs"
	tree w-masked basefile="$T_TMP/w-masked.squashfs"
	boot w-masked $dhcp
	looks o-networkd $networkd \
		'etc/systemd/network/50-mine.network=[Match]\nName=eth0\n'
	boot o-networkd $dhcp
	looks o-pattern $networkd \
		'etc/systemd/network/01-all.network=[Match]\nName=e*\n'
	boot o-pattern $dhcp
	looks o-nm $nm 'etc/NetworkManager/system-connections/x=[connection]\ninterface-name=eth0\n'
	boot o-nm $dhcp
	looks o-ifupdown $nm $ifup \
		'etc/network/interfaces=auto eth0\niface eth0 inet dhcp\n'
	boot o-ifupdown $dhcp
	looks o-netplan usr/sbin/netplan usr/lib/systemd/systemd-networkd \
		'etc/netplan/1.yaml=network:\n  ethernets:\n    eth0: {}\n'
	boot o-netplan $dhcp
	looks o-link $ifup etc/escaped/x=
	ln -s /../../../../../../../etc/escaped "$T_TMP/looks/o-link/etc/network"
	rm "$T_TMP/o-link.squashfs"
	tree_squash "$T_TMP/looks/o-link" "$T_TMP/o-link.squashfs"
	tree o-link basefile="$T_TMP/o-link.squashfs"
	boot o-link $dhcp
}
wait "${pids[@]}"

# shown NAME WHAT REGEX...: all of them on lines of the boot's output, and
# none after a '!'
shown()
{
	local name=$1 out=$T_TMP/$1.out re bad=''
	t_begin "$2"
	shift 2
	for re in '^BOOT-OK' "$@"; do
		case $re in
		!*) ! grep -q -- "${re#!}" "$out" || bad="$bad; $re" ;;
		*) grep -q -- "$re" "$out" || bad="$bad; no $re" ;;
		esac
	done
	if [ -z "$bad" ]; then t_ok; else t_fail "$name$bad
$(grep 'SHOW\|slipway:' "$out" | tail -n 25)"; fi
}

shown w-networkd 'networkd, where it is what the base starts' \
	'handed over to systemd-networkd on eth0' \
	'SHOW /run/systemd/network/00-slipway-eth0.network: DHCP=ipv4' \
	'SHOW .*eth0.network: RequestAddress=10.98.0.1[0-9]' \
	'!SHOW /etc/network' '!SHOW /run/NetworkManager' \
	'SHOW /etc/machine-id: [0-9a-f]\{32\}$' 'SHOW /etc/machine-id mode 444'
shown w-nm 'NetworkManager, static; the base has a name and an id' \
	'handed over to NetworkManager on eth0' \
	'SHOW /run/.*/slipway.nmconnection: address1=10.98.0.50/24' \
	'SHOW /run/.*/slipway.nmconnection mode 600' \
	'SHOW /run/NetworkManager/devices/[0-9]*: connection-uuid=' \
	'!SHOW /run/systemd' '!SHOW /var/lib/NetworkManager' \
	'SHOW /etc/hostname: mine' 'SHOW /etc/machine-id: 0123456789abcdef01'
shown w-netplan 'netplan, which has no service of its own' \
	'handed over to netplan' 'SHOW /run/netplan/00-slipway.yaml mode 600' \
	'SHOW /run/netplan/00-slipway.yaml:       dhcp4: true' \
	'!SHOW /run/systemd'
shown w-ifupdown 'ifupdown and dhclient' 'handed over to ifupdown' \
	'SHOW /etc/network/interfaces.d/slipway: iface slipway inet dhcp' \
	'SHOW /etc/network/interfaces: source ' \
	'!SHOW /etc/network/interfaces: iface' \
	'SHOW /etc/dhcp/dhclient.conf: timeout 60;' \
	'SHOW /etc/dhcp/dhclient.conf: send dhcp-client-identifier = hardware' \
	'SHOW /var/lib/dhcp/dhclient.eth0.leases:   fixed-address 10.98.0' \
	'SHOW /etc/machine-id: [0-9a-f]\{32\}$'
shown w-bare-ifupdown 'interfaces that takes in no others, static' \
	'SHOW /etc/network/interfaces: auto lo' \
	'SHOW /etc/network/interfaces: iface slipway inet manual' \
	'SHOW /etc/network/interfaces: .up ip -4 addr replace 10.98.0.50/24' \
	'SHOW /etc/hostname: node-7' '!SHOW /etc/network/interfaces.d' \
	'!SHOW /etc/dhcp'
shown w-nobody 'a base without any of them' 'stays on eth0; no service' \
	'!SHOW /run' '!SHOW /etc/network' 'SHOW /etc/machine-id: [0-9a-f]'
shown w-masked 'a masked service is none' 'handed over to ifupdown'
named='is left to /etc'
shown o-networkd 'a .network file that names the NIC wins' \
	"eth0 $named/systemd/network/50-mine.network" '!SHOW /run/systemd'
shown o-pattern 'one that matches by pattern does not' \
	'handed over to systemd-networkd' 'SHOW /run/systemd/network/00-slipway'
shown o-nm 'a connection that names the NIC wins' \
	"eth0 $named/NetworkManager/system-connections/x" \
	'!SHOW /run/NetworkManager'
shown o-ifupdown 'an interfaces file that names it wins over NetworkManager' \
	"eth0 $named/network/interfaces" '!SHOW /run/NetworkManager'
shown o-netplan 'a netplan that names it wins' "eth0 $named/netplan/1.yaml" \
	'!SHOW /run/netplan'
shown o-link 'a link out of the root ends inside it' '!E-SYS' \
	'handed over to ifupdown'

# --- real systems, under a ping

need mmdebstrap mmdebstrap
kinds='networkd nm ifupdown dhcpcd netplan'
suites=trixie
[ -z "${LONG:-}" ] || suites='trixie bookworm'

for suite in $suites; do
	for kind in $kinds; do
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
		kind_base "$kind" "$suite" >"$T_TMP/$kind-$suite.base" \
			2>"$T_TMP/$kind-$suite.log" &
	done
done
wait

# real KIND SUITE dhcp|static [LONGER]: start it
real()
{
	local name=$1-$2-$3${4:+-long} cmdline=$dhcp longer=${4:-0}
	[ -s "$T_TMP/$1-$2.base" ] || return 0
	[ "$3" = dhcp ] || cmdline=$static
	tree "$name" basefile="$(cat "$T_TMP/$1-$2.base")"
	boot "$name" "$cmdline" --real '' --lease 120 \
		--limit $((220 + longer)) \
		--watch "$T_ROOT/tests/boot/watch $1 $3 $longer"
}

# of NAME KEY: what the watch said
of() { sed -n "s/^WATCH $2 //p" "$T_TMP/$1.out"; }

# machine-id as slipway(7) has it, by other means
machine_id() # UUID MAC
{
	local text="slipway machine-id mac=$2" h v
	[ -z "$1" ] || text="slipway machine-id uuid=$1"
	h=$(printf '%s' "$text" | sha256sum)
	v=$(printf '%x' $((0x${h:16:1} & 3 | 8)))
	echo "${h:0:12}4${h:13:3}$v${h:17:15}"
}

judge() # KIND SUITE dhcp|static [LONGER]
{
	local name=$1-$2-$3${4:+-long} bad='' replies acks
	t_begin "$1 of $2 takes over, $3${4:+, for $4 s}"
	if [ ! -s "$T_TMP/$1-$2.base" ]; then
		t_skip "no base: $(tail -n 1 "$T_TMP/$1-$2.log")"
		return
	fi
	wrong() { [ "$2" = "$3" ] || bad="$bad
$1: '$2', not '$3'"; }
	replies=$(of "$name" ping)
	wrong 'lost of the ping' "${replies#* replies, }" '0 lost'
	[ "${replies%% *}" -ge 50 ] 2>/dev/null || bad="$bad
only $replies"
	wrong 'addresses' "$(of "$name" after)" "$(of "$name" before)"
	wrong 'times the address was removed' "$(of "$name" removed)" 0
	wrong 'carrier changes' "$(of "$name" carrier-after)" \
		"$(of "$name" carrier-before)"
	wrong 'times a link was down' "$(of "$name" down)" 0
	wrong 'system' "$(of "$name" system)" 'running '
	[ -n "$(of "$name" taken)" ] || bad="$bad
the link is not the service's"
	wrong 'host name' "$(of "$name" hostname) $(of "$name" etc-hostname)" \
		'node-7 node-7'
	wrong 'machine-id' "$(of "$name" machine-id)" \
		"$(machine_id "$(of "$name" uuid)" "$(of "$name" mac)")"
	case $(of "$name" resolv) in
	*'nameserver 10.98.0.1'*) ;;
	*) bad="$bad
resolv.conf: '$(of "$name" resolv)'" ;;
	esac
	acks=$(of "$name" acks)
	if [ "$3" = static ]; then
		wrong 'leases' "$acks" 0
	else
		wrong 'messages about other addresses' \
			"$(of "$name" others | sed 's/.* //')" 0
		# taken over, and again each minute
		[ "$acks" -ge $((2 + ${4:-0} / 70)) ] 2>/dev/null ||
			bad="$bad
only $acks leases"
	fi
	grep -q '^WATCH gone' "$T_TMP/$name.out" && bad="$bad
the boot ended"
	if [ -z "$bad" ]; then
		t_ok "$replies, $acks leases"
	else
		t_fail "$bad
$(tail -n 30 "$T_TMP/$name.out")"
	fi
}

each() # CMD: for all that are to be booted
{
	local suite kind
	for suite in $suites; do
		for kind in $kinds; do
			if [ -z "${LONG:-}" ]; then
				"$1" "$kind" "$suite" dhcp
			else
				"$1" "$kind" "$suite" static
				"$1" "$kind" "$suite" dhcp 150
			fi
		done
	done
}
each real
wait
each judge
