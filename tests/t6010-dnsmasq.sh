#!/bin/bash
# SPDX-License-Identifier: MIT
# t6010-dnsmasq: machines in QEMU that boot through the files `slipway serve`
# writes for dnsmasq, on networks of their own: BIOS and UEFI, DHCP and
# proxy-DHCP, a card without a server, a server that comes late, and none. The
# base is tiny, the kernel Debian's.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/bench.d/servers.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mmdebstrap mmdebstrap
need qemu-system-x86_64 qemu-system-x86
need dnsmasq dnsmasq-base
need unsquashfs squashfs-tools
need ip iproute2
for f in /usr/lib/ipxe/ipxe.efi:ipxe /usr/share/OVMF/OVMF_CODE_4M.fd:ovmf \
	/dev/net/tun:-; do
	[ ! -e "${f%:*}" ] || continue
	t_begin "${0##*/}"
	t_skip "no ${f%:*} (Debian package ${f#*:})"
	exit 0
done

# dnsmasq reads its TFTP folder as nobody
chmod 711 "$T_TMP"
export TMPDIR=$T_TMP
site=$T_TMP/site
url=http://10.77.0.1:8080
# A network: the server's end is br0, a machine's card tap0.
net_setup() {
	ip link set lo up
	ip link add br0 type bridge
	ip addr add 10.77.0.1/24 dev br0
	ip link set br0 up
	ip tuntap add tap0 mode tap
	ip link set tap0 master br0 up
}

# until CMD...: polled, 150 s at most
until_() {
	local end=$((SECONDS + 150))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.2
	done
}

away() { # PID: is it in a network of its own?
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

serve_dhcp() { # CONF NAME
	dnsmasq -k --conf-file="$1" --pid-file= --log-facility=- \
		--dhcp-leasefile="$T_TMP/leases.$2" 2>"$T_TMP/dnsmasq.$2" &
}

# nginx as a mirror before nginx as the origin, if there is any
serve_tree() {
	local d=$T_TMP/nginx.d
	if ! nginx_find; then
		slipway serve -q -C "$site" --listen 10.77.0.1:8080 &
		return
	fi
	slipway serve -C "$site" --config "$d" --url http://10.77.0.1:8081 \
		--cache "$T_TMP/cache" &&
		nginx_files "$T_TMP/origin" 10.77.0.1:8081 "$d/nginx.conf" &&
		slipway serve -C "$site" --config "$d" --cache "$T_TMP/cache" \
			--url http://10.77.0.1:8081 --listen 10.77.0.1:8080 &&
		nginx_files "$T_TMP/mirror" 10.77.0.1:8080 \
			"$d/nginx-cache.conf" &&
		slipway verify -C "$site" "$url"
}

# bios: full DHCP out of the files; the first card's network has no server,
# and the HTTP server comes only when the machine has missed it.
net_bios() {
	net_setup
	ip tuntap add tapx mode tap
	ip link set tapx up
	slipway serve -C "$site" --config "$T_TMP/bios.d" -i br0 \
		--dhcp 10.77.0.50,10.77.0.90,10m || return
	serve_dhcp "$T_TMP/bios.d/dnsmasq.conf" bios
	slipway boot --tap tapx --tap tap0 --expect BOOT-OK --timeout 240 \
		--log "$T_TMP/bios.log" </dev/null &
	local boot=$!
	until_ grep -q 'slipway: again in' "$T_TMP/bios.log" || return
	serve_tree
	wait "$boot"
}

# uefi: the server itself, beside a DHCP server that knows nothing of booting
net_uefi() {
	net_setup
	unshare -n sleep 1000 &
	local other=$!
	until_ away "$other" || return
	ip link add v0 master br0 type veth peer name v1
	ip link set v0 up
	ip link set v1 netns "$other"
	nsenter --net="/proc/$other/ns/net" sh -c \
		'ip addr add 10.77.0.2/24 dev v1; ip link set v1 up' || return
	nsenter --net="/proc/$other/ns/net" dnsmasq -k -C /dev/null -p 0 \
		--dhcp-range=10.77.0.50,10.77.0.90,10m -x '' \
		-l "$T_TMP/leases.other" --log-facility=- \
		2>"$T_TMP/dnsmasq.other" &
	slipway serve -C "$site" -i br0 --proxy-dhcp 10.77.0.0/24 \
		--listen 10.77.0.1:8080 2>"$T_TMP/dnsmasq.uefi" &
	slipway boot --uefi --tap tap0 --expect BOOT-OK --timeout 240 \
		--log "$T_TMP/uefi.log" </dev/null
}

# user: UEFI on QEMU's own network
net_user() {
	ip link set lo up
	slipway boot -C "$site" --uefi --role web --expect BOOT-OK \
		--timeout 240 --log "$T_TMP/user.log" </dev/null
}

# disk: a release without a kernel, and a disk that says what it is
net_disk() {
	net_setup
	# mov ah,0x0e / al,[si] to COM1 through SeaBIOS, then stop
	printf '\xfa\x31\xc0\x8e\xd8\xbe\x1c\x7c\xba\xf8\x03\xac\x84\xc0\x74\x03\xee\xeb\xf8\xf4\xeb\xfd\0\0\0\0\0\0LOCAL-DISK\r\n\0' \
		>"$T_TMP/disk"
	truncate -s 510 "$T_TMP/disk"
	printf '\x55\xaa' >>"$T_TMP/disk"
	truncate -s 1M "$T_TMP/disk"
	mkdir "$T_TMP/none"
	printf 'fallback = disk\ntries = 1\n' >>"$site/site.conf"
	slipway publish -C "$site" -n >"$T_TMP/none/boot.ipxe" || return
	slipway serve -C "$site" -i br0 --dhcp 10.77.0.50,10.77.0.90 \
		--tree "$T_TMP/none" --listen 10.77.0.1:8080 \
		2>"$T_TMP/dnsmasq.disk" &
	slipway boot --tap tap0 --disk "$T_TMP/disk" --expect LOCAL-DISK \
		--timeout 120 --log "$T_TMP/disk.log" </dev/null
}

# tagged: a VLAN over a bond of two cards, by a switch that speaks only tags;
# the kernel is started as a medium would start it
net_tagged() {
	ip link set lo up
	"$O/tests/vlanwire" tap5 5 7001:7002 7003:7004 >"$T_TMP/wire" &
	until_ test -s "$T_TMP/wire" || return
	ip addr add 10.77.0.1/24 dev tap5
	ip link set tap5 up
	slipway serve -q -C "$site" --listen 10.77.0.1:8080 &
	dnsmasq -k -C /dev/null -p 0 -i tap5 -z --no-ping \
		--dhcp-range=10.77.0.50,10.77.0.90,10m -x '' \
		-l "$T_TMP/leases.tagged" --log-facility=- \
		2>"$T_TMP/dnsmasq.tagged" &
	local b=$site/build/initrd/tiny i card=()
	for i in 1 3; do
		card+=(-netdev "socket,id=n$i,udp=127.0.0.1:700$i,localaddr=127.0.0.1:700$((i + 1))"
			-device "virtio-net-pci,netdev=n$i,romfile=,mac=52:54:00:77:00:0$i")
	done
	timeout 240 qemu-system-x86_64 -m 512 -accel tcg,thread=single \
		-cpu max,-avx2 -nographic -nodefaults -serial stdio -no-reboot \
		"${card[@]}" -kernel "$b/vmlinuz" -initrd "$b/initrd.img" \
		-append "console=ttyS0 no_timer_check slipway.url=$url slipway.panic=halt,0 bond=bond0:eth0,eth1:mode=active-backup,miimon=100 vlan=vlan5:bond0 slipway.role=web" \
		</dev/null >"$T_TMP/tagged.log" 2>&1 &
	until_ grep -qa 'BOOT-OK\|slipway: E-' "$T_TMP/tagged.log"
	grep -qa BOOT-OK "$T_TMP/tagged.log"
}

if [ "${1:-}" = inside ]; then
	net_"$2" >"$T_TMP/out.$2" 2>&1
	exit
fi

server_get nginx
t_begin 'a site with a tiny base'
if tiny_site virtio_net drivers/virtio net/{core,8021q,802,llc,tls} \
	'drivers/net/*virtio_net*' 'drivers/net/*failover*' \
	drivers/net/bonding >"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi

# start NET: in namespaces that take all it started with them
start() {
	unshare -n -p -f --kill-child --mount-proc bash "$0" inside "$1" &
	pids[$1]=$!
}

# ends NET NAME: the machine of NET did what was expected
ends() {
	t_begin "$2"
	if wait "${pids[$1]}"; then t_ok; else
		t_fail "$(tail -n 5 "$T_TMP/out.$1"
			tail -n 20 "$T_TMP/$1.log" "$T_TMP/dnsmasq.$1" 2>/dev/null)"
	fi
}

# said NET NAME FILE TEXT...: all of them are in a file
said() {
	local file=$3 t
	t_begin "$2"
	shift 3
	for t; do
		grep -qa -- "$t" "$file" || {
			t_fail "no '$t' in ${file##*/}"
			return
		}
	done
	t_ok
}

declare -A pids
start bios
start uefi
ends uefi 'UEFI netboots: its own PXE, proxy-DHCP, ipxe.efi'
# the firmware asks for the size first, and goes on
t_begin 'the firmware loaded iPXE, and iPXE the entry, once'
sent=$(sed -n 's,.*dnsmasq-tftp.*sent .*/\([^/]*\) to .*,\1,p' \
	"$T_TMP/dnsmasq.uefi" | uniq | tr '\n' ' ')
if [ "$sent" = 'ipxe.efi entry.ipxe ' ]; then t_ok; else t_fail "$sent"; fi
start user
ends user 'UEFI netboots from slipway boot alone'
start tagged
ends tagged 'a VLAN over a bond: addressed and booted'
said tagged 'its address came through the tag' "$T_TMP/tagged.log" \
	' on vlan5'
start disk
ends disk 'no kernel anywhere: the local disk is booted'
ends bios 'BIOS netboots by the second card, from a server that came late'
said bios 'the card without a server was asked, and left' \
	"$T_TMP/bios.log" 'nothing to boot over net1' \
	'asking for an address on net0' 'asking for an address on net1'
if nginx_find; then
	t_begin 'what it booted came through a mirror of nginx'
	if [ -n "$(find "$T_TMP/cache" -type f | head -n 1)" ]; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out.bios")"
	fi
fi
said bios 'the lease went with the kernel' "$T_TMP/bios.log" \
	'slipway.lease=10.77.0.[0-9]*:255.255.255.0:10.77.0.1:.*:600:10.77.0.1'
