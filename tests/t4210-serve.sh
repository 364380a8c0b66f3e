#!/bin/bash
# SPDX-License-Identifier: MIT
# t4210-serve: what slipway serve writes for dnsmasq and nginx, tried with
# both: each kind of firmware gets its loader, iPXE the script, and a mirror
# gives out what it has while the origin is away.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/bench.d/servers.sh"

site=$T_TMP/site
chmod 711 "$T_TMP"
# config DIR OPTION...: one case
config()
{
	local to=$1
	shift
	slipway serve -C "$site" --config "$to" --loaders "$T_TMP/ipxe" "$@" \
		>"$T_TMP/out" 2>&1
}

# written NAME DIR OPTION...: files are written, dnsmasq takes its own
written()
{
	t_begin "$1"
	shift
	if ! config "$@"; then
		t_fail "$(cat "$T_TMP/out")"
	elif ! command -v dnsmasq >/dev/null; then
		t_skip 'no dnsmasq (Debian package dnsmasq-base)'
	elif dnsmasq --test -C "$1/dnsmasq.conf" 2>"$T_TMP/out"; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out")"
	fi
}
# In a network of its own: a server on v0, a client on v1 far away.
firmware() # ARCH [IPXE]: the boot file it is offered
{
	local vendor=PXEClient
	[ "$1" -lt 15 ] || vendor=HTTPClient
	nsenter --net="/proc/$far/ns/net" busybox udhcpc -i v1 -f -n -q -t 5 -T 1 \
		-s "$T_TMP/answer" -V "$vendor:Arch:000$1:UNDI:003001" \
		-x "0x5d:00$(printf %02x "$((10#$1))")" -O bootfile -O 60 \
		${2:+-x "0x4d:69505845"} >/dev/null 2>&1
	cat "$T_TMP/answered" 2>/dev/null
	rm -f "$T_TMP/answered"
}

offers() # NAME ARCH WANTED [IPXE]
{
	local got
	t_begin "$1"
	got=$(firmware "$2" "${4:-}")
	if [ "$got" = "$3" ]; then t_ok; else t_fail "got '$got'"; fi
}

inside_dhcp()
{
	ip link set lo up
	unshare -n sleep 600 &
	far=$!
	while [ "$(readlink /proc/$far/ns/net)" = \
		"$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
	ip link add v0 type veth peer name v1
	ip link set v1 netns "$far"
	ip addr add 10.78.0.1/24 dev v0
	ip link set v0 up
	nsenter --net="/proc/$far/ns/net" ip link set v1 up
	cat >"$T_TMP/answer" <<-END
		#!/bin/sh
		[ "\$1" = bound ] || exit 0
		echo "\${bootfile:-\$boot_file}\${vendor:+ \$vendor}" \
			>"$T_TMP/answered"
	END
	chmod +x "$T_TMP/answer"
	dnsmasq -k -C "$T_TMP/dhcp/dnsmasq.conf" --pid-file= \
		--dhcp-leasefile="$T_TMP/leases" --log-facility=- \
		2>"$T_TMP/dnsmasq.log" &
	offers 'BIOS: undionly.kpxe' 00 undionly.kpxe
	offers 'UEFI x86-64: ipxe.efi' 07 ipxe.efi
	offers 'UEFI x86-64 by its other number' 09 ipxe.efi
	offers 'UEFI arm64' 11 ipxe-arm64.efi
	offers 'UEFI x86-64 over HTTP' 16 \
		"http://127.0.0.1:8099/ipxe.efi HTTPClient"
	offers 'UEFI arm64 over HTTP' 19 \
		"http://127.0.0.1:8099/ipxe-arm64.efi HTTPClient"
	offers 'iPXE on BIOS: the script' 00 entry.ipxe ipxe
	offers 'iPXE on UEFI: the script' 07 entry.ipxe ipxe
	offers 'iPXE that came over HTTP: the script' 16 entry.ipxe ipxe
	offers 'who is none of these: nothing' 06 ''
	kill $!
	wait $!
	alive
}

# live: slipway serve with dnsmasq under it, up; $serve and $child
live()
{
	rm -f "$T_TMP/said"
	mkfifo "$T_TMP/said"
	TMPDIR=$T_TMP "$BIN/slipway-serve" -C "$site" -i v0 \
		--loaders "$T_TMP/ipxe" --listen 10.78.0.1:0 \
		--dhcp 10.78.0.50,10.78.0.90 >"$T_TMP/said" 2>"$T_TMP/log" &
	serve=$!
	read -r line <"$T_TMP/said"
	child=$(pgrep -P "$serve" -x dnsmasq)
}

alive()
{
	local rc
	live
	offers 'slipway serve answers by itself' 00 undionly.kpxe
	t_begin 'it is the server that its script names'
	if grep -qx "set slipway-url ${line##* }" \
		<(sed 's,$,/,' "$T_TMP"/slipway-serve.*/tftp/entry.ipxe); then
		t_ok
	else
		t_fail "$line: $(cat "$T_TMP"/slipway-serve.*/tftp/entry.ipxe)"
	fi
	t_begin 'a signal ends it, dnsmasq, and what they wrote'
	kill "$serve"
	wait "$serve"
	rc=$?
	if [ "$rc" = 0 ] && [ -n "$child" ] && ! kill -0 "$child" 2>&- &&
		! ls -d "$T_TMP"/slipway-serve.* 2>&-; then t_ok; else
		t_fail "status $rc, dnsmasq $child"
	fi
	t_begin 'the end of dnsmasq is its end'
	live
	kill "$child"
	wait "$serve"
	rc=$?
	if [ "$rc" = 1 ] && grep -q 'dnsmasq: ended' "$T_TMP/log"; then
		t_ok
	else
		t_fail "status $rc: $(tail -n 2 "$T_TMP/log")"
	fi
	t_begin 'no address on the interface'
	ip addr flush dev v0
	expect_fail 1 'no IPv4 address' "$BIN/slipway-serve" -C "$site" -i v0 \
		--loaders "$T_TMP/ipxe" --listen 127.0.0.1:0 --dhcp 10.78.0.50,10.78.0.90
}

layers()
{
	mkdir -p "$site/public/layers" "$site/public/boot"
	head -c 5000000 /dev/urandom >"$site/public/layers/one.squashfs"
	echo script >"$site/public/boot.ipxe"
	chmod -R a+rX "$site"
}

got() # NAME WANTED-FILE CURL...: the body, and a word of the head
{
	t_begin "$1"
	local want=$2
	shift 2
	if curl -sS --max-time 20 "$@" | cmp -s - "$want"; then t_ok; else
		t_fail "$(curl -sSI --max-time 20 "$@" | head -n 3)"
	fi
}

head_of() # NAME TEXT CURL...
{
	t_begin "$1"
	local want=$2
	shift 2
	curl -sS -o /dev/null -D - --max-time 20 "$@" >"$T_TMP/head"
	if grep -qi "$want" "$T_TMP/head"; then t_ok; else
		t_fail "$(cat "$T_TMP/head")"
	fi
}

eventually() # CMD...: within 10 seconds
{
	local end=$((SECONDS + 10))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.2
	done
}

same_script()
{
	curl -sS "$m/boot.ipxe" | cmp -s - "$site/public/boot.ipxe"
}

# the mirror has noticed that nobody is there
stale_script()
{
	curl -sS -o /dev/null "$m/boot.ipxe"
	grep -q 'boot.ipxe.*Connection refused\|Connection refused.*boot.ipxe' \
		"$T_TMP/ng.mirror/err"
}

inside_nginx()
{
	local origin f=layers/one.squashfs o=http://127.0.0.1:8099 \
		m=http://127.0.0.1:8098
	ip link set lo up
	layers
	config "$T_TMP/origin.d"
	config "$T_TMP/mirror.d" --listen 127.0.0.1:8098 --cache "$T_TMP/cache"
	dd if="$site/public/$f" bs=1 skip=1500000 count=777 status=none \
		of="$T_TMP/part"
	t_begin 'nginx takes the files'
	nginx_files "$T_TMP/ng.origin" 127.0.0.1:8099 \
		"$T_TMP/origin.d/nginx.conf" && origin=$server &&
		nginx_files "$T_TMP/ng.mirror" 127.0.0.1:8098 \
			"$T_TMP/mirror.d/nginx-cache.conf" && t_ok ||
		{ t_fail "$(cat "$T_TMP"/ng.*/err)" && return; }
	got 'origin: a layer' "$site/public/$f" "$o/$f"
	got 'origin: a range' "$T_TMP/part" -r 1500000-1500776 "$o/$f"
	got 'origin: a loader for firmware that boots over HTTP' \
		"$T_TMP/ipxe/ipxe.efi" "$o/ipxe.efi"
	head_of 'origin: layers are kept by caches' immutable "$o/$f"
	head_of 'origin: the script is not' no-cache "$o/boot.ipxe"
	head_of 'origin: no dot files' '^HTTP/1.1 404' "$o/.hidden"
	got 'mirror: a range' "$T_TMP/part" -r 1500000-1500776 "$m/$f"
	t_begin 'mirror: it fetched a part for that, not the layer'
	if [ "$(du -sk "$T_TMP/cache" | cut -f1)" -lt 2500 ]; then t_ok; else
		t_fail "$(du -sk "$T_TMP/cache")"
	fi
	got 'mirror: the layer' "$site/public/$f" "$m/$f"
	got 'mirror: the script' "$site/public/boot.ipxe" "$m/boot.ipxe"
	echo other >"$site/public/boot.ipxe"
	t_begin 'mirror: a new script within seconds'
	if eventually same_script; then t_ok; else
		t_fail "$(curl -sS "$m/boot.ipxe")"
	fi
	kill "$origin"
	wait "$origin"
	t_begin 'origin away: the script, when it should be asked for anew'
	if eventually stale_script && same_script; then t_ok; else
		t_fail "$(cat "$T_TMP/ng.mirror/err")"
	fi
	got 'origin away: the layer' "$site/public/$f" "$m/$f"
	got 'origin away: a range' "$T_TMP/part" -r 1500000-1500776 "$m/$f"
	head_of 'origin away: what was never fetched is an error' \
		'^HTTP/1.1 50[24]' "$m/layers/two"
}

if [ "${1:-}" = inside ]; then
	inside_"$2"
	exit "$t_bad"
fi

in_ns() # WHAT: in namespaces that take its processes with them
{
	unshare -n -p -f --kill-child --mount-proc bash "$0" inside "$1" ||
		t_bad=1
}

mkdir -p "$T_TMP/ipxe"
for f in undionly.kpxe ipxe.efi snponly.efi ipxe-arm64.efi; do
	echo "$f" >"$T_TMP/ipxe/$f"
done
slipway new --name check --url http://127.0.0.1:8099 "$site" 2>/dev/null
mkdir "$site/public"
written 'DHCP: dnsmasq takes its file' "$T_TMP/dhcp" -i v0 \
	--dhcp 10.78.0.50,10.78.0.90,2m
written 'proxy-DHCP: the same' "$T_TMP/proxy" --proxy-dhcp 10.78.0.0/22
written 'TFTP alone: the same' "$T_TMP/tftp"

t_begin 'a loader that is missing is named'
rm "$T_TMP/ipxe/ipxe-arm64.efi"
if config "$T_TMP/noarm" && grep -q 'no ipxe-arm64.efi' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'no iPXE at all'
expect_fail 1 'no iPXE there' slipway serve -C "$site" --config "$T_TMP/none" \
	--loaders /nonexistent

refused()
{
	t_begin "refused: $1"
	expect_fail 2 "$2" slipway serve -C "$site" --config "$T_TMP/bad" \
		--loaders "$T_TMP/ipxe" "${@:3}"
}
refused 'a range that is none' 'expected FROM,TO' --dhcp 10.0.0.1
refused 'a lease without a unit' 'lease time' --dhcp 10.0.0.1,10.0.0.9,2y
refused 'a subnet that is none' 'expected ADDR' --proxy-dhcp fleet
refused 'a prefix that is none' 'prefix' --proxy-dhcp 10.0.0.0/33
refused 'both kinds' 'not both' --dhcp 10.0.0.1,10.0.0.9 \
	--proxy-dhcp 10.0.0.0
refused 'an interface that is none' 'not a name' -i 'v 0'
t_begin 'DHCP on no interface'
expect_fail 2 'which --interface' slipway serve -C "$site" \
	--dhcp 10.0.0.1,10.0.0.9
t_begin 'a URL that a configuration cannot hold'
expect_fail 1 'cannot' slipway serve -C "$site" --config "$T_TMP/bad" \
	--loaders "$T_TMP/ipxe" --url 'http://a/;b'
t_begin 'a [boot] fallback that is none'
cp "$site/site.conf" "$T_TMP/conf.was"
printf '[boot]\nfallback = wait\n' >>"$site/site.conf"
expect_fail 1 'there are retry, disk, reboot' slipway serve -C "$site" \
	--config "$T_TMP/bad"
cp "$T_TMP/conf.was" "$site/site.conf"

requires_root
t_begin 'DHCP by client architecture'
if ! command -v dnsmasq >/dev/null; then
	t_skip 'no dnsmasq (Debian package dnsmasq-base)'
elif ! command -v busybox >/dev/null; then
	t_skip 'no busybox (Debian package busybox-static)'
else
	t_ok
	in_ns dhcp
fi
t_begin 'nginx as origin and mirror'
server_get nginx
if ! nginx_find; then
	t_skip 'no nginx (Debian package nginx)'
else
	export nginx
	t_ok
	in_ns nginx
fi
