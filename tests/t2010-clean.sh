#!/bin/bash
# SPDX-License-Identifier: MIT
# t2010-clean: whatever ends a build of a base or an overlay, at whatever
# moment, no mount, no loop device, no process and no file of it is left; after
# SIGKILL, when the next build of that name has run. With LONG=1 at many more
# moments, and for a base that mmdebstrap makes.
. "$(dirname "$0")/lib.sh"

requires_root
need busybox busybox-static
need mksquashfs squashfs-tools
need jq jq

cd "$T_TMP" || exit
mkdir -p tmp cache root/{usr/bin,etc,proc,sys,dev,run,tmp,srv}
export CACHE=$T_TMP/cache TMPDIR=$T_TMP/tmp
unset SOURCE_DATE_EPOCH
S=$T_TMP/site
ln -s usr/bin root/bin
cp "$(command -v busybox)" root/usr/bin/busybox
for c in sh cat cp dd echo mkdir rm sleep; do
	ln -s busybox root/usr/bin/$c
done
# what takes a while to pack
head -c 24000000 /dev/urandom >root/srv/random
mkdir -p "$S/bases/tiny" "$S/roles/busy" "$S/roles/busy/files/srv"
printf '[site]\nname = t\nurl = http://127.0.0.1/\n' >"$S/site.conf"
printf '[base]\nfrom = ../../../root\n' >"$S/bases/tiny/base.conf"
printf '[role]\nbase = tiny\n' >"$S/roles/busy/role.conf"
head -c 8000000 /dev/urandom >"$S/roles/busy/files/srv/more"
for p in extra-data pre-install install post-install cleanup finalise; do
	d=$S/roles/busy/hooks/$p.d
	mkdir -p "$d"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nsleep 98754 &\nsleep 0.05\necho $SLIPWAY_PHASE >"%s"\n' \
		"\${SLIPWAY_ROOT:-}/srv/$p" >"$d/10-work"
	chmod +x "$d/10-work"
done
# on the host there is no union yet to write to
sed -i '$d' "$S/roles/busy/hooks/extra-data.d/10-work"

build() # base | overlay
{
	case $1 in
	base) exec "$BIN/slipway-base" -C "$S" --force tiny ;;
	overlay) exec "$BIN/slipway-overlay" -C "$S" --force busy ;;
	debian) exec "$BIN/slipway-base" -C "$S" --force debian ;;
	esac
}

# a line for each thing that a build could leave
things()
{
	grep "$T_TMP" /proc/mounts
	losetup -a | grep "$T_TMP"
	find "$S/build" tmp cache | sort
	ps -eo pid,args | grep "[ ]sleep 98754\|[s]lipway.* -C $S\|[m]mdebstrap.*$T_TMP"
	find /proc -maxdepth 2 -name root -lname "$T_TMP/*" 2>/dev/null
}

# The open case passes when all is as in the file good, before 10 s are over:
# the kernel takes namespaces down after their last process is gone.
clean()
{
	for _ in $(seq 100); do
		things >now
		cmp -s good now && t_ok && return
		sleep 0.1
	done
	t_fail "$1: $(diff good now)"
	cp now good
}

# One build, ended by SIGNAL after PART of 997 parts of the time one takes
cut_off() # WHAT SIGNAL PART
{
	local pid
	# the shell has its background programs ignore SIGINT
	(trap - INT && build "$1") >out 2>&1 &
	pid=$!
	sleep "$(($3 * took / 997 / 1000)).$(printf %03d \
		$(($3 * took / 997 % 1000)))"
	kill "-$2" $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ "$2" != KILL ] || (build "$1") >out 2>&1 ||
		echo "the build after it: $(tail -n 3 out)"
}

# Seeded: the same moments and signals in every run
cut_offs() # WHAT HOW-MANY
{
	local i sig signals=(INT KILL TERM HUP) bad=
	local from
	from=$(date +%s%3N)
	t_begin "$1: builds"
	if (build "$1") >out 2>&1; then t_ok; else
		t_fail "$(tail -n 5 out)"
		return
	fi
	took=$(($(date +%s%3N) - from))
	things >good
	for i in $(seq "$2"); do
		sig=${signals[i % 4]}
		bad=$(cut_off "$1" "$sig" $((i * 389 % 997)))
		t_begin "$1: SIG$sig, moment $i of $2"
		if [ "$bad" ]; then t_fail "$bad"; else clean "$took ms"; fi
	done
}

# The folder that a build writes to lies on a disk of so many KiB
full_disk() # WHAT FOLDER KIB...
{
	local what=$1 at=$S/build/$2 size status
	for size in "${@:3}"; do
		t_begin "$what: a disk that is full after $size KiB"
		mount -t tmpfs -o "size=${size}k,mode=755" small "$at"
		(build "$what") >out 2>&1
		status=$?
		find "$at" -type f ! -name build.log ! -name lock >left
		umount "$at"
		case $status$(cat out) in
		1*[Nn]'o space left'*)
			if [ -s left ]; then t_fail "$(cat left)"; else
				clean "$what"; fi ;;
		*) t_fail "status $status: $(tail -n 3 out)" ;;
		esac
	done
}

many=8
[ -z "${LONG:-}" ] || many=96
cut_offs base $many
full_disk base bases 64 9000
cut_offs overlay $many
full_disk overlay overlays 64 5000
t_begin 'a base of what is not there: nothing left'
printf '[base]\nfrom = ../../../none\n' >"$S/bases/tiny/base.conf"
(build base) >out 2>&1
clean "$(cat out)"
[ "${LONG:-}" ] || exit 0

need mmdebstrap mmdebstrap
own=${XDG_CACHE_HOME:-$HOME/.cache}/slipway/debs
mkdir -p "$own" "$S/bases/debian/hooks" && ln -s "$own" cache/debs
printf '[base]\nsuite = trixie\nvariant = essential\nkernel = none\n' \
	>"$S/bases/debian/base.conf"
cp "$S/roles/busy/hooks/install.d/10-work" "$S/bases/debian/hooks/"
cut_offs debian 12
full_disk debian bases 1000 60000 200000
