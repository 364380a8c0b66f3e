#!/bin/bash
# SPDX-License-Identifier: MIT
# t4080-export: a container image becomes base and overlay, is published, and
# comes out again as a folder, a tar, a squashfs and an image, the same tree
# each time. tar, unsquashfs, bsdtar, umoci and skopeo are the judges.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/oci.sh"
. "$T_ROOT/tests/user.sh"

requires_root
need mksquashfs squashfs-tools
need setcap libcap2-bin
need getfattr attr
need jq jq
cd "$T_TMP" || exit
# later than all dates: none is changed
export SOURCE_DATE_EPOCH=1750000000

site=$T_TMP/fix/site

# the open case passes when DIR is the tree of the image
is_tree()
{
	listing "$1" >is
	if cmp -s want is; then t_ok; else t_fail "$(diff -a want is)"; fi
}

(unset SOURCE_DATE_EPOCH; tree_setup "$T_TMP/fix") >out 2>&1 || cat out
rm -rf "$site"/bases/debian13 "$site"/roles/*
l1=$T_TMP/fix/root
mkdir -p "$l1"/{var/cache/apt,var/lib/apt/lists,var/lib/dpkg,usr/bin,gone/x} \
	l2/{etc,opq}
echo amd64 >"$l1/var/lib/dpkg/arch"
echo tool >"$l1/usr/bin/tool"
ln "$l1/usr/bin/tool" "$l1/usr/bin/linked"
chmod 4755 "$l1/usr/bin/tool"
mknod "$l1/usr/null" c 1 3
mkfifo "$l1/usr/pipe"
(
	cd l2 || exit
	: >.wh.gone
	: >etc/.wh.base-file
	: >opq/.wh..wh..opq
	echo new >opq/new
	oci_odd .
	head -c 200000 /dev/urandom >etc/role
	ln etc/role odd/again
)
find "$l1" l2 -exec touch -h -d @1600000000 {} +
oci_tar "$l1" l1.tar
oci_tar l2 l2.tar
oci_image base v1 l1.tar:gz
oci_image full v1 l1.tar:gz l2.tar:gz
mkdir -p "$site/roles/web"
printf '[role]\nbase = tiny\ngrants = setid,caps,devnodes\nfrom-oci = %s\n' \
	"$T_TMP/full" >"$site/roles/web/role.conf"

check 'an image becomes a base' slipway base -C "$site" --from base tiny
check '... and a role on it' slipway overlay -C "$site" web
check '... which is published' slipway publish -C "$site"

t_begin '... and boots'
if "$T_ROOT/tests/nsboot" "$T_TMP/fix/initrd" "$site/public" \
	'slipway.url=http://127.0.0.1:8080 ip=none slipway.panic=halt,0 slipway.role=web' >out 2>&1 &&
	grep -q 'BOOT-OK' out; then t_ok; else t_fail "$(tail -n 5 out)"; fi

mkdir mnt
slipway base --pack full -o want.squashfs >out 2>&1 || cat out
mount -o loop,ro want.squashfs mnt
listing mnt >want
umount mnt

check 'a folder' slipway export -C "$site" -f dir -o dir web
t_begin '... is the image'
is_tree dir
check 'a tar' slipway export -C "$site" -o role.tar web
t_begin '... is the image, as GNU tar reads it'
mkdir gnu && tar --xattrs --xattrs-include='*' -C gnu -xpf role.tar 2>out
is_tree gnu
t_begin '... and as bsdtar does'
if command -v bsdtar >/dev/null; then
	mkdir bsd && bsdtar -C bsd -xpf role.tar 2>out
	# which leaves the date of the folder it unpacks to
	touch -d @1600000000 bsd
	is_tree bsd
else
	t_skip 'no bsdtar (Debian package libarchive-tools)'
fi
t_begin '... the same on standard output'
if slipway export -C "$site" -o - web | cmp - role.tar >out 2>&1; then
	t_ok
else
	t_fail "$(cat out)"
fi
check 'a squashfs' slipway export -C "$site" -o role.squashfs web
t_begin '... is the image'
mount -o loop,ro role.squashfs mnt
is_tree mnt
umount mnt

check 'an image' slipway export -C "$site" -o role.oci --tag v2 web
t_begin '... the same bytes again'
if TZ=Asia/Tokyo LC_ALL=C.UTF-8 slipway export -C "$site" -f oci --tag v2 \
	-o again web && cmp role.oci again; then t_ok; else t_fail; fi
t_begin '... has the layers, with deletions, labels and architecture'
mkdir oci && tar -C oci -xf role.oci
blob() { cat "oci/blobs/sha256/$(jq -r "$1" "$2" | cut -d: -f2)"; }
blob '.manifests[0].digest' oci/index.json >manifest
blob .config.digest manifest >config
if blob '.layers[1].digest' manifest | tar -tzf - >names 2>out &&
	grep -qx 'etc/.wh.base-file' names && grep -qx '.wh.gone' names &&
	grep -qx 'opq/.wh.old' names &&
	jq -e '(.rootfs.diff_ids | length) == 2 and .architecture == "amd64" and
		.config.Labels."org.opencontainers.image.title" == "web"' \
		config >>out; then t_ok; else t_fail "$(cat out names)"; fi
t_begin '... is the image, as umoci unpacks it'
if command -v umoci >/dev/null; then
	umoci unpack --image oci:v2 bundle >out 2>&1 || cat out
	is_tree bundle/rootfs
else
	t_skip 'no umoci (Debian package umoci)'
fi
t_begin '... and skopeo copies it'
if command -v skopeo >/dev/null; then
	if skopeo --insecure-policy copy -q oci-archive:role.oci:v2 \
		docker-archive:saved.tar:web:v2 >out 2>&1; then t_ok; else
		t_fail "$(cat out)"
	fi
else
	t_skip 'no skopeo (Debian package skopeo)'
fi
t_begin '... and becomes the same base and the same overlay'
base=$(oci_sum "$site/build/bases/tiny/base.squashfs")
overlay=$(oci_sum "$site/build/overlays/web/overlay.cpio.gz")
slipway export -C "$site" -o base.oci tiny >out 2>&1 &&
	slipway base -C "$site" --from base.oci tiny >>out 2>&1 &&
	slipway overlay -C "$site" --from-oci "$T_TMP/role.oci" web >>out 2>&1
if [ "$base" = "$(oci_sum "$site/build/bases/tiny/base.squashfs")" ] &&
	[ "$overlay" = "$(oci_sum \
		"$site/build/overlays/web/overlay.cpio.gz")" ]; then t_ok; else
	t_fail "$(cat out)"
fi

overlay=$site/build/overlays/web/overlay.cpio.gz
t_begin 'an overlay by itself is a tar as layers are, opaque folders too'
mkdir -p up/opq && touch up/opq/only && setfattr -n trusted.overlay.opaque \
	-v y up/opq && mknod up/usr c 0 0 && slipway overlay --pack up \
	--base-digest "$(printf '%064d' 1)" -o up.cpio.gz >out &&
	slipway export -o layer.tar up.cpio.gz && tar -tf layer.tar >names
if printf '%s\n' ./ opq/ opq/.wh..wh..opq opq/only .wh.usr |
	diff - names >>out; then t_ok; else t_fail "$(cat out)"; fi
t_begin '... which means the same to a container image'
oci_image opaque v1 l1.tar layer.tar
slipway base --pack opaque -o opaque.squashfs >out 2>&1 || cat out
if [ "$(slipway ls opaque.squashfs opq)" = $'opq\nopq/only' ] &&
	! slipway ls opaque.squashfs | grep -q usr; then t_ok; else
	t_fail "$(slipway ls opaque.squashfs)"
fi
t_begin '... and nothing else'
expect_fail 1 'an overlay changes a base' slipway export -f squashfs \
	-o x.squashfs "$overlay"
t_begin '... nor an image'
expect_fail 1 'an overlay is no image' slipway export -o x.oci "$overlay"
t_begin 'nothing is left of what failed'
if [ -z "$(ls -A . | grep '^x')" ]; then t_ok; else t_fail "$(ls -A)"; fi
t_begin 'a folder is not written into'
expect_fail 1 'dir: cannot create: File exists' slipway export -C "$site" -f dir -o dir web
t_begin 'usage: a format that is none'
expect_fail 2 'dir, tar, squashfs or oci' slipway export -C "$site" -f zip \
	-o x web
t_begin 'usage: a name that does not say which'
expect_fail 2 '--format is needed' slipway export -C "$site" -o x web

user_ready
mkdir -m 777 home bin mine
cp -a "$BIN"/slipway-{export,base} bin
cp want.squashfs mine
chmod 644 mine/want.squashfs
user() { as_user "$T_TMP/bin/slipway-export" "$@"; }
t_begin 'an ordinary user: the same tar'
if user -o mine/role.tar mine/want.squashfs >out 2>&1 &&
	cmp role.tar mine/role.tar >>out 2>&1; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... and squashfs'
if as_user env SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH \
	"$T_TMP/bin/slipway-export" -o mine/role.squashfs \
	mine/want.squashfs >out 2>&1 &&
	cmp role.squashfs mine/role.squashfs >>out 2>&1; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... but no folder with owners'
expect_fail 1 'needs root (or --no-owner' user -f dir -o mine/d \
	mine/want.squashfs
t_begin '... only with --no-owner'
if user --no-owner -f dir -o mine/d mine/want.squashfs >out 2>&1 &&
	grep -q 'left out 2 device nodes' out &&
	[ "$(stat -c '%a %u' mine/d/usr/bin/tool)" = "755 $USER_ID" ]; then
	t_ok
else
	t_fail "$(cat out)"
fi
