# SPDX-License-Identifier: MIT
# site.sh: what the topics boot, published as an operator would. Sourced.
#
# site_new URL		a site in $site, without bases and roles
# site_base NAME KERNEL	base.squashfs of $site/build/bases/NAME becomes a base;
#			its digest is in $digest
# site_role NAME	a role on the base of that name, with a tiny overlay
# site_layer MIB	base and role mMIB: a base of about that size, which
#			nothing compresses; ${size[MIB]} are its bytes,
#			${path[MIB]} its name in the publish tree
# site_publish		the tree in $tree, the unpacked initrd in $initrd
# site_made MIB...	all of that
# boot_layer ROLE URLS [NSBOOT-OPTION...]	one boot: its console in $said;
#			in $took seconds from the first request for a layer to
#			the union, in $whole from that for the manifest; or ""
#			and why in $failed
nsboot=$T_ROOT/tests/nsboot
declare -A size path
site=$W/site tree=$W/site/public initrd=$W/initrd

site_new()
{
	"$BIN/slipway" new --name bench --url "$1" "$site" \
		>/dev/null 2>&1 || return
	rm -rf "${site:?}"/roles/* "$site"/bases/*
	sed -i '/^default-role/d' "$site/site.conf"
	mkdir -p "$W/upper/etc"
	echo bench >"$W/upper/etc/role"
}

site_base()
{
	local b=$site/build/bases/$1
	digest=$(sha256sum <"$b/base.squashfs" | cut -d' ' -f1)
	mkdir -p "$site/bases/$1"
	printf '[base]\nsuite = none\n' >"$site/bases/$1/base.conf"
	cat >"$b/base.info" <<-END
		[base]
		name = $1
		digest = $digest
		size = $(stat -c %s "$b/base.squashfs")
		kernel = $2
		vmlinuz = boot/vmlinuz-$2
	END
}

site_role()
{
	local o=$site/build/overlays/$1
	mkdir -p "$o" "$site/roles/$1"
	printf '[role]\nbase = %s\n' "$1" >"$site/roles/$1/role.conf"
	"$BIN/slipway" overlay --pack "$W/upper" --base-digest "$digest" \
		-o "$o/overlay.cpio.gz" >/dev/null || return
	cat >"$o/overlay.info" <<-END
		[overlay]
		role = $1
		base = $1
		base-digest = $digest
		digest = $(sha256sum <"$o/overlay.cpio.gz" | cut -d' ' -f1)
		unpacked = 1048576
		inodes = 64
	END
}

# As little as /init wants, and a program that tells how it went.
site_root()
{
	local r=$W/root
	mkdir -p "$r"/{proc,sys,dev,run,tmp,etc,sbin,bin,boot} \
		"$r/lib/modules/0-bench"
	cp "$(command -v busybox)" "$r/bin/busybox"
	cat >"$r/sbin/init" <<-'END'
		#!/bin/busybox sh
		echo "BENCH-REPORT $(/bin/busybox cat /run/slipway/report.json)"
		/bin/busybox poweroff -f
	END
	chmod +x "$r/sbin/init"
	echo kernel >"$r/boot/vmlinuz-0-bench"
	: >"$r/lib/modules/0-bench/modules.dep"
	: >"$r/lib/modules/0-bench/modules.alias"
}

# The layer's noise never is a file of its own: mksquashfs reads it off a pipe.
site_layer()
{
	local b=$site/build/bases/m$1
	mkdir -p "$b"
	nice mksquashfs "$W/root" "$b/base.squashfs" -noappend -quiet \
		-no-progress -all-root -comp zstd -noI -noD -noF -noX \
		-no-fragments -p "noise f 644 0 0 openssl enc -aes-128-ctr \
-K $1 -iv 00 -in /dev/zero 2>/dev/null | head -c $1M" >/dev/null || return
	site_base "m$1" 0-bench
	site_role "m$1" || return
	"$BIN/slipway" initrd -C "$site" --no-modules "m$1" >/dev/null ||
		return
	size[$1]=$(stat -c %s "$b/base.squashfs")
	path[$1]=layers/$digest.squashfs
}

site_publish()
{
	"$BIN/slipway" publish -C "$site" >/dev/null || return
	mkdir -p "$initrd"
	zstd -dcq "$site"/build/initrd/*/initrd.img 2>/dev/null |
		(cd "$initrd" && cpio -idmu --quiet 2>/dev/null)
	[ -x "$initrd/init" ]
}

site_made()
{
	local mib
	site_new http://127.0.0.1:8080 && site_root && for mib; do
		site_layer "$mib" || break
	done && site_publish && return
	tell '' 'the layers to measure with' 'not made'
	return 1
}

# A step of the report; the engine may add fields to it.
step_ms() # STEP FIELD
{
	sed -n 's/^BENCH-REPORT //p' "$said" |
		jq -r ".steps[] | select(.name == \"$1\") | .$2"
}

report() # KEY
{
	sed -n 's/^BENCH-REPORT //p' "$said" | jq -r ".$1"
}

boot_append() # ROLE URLS
{
	echo "slipway.url=$2 slipway.role=$1 ip=none slipway.panic=halt,0"
}

# Not every run can be told apart by its place: each keeps its own console.
boot_layer()
{
	local role=$1 urls=$2
	shift 2
	said=$(mktemp "$W/said.XXXXXX")
	"$nsboot" --same-net '' --limit "${LIMIT:-300}" "$@" "$initrd" "$tree" \
		"$(boot_append "$role" "$urls")" >"$said" 2>&1
	boot_time
}

boot_time()
{
	took='' whole='' failed=''
	if grep -q '^BENCH-REPORT' "$said"; then
		took=$(calc "($(step_ms union stop_ms) - \
$(step_ms layers start_ms)) / 1000")
		whole=$(calc "($(step_ms union stop_ms) - \
$(step_ms manifest start_ms)) / 1000")
		return
	fi
	failed=$(sed -n 's/^slipway: \(E-[A-Z0-9-]*\):.*/\1/p' "$said" |
		tail -n 1)
	failed=${failed:-not in time}
	return 1
}

rate() # BYTES SECONDS: MB/s
{
	[ -z "$2" ] || calc "$1 / 1e6 / $2"
}
