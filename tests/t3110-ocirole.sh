#!/bin/bash
# SPDX-License-Identifier: MIT
# t3110-ocirole: the layers that a container image has above those of the base
# are the overlay of a role: union(base, overlay) is the image.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/oci.sh"
. "$T_ROOT/tests/user.sh"

requires_root
need unsquashfs squashfs-tools
need setcap libcap2-bin
need getfattr attr
need zstd zstd
need busybox busybox-static
busybox=$(command -v busybox)
cd "$T_TMP" || exit
# later than all dates: none is changed
export SOURCE_DATE_EPOCH=1700000000

role=$T_TMP/site/build/overlays/web

mkdir -p site/roles/web mnt lower
printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf
printf '[role]\nbase = x\ngrants = setid,caps,devnodes\n' >site/roles/web/role.conf

# with the folders that a build would make, as it mounts there
mkdir -p l1/{dev,proc,sys,run,tmp,var/cache/apt,var/lib/apt/lists} l1/{etc,usr/bin,usr/lib/deep,gone/deep,opq/deep,dir2file/x,d,moved} \
	l2/{etc,opq,new,link2dir} l3/{etc,opq,usr/bin,again,d}
(
	cd l1 || exit
	ln -s usr/bin bin
	cp "$busybox" usr/bin/sh
	ln -s d link2file
	echo one >etc/one
	echo two >etc/two
	echo old >opq/old
	echo old >opq/deep/old
	echo x >dir2file/x/y
	echo tool >usr/bin/tool
	echo deep >usr/lib/deep/file
	echo linked >d/a
	ln d/a d/b
	echo m >moved/m
	chmod 711 opq
	setfattr -n user.old -v 1 etc
)
(
	cd l2 || exit
	: >.wh.gone
	: >etc/.wh.one
	: >opq/.wh..wh..opq
	: >usr.tmp && rm usr.tmp
	echo new >opq/new
	echo file >dir2file
	echo two2 >etc/two
	echo brief >new/brief
	rmdir link2dir
	echo plain >link2file
	chmod 700 etc
	setfattr -n user.new -v 2 etc
)
(
	cd l3 || exit
	: >.wh.new
	echo three >etc/one
	echo second >opq/second
	cp ../l1/usr/bin/tool usr/bin/capable
	setcap cap_net_raw+ep usr/bin/capable
	cp usr/bin/capable usr/bin/setuid
	chmod 4755 usr/bin/setuid
	ln usr/bin/setuid etc/setuid
	mknod -m 640 usr/node c 300 70000
	chown 12:34 again
	: >again/$'\xff'
	truncate -s 2M again/sparse
	echo end >>again/sparse
	: >'.wh.not here'
)
find l1 l2 l3 -exec touch -h -d @1600000000 {} +
for l in l1 l2 l3; do oci_tar $l $l.tar; done
# a new name for a file of the base, another one for what then goes away
mkdir -p l4/{d,moved,n}
(
	cd l4 || exit
	: >d/a
	ln d/a d/c
	: >moved/m
	ln moved/m n/m
	find . -exec touch -h -d @1600000000 {} +
	tar --format=pax --numeric-owner -cf ../l4.tar --no-recursion \
		. d d/a d/c moved moved/m n n/m
	tar --delete -f ../l4.tar d/a moved/m
)
mkdir -p l5/moved && : >l5/moved/.wh.m && touch -d @1600000000 l5 l5/moved &&
	oci_tar l5 l5.tar
oci_image base v1 l1.tar:gz
oci_image full v1 l1.tar:gz l2.tar:zst l3.tar

# what the role is on a machine, and what the image is as a base
union_is() # IMAGE
{
	slipway base -C site --from "$1" want >out 2>&1 || cat out
	mount -o loop,ro site/build/bases/want/base.squashfs mnt
	listing mnt >want
	umount mnt
	rm -rf up
	slipway overlay --unpack "$role/overlay.cpio.gz" -o up
	mount -o loop,ro site/build/bases/x/base.squashfs lower &&
		mount -t overlay -o "lowerdir=up:lower" none mnt
	listing mnt >is
	umount mnt lower
	if cmp -s want is; then t_ok; else t_fail "$(diff -a want is)"; fi
}

check 'the base' slipway base -C site --from base x
check 'the role: layers above it' slipway overlay -C site --from-oci full web
t_begin 'base and overlay are the image'
union_is full
t_begin '... of which the overlay has nothing that it did not change'
slipway ls "$role/overlay.cpio.gz" | grep -v '^-' >is
if ! grep -q 'deep\|usr/bin/tool\|moved\|^bin' is && grep -qx opq/new is; then
	t_ok
else
	t_fail "$(cat is)"
fi
digest=$(oci_sum "$role/overlay.cpio.gz")

t_begin 'the same image again: nothing to do'
if slipway overlay -C site --from-oci full web 2>&1 |
	grep -q 'web: unchanged'; then t_ok; else t_fail; fi
mkdir -p "$role/image.killed/blobs"
t_begin 'named in role.conf, as a tar beside it: the same bytes'
tar -C full -cf site/roles/web/image.tar .
echo 'from-oci = image.tar:v1' >>site/roles/web/role.conf
if slipway overlay -C site web >out 2>&1 &&
	[ "$(oci_sum "$role/overlay.cpio.gz")" = "$digest" ]; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... and nothing is left beside them, not even by one that was killed'
if [ "$(cd "$role" && echo *)" = "build.log overlay.cpio.gz overlay.info \
overlay.keys overlay.packages overlay.spdx.json" ]; then
	t_ok
else
	t_fail "$(ls "$role")"
fi
user_ready
t_begin 'by an ordinary user: the same bytes'
mkdir -p home bin
cp -a site mine
rm -r mine/build/overlays
cp "$BIN/slipway-overlay" bin
chown -R "$USER_ID:$USER_ID" mine home
if as_user env SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH \
	"$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" web >out 2>&1 &&
	cmp "$role/overlay.cpio.gz" \
		mine/build/overlays/web/overlay.cpio.gz >>out 2>&1; then
	t_ok
else
	t_fail "$(cat out)"
fi

oci_image links v1 l1.tar l4.tar l5.tar
check 'hard links to files of the base' \
	slipway overlay -C site --from-oci links web
t_begin '... all names of which are one file'
union_is links

t_begin 'hooks run on top'
mkdir -p site/roles/web/hooks/install.d
printf '#!/bin/sh\nread x </opq/second; echo $x >/etc/hooked\n' \
	>site/roles/web/hooks/install.d/10-x
chmod +x site/roles/web/hooks/install.d/10-x
if slipway overlay -C site web >out 2>&1 &&
	[ "$(slipway cat "$role/overlay.cpio.gz" etc/hooked)" = second ]; then
	t_ok
else
	t_fail "$(cat out)"
fi
rm -r site/roles/web/hooks

t_begin 'refused: an image that stands on another'
oci_image stranger v1 l2.tar l3.tar
expect_fail 1 'does not stand on base x: layer 1 is' \
	slipway overlay -C site --from-oci stranger web
t_begin 'refused: the image of the base itself'
expect_fail 1 'no layer above' slipway overlay -C site --from-oci base web
t_begin 'refused: a base that was no image'
slipway base -C site --from l1 y >out 2>&1
sed -i 's/base = x/base = y/' site/roles/web/role.conf
expect_fail 1 'not made from a container image' slipway overlay -C site web
sed -i 's/base = y/base = x/' site/roles/web/role.conf
t_begin 'refused: setuid files without the grant'
sed -i 's/setid,//' site/roles/web/role.conf
if slipway overlay -C site web >out 2>&1; then t_fail; elif
	grep -q 'usr/bin/setuid.*setid' out; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin 'refused: a layer that turns a link of the base into a folder'
mkdir -p l6/bin && oci_tar l6 l6.tar && oci_image turned v1 l1.tar l6.tar
if slipway overlay -C site --from-oci turned web >out 2>&1; then t_fail; elif
	grep -q "bin.*symlink" out; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'usage: for one role'
expect_fail 2 'for one ROLE' slipway overlay -C site --from-oci full web db
