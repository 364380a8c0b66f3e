# SPDX-License-Identifier: MIT
# tinysite.sh: a site on a base of one static BusyBox, in which roles build
# without network and packages. Source it after lib.sh.
#
# tiny_site			make $SITE
# tiny_base NAME DIR		pack DIR as a base of $SITE
# role NAME [LINE...]		a role.conf on base "tiny"
# hook ROLE PHASE NAME		a hook, its script on standard input
# unpacked ROLE			its overlay, unpacked to $T_TMP/un

need busybox busybox-static
need mksquashfs squashfs-tools
SITE=$T_TMP/site
OUT=$SITE/build/overlays
OVL="$BIN/slipway-overlay -C $SITE"
export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH

tiny_base()
{
	mkdir -p "$SITE/build/bases/$1"
	find "$2" -exec touch -h -d @1400000000 {} +
	mksquashfs "$2" "$SITE/build/bases/$1/base.squashfs" -quiet \
		-no-progress -noappend >/dev/null
	printf '[base]\nname = %s\ndigest = %s\ncreated = 1600000000\n' "$1" \
		"$(sha256sum <"$SITE/build/bases/$1/base.squashfs" |
			cut -c1-64)" >"$SITE/build/bases/$1/base.info"
}

tiny_site()
{
	mkdir -p "$T_TMP/root"/{usr/bin,etc,proc,sys,dev,run,tmp,var/log}
	ln -s usr/bin "$T_TMP/root/bin"
	cp "$(command -v busybox)" "$T_TMP/root/usr/bin/busybox"
	for c in sh cat chmod chown cp date echo env find grep kill ln ls \
		mkdir mknod mv rm sleep touch true; do
		ln -s busybox "$T_TMP/root/usr/bin/$c"
	done
	echo base >"$T_TMP/root/etc/motd"
	echo old >"$T_TMP/root/etc/old"
	mkdir -p "$SITE"
	tiny_base tiny "$T_TMP/root"
	printf '[site]\nname = test\nurl = http://127.0.0.1/\n' \
		>"$SITE/site.conf"
}

role()
{
	mkdir -p "$SITE/roles/$1"
	printf '%s\n' '[role]' 'base = tiny' "${@:2}" \
		>"$SITE/roles/$1/role.conf"
}

hook()
{
	mkdir -p "$SITE/roles/$1/hooks/$2.d"
	{ echo '#!/bin/sh'; cat; } >"$SITE/roles/$1/hooks/$2.d/$3"
	chmod +x "$SITE/roles/$1/hooks/$2.d/$3"
}

unpacked()
{
	rm -rf "$T_TMP/un"
	"$BIN/slipway-overlay" --unpack "$OUT/$1/overlay.cpio.gz" \
		-o "$T_TMP/un"
}
