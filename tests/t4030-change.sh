#!/bin/bash
# SPDX-License-Identifier: MIT
# t4030-change: one file of one role is changed: that overlay is built and
# published again, and nothing else is touched, in 5 s of the processor plus the
# packing. tests/bench has the time on the clock, with a real base.
. "$(dirname "$0")/lib.sh"

requires_root
need busybox busybox-static
cd "$T_TMP" || exit
export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH
slipway() { "$BIN/slipway" "$@"; }
site=$T_TMP/site
TIMEFORMAT='%U %S'

made()
{
	local r=root n
	mkdir -p $r/{usr/bin,etc,proc,sys,dev,run,tmp,sbin,boot} \
		$r/{srv,lib/modules/1.0}
	ln -s usr/bin $r/bin
	cp "$(command -v busybox)" $r/usr/bin/busybox
	ln -s busybox $r/usr/bin/sh
	echo init >$r/sbin/init
	echo kernel >$r/boot/vmlinuz-1.0
	: >$r/lib/modules/1.0/modules.dep
	: >$r/lib/modules/1.0/modules.alias
	head -c 100000000 /dev/urandom >$r/srv/data
	slipway new --name t --url http://127.0.0.1 "$site" || return
	rm -r "$site"/bases/* "$site"/roles/*
	mkdir "$site/bases/tiny"
	printf '[base]\nfrom = ../../../root\n' >"$site/bases/tiny/base.conf"
	for n in web db mail; do
		mkdir -p "$site/roles/$n/files/srv"
		printf '[role]\nbase = tiny\n' >"$site/roles/$n/role.conf"
		head -c 2000000 /dev/urandom >"$site/roles/$n/files/srv/$n"
	done
	slipway base -C "$site" && slipway overlay -C "$site" web db mail &&
		slipway initrd -C "$site" --no-modules &&
		slipway publish -C "$site"
}

# all that is there, by inode and date: what was written again is seen
things()
{
	find "$site/build/bases" "$site/build/initrd" "$site/build/overlays" \
		"$site"/public/{layers,boot} -type f -printf '%P %i %T@ %s\n' |
		sort
}

milliseconds() # "USER SYS" of time, on standard input
{
	awk '{ n += ($1 + $2) * 1000 } END { print int(n) }'
}

t_begin 'a base of 100 MB, three roles, published'
if made >out 2>&1; then t_ok; else t_fail "$(tail -n 3 out)"; fi
things >before
echo changed >>"$site/roles/db/files/srv/db"
{ time slipway overlay -C "$site" web db mail >out 2>&1; } 2>overlay
{ time slipway publish -C "$site" >>out 2>&1; } 2>publish
things >after

t_begin 'the overlay of that role is new, those of others are not built'
if [ "$(grep -c ': unchanged$' out)" = 2 ] &&
	grep -q '^overlay db: [0-9]* bytes' out &&
	grep -q '^published serial 2' out; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'published are one layer and its index; the base is not touched'
db=$(sha256sum <"$site/build/overlays/db/overlay.cpio.gz" | cut -d' ' -f1)
new=$(comm -13 before after | cut -d' ' -f1 | grep -v ^db/ | tr '\n' ' ')
if [ "$new" = "$db.cpio.gz $db.index " ]; then t_ok; else t_fail "$new"; fi
t_begin 'within 5 s of the processor, beside the packing'
packing=$(milliseconds <overlay)
publishing=$(milliseconds <publish)
if [ "$publishing" -lt 5000 ] && [ "$packing" -lt 10000 ]; then
	t_ok "overlay $packing ms, publish $publishing ms"
else
	t_fail "overlay $packing ms, publish $publishing ms"
fi
