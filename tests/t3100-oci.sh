#!/bin/bash
# SPDX-License-Identifier: MIT
# t3100-oci: container images and disk images become bases. umoci unpacks the
# same images as the judge, where it is there; mount(8) reads the disks.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/oci.sh"

requires_root
need unsquashfs squashfs-tools
need setcap libcap2-bin
need getfattr attr
need zstd zstd
cd "$T_TMP" || exit
export SOURCE_DATE_EPOCH=1700000000

base() # ARG...
{
	"$BIN/slipway-base" -C "$T_TMP/site" "$@"
}
image=$T_TMP/site/build/bases/x/base.squashfs
info=$T_TMP/site/build/bases/x/base.info

fact()
{
	sed -n "s/^$1 = //p" "$info"
}

mkdir -p site mnt
printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf

same_tree() # WANT
{
	mount -o loop,ro "$image" mnt || t_fail 'not mountable'
	listing mnt >is
	umount mnt
	listing "$1" >want
	if cmp -s want is; then t_ok; else t_fail "$(diff -a want is)"; fi
}

packs() # NAME ARG...: the open case, and its message when it fails
{
	t_begin "$1"
	shift
	if base "$@" >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
}

# Three layers by hand, and in "sum" the tree that they make.
mkdir -p l1/{etc,usr/bin,gone/deep,opq/deep,dir2file/x} l2/{etc,opq,new} \
	l3/{etc,opq,usr/bin,again}
(
	cd l1 || exit
	ln -s usr/bin bin
	echo one >etc/one
	echo two >etc/two
	echo old >opq/old
	echo old >opq/deep/old
	echo x >dir2file/x/y
	echo tool >usr/bin/tool
	ln usr/bin/tool usr/bin/linked
	chmod 1777 gone
	oci_odd .
	ln usr/bin/tool odd/third
	: >odd/$'new\nline'
	mkfifo odd/pipe
)
(
	cd l2 || exit
	: >.wh.gone
	: >etc/.wh.one
	: >etc/.wh.never
	: >opq/.wh..wh..opq
	echo new >opq/new
	echo file >dir2file
	echo two2 >etc/two
	echo brief >new/brief
	: >.wh..wh.plnk
)
(
	cd l3 || exit
	: >new
	: >.wh.again
	echo three >etc/one
	echo second >opq/second
	echo tool3 >usr/bin/tool
	chmod 700 usr/bin
	mkdir -m 711 gone
	echo kept >again/kept
)
rm l3/new
: >l3/.wh.new
find l1 l2 l3 -exec touch -h -d @1600000000 {} +
mkdir -p sum
for l in l1 l2 l3; do oci_tar $l $l.tar; done
(
	cd l2 || exit
	cp -a ../l1/. ../sum
	rm -r ../sum/{gone,etc/one,opq,dir2file}
	tar --exclude='.wh.*' -cf - . | tar -C ../sum -xpf -
	rm -r ../sum/new
	cd ../l3 || exit
	tar --exclude='.wh.*' -cf - . | tar -C ../sum -xpf -
	cd ../sum || exit
	touch -h -d @1600000000 . etc opq usr usr/bin
)
oci_image layout v1 l1.tar:gz l2.tar:zst l3.tar

packs 'a layout: gzip, zstd and plain layers' --from layout x
t_begin '... is the tree that they make'
same_tree sum
t_begin '... as umoci makes it'
if command -v umoci >/dev/null && command -v jq >/dev/null; then
	oci_image plain v1 l1.tar:gz l2.tar:gz l3.tar
	umoci unpack --image plain:v1 bundle >out 2>&1 || cat out
	touch -d @1600000000 bundle/rootfs
	same_tree bundle/rootfs
else
	t_skip 'no umoci (Debian package umoci)'
fi

t_begin 'base.info names the image and its layers'
if [ "$(fact source)" = oci ] && [ "$(fact layers)" = \
	"$(oci_sum l1.tar) $(oci_sum l2.tar) $(oci_sum l3.tar)" ] &&
	[ -e "layout/blobs/sha256/$(fact image)" ]; then t_ok; else
	t_fail "$(cat "$info")"
fi
digest=$(fact digest)

t_begin 'nothing of what a layer deletes is left in the image'
rm -rf noise && mkdir -p noise hole
openssl rand 3000000 >noise/secret
: >hole/.wh.secret
oci_tar noise noise.tar
oci_tar hole hole.tar
oci_image secret v1 noise.tar hole.tar
base --from secret x >out 2>&1
if [ "$(stat -c %s "$image")" -lt 10000 ]; then t_ok; else
	t_fail "$(stat -c %s "$image") bytes"
fi

other() # NAME SRC: the same bytes again
{
	t_begin "$1"
	if base --from "$2" x >out 2>&1 && [ "$(fact digest)" = "$digest" ]; then
		t_ok
	else
		t_fail "$(cat out)"
	fi
}

tar -C layout -cf layout.tar .
other 'a tar of the layout' layout.tar
gzip -k layout.tar
other 'the same, compressed, by its prefix and tag' oci-archive:layout.tar.gz:v1
oci_docker saved some/name:v1 l1.tar l2.tar l3.tar
other 'what docker save writes, unpacked' saved
tar -C saved -cf saved.tar "$(ls saved | head -n 1)" manifest.json \
	$(ls saved | grep -v manifest | tail -n +2)
other '... and as it writes it' docker-archive:saved.tar:some/name:v1
(
	# an old docker has a link where a layer comes twice
	cd saved || exit
	first=$(oci_sum ../l1.tar)
	mv "$first/layer.tar" "$first.tar"
	ln -s "../$first.tar" "$first/layer.tar"
	tar -cf ../linked.tar *
)
other '... with a link for a layer' linked.tar
t_begin 'as skopeo and buildah would hand it over'
if command -v skopeo >/dev/null; then
	skopeo --insecure-policy copy -q oci:plain:v1 \
		docker-archive:skopeo.tar:x/y:z >out 2>&1 &&
		base --from skopeo.tar x >>out 2>&1
	if [ "$(fact digest)" = "$digest" ]; then t_ok; else
		t_fail "$(cat out)"
	fi
else
	t_skip 'no skopeo (Debian package skopeo)'
fi
mkdir -p site/bases/x
printf '[base]\nfrom = image\narch = amd64\n' >site/bases/x/base.conf
cp -r layout site/bases/x/image
t_begin 'named by from= in base.conf'
if base x >out 2>&1 && [ "$(fact digest)" = "$digest" ]; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... whose arch= must be the image'\''s'
sed -i 's/amd64/arm64/' site/bases/x/base.conf
expect_fail 1 'made for amd64, not arm64' base x
rm -r site/bases

t_begin 'of several images one must be named'
oci_image layout v2 l1.tar
expect_fail 1 'holds 2 images; name one' base --from layout x
t_begin '... by its tag'
if base --from oci:layout:v2 x >out 2>&1 &&
	[ "$(fact layers)" = "$(oci_sum l1.tar)" ]; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... that it has'
expect_fail 1 'no image named v3' base --from oci:layout:v3 x

refused() # NAME TEXT: the image in ./bad; nothing is left of it
{
	t_begin "refused: $1"
	before=$(oci_sum "$image")
	expect_fail 1 "$2" base --from bad x &&
		[ "$(cd site/build/bases/x && echo *)" = \
			'base.info base.packages base.spdx.json base.squashfs' ] &&
		[ "$before" = "$(oci_sum "$image")" ] ||
		t_fail "left: $(ls site/build/bases/x)"
	rm -rf bad
}

cp -r secret bad
printf x >>"bad/blobs/sha256/$(oci_sum noise.tar)"
refused 'a layer that is damaged' 'damaged: sha256 is'
cp -r secret bad
rm "bad/blobs/sha256/$(oci_sum noise.tar)"
refused 'a layer that is missing' 'No such file'
cp -r secret bad
f=bad/blobs/sha256/$(sed 's/.*"digest":"sha256:\([0-9a-f]*\)".*/\1/' bad/index.json)
sed -i 's/"schemaVersion":2/"schemaVersion":3/' "$f"
refused 'a manifest that is damaged' 'damaged: sha256 is'
cp -r secret bad
ln -sf /etc/passwd "bad/blobs/sha256/$(oci_sum noise.tar)"
refused 'a layer that is a link' 'not a regular file'
oci_docker bad t noise.tar hole.tar
cp hole.tar "bad/$(oci_sum noise.tar)/layer.tar"
refused 'a saved layer that is another' 'its tar has sha256'
oci_docker bad t noise.tar
sed -i 's|"Layers":\["[0-9a-f]*/|"Layers":["../../|' bad/manifest.json
refused 'a saved layer outside' 'no part of an image'
mkdir bad && printf '{"manifests":[{' >bad/index.json && : >bad/oci-layout
refused 'JSON that ends early' 'not sound JSON'

# hostile tars, by what GNU tar can be made to write
evil() # TAR-ARG...
{
	rm -rf e
	mkdir -p e/{d,etc}
	echo x >e/f
	ln -s / e/s
	tar -C e -P --format=pax -cf e.tar "$@" && oci_image bad v1 l1.tar e.tar
}
evil --transform 's|f|../../f|' f
refused 'a path that leaves' "must not hold '..'"
evil --transform 's|^f|bin/f|' f
refused 'a path through a link of a lower layer' 'on its way is a link'
evil s --transform 's|^f$|s/f|' f
refused 'a path through a link of its own' 'on its way is a link'
ln e/f e/g
evil --transform 's|^f|.wh...|' f
refused 'a deletion of ".."' 'deletes nothing'
mkdir -p e2 && mknod e2/w c 0 0 && tar -C e2 -cf e.tar . &&
	oci_image bad v1 l1.tar e.tar
refused 'a whiteout of overlayfs' 'a kind of file no layer may hold'
rm -r e2 && mkdir e2 && setfattr -n trusted.overlay.opaque -v y e2 &&
	oci_tar e2 e.tar && oci_image bad v1 l1.tar e.tar
refused 'an attribute of overlayfs' "attribute trusted.overlay.opaque no layer"
printf 'a\nb\n' >e2/a && ln e2/a e2/b &&
	tar -C e2 --transform 's|^a$|q|RSh' -cf e.tar a b &&
	oci_image bad v1 e.tar
refused 'a hard link to nothing' 'which is not before it'
truncate -s 400M e2/zero && tar -C e2 -cf - zero | zstd -q >zero.zst
zstd -dqc zero.zst | oci_sum /dev/stdin >zero.sum
: >small.tar
oci_image bad v1 small.tar
rm -r bad && mkdir -p bad/blobs/sha256 && (
	cd bad || exit
	oci_sum() { if [ "$1" = e.tar ]; then cat ../zero.sum; else
		sha256sum <"$1" | cut -d' ' -f1; fi; }
	mkdir -p blobs/sha256
	: >oci-layout
	config=$(oci_config e.tar | tee c | sha256sum | cut -d' ' -f1)
	mv c "blobs/sha256/$config"
	layer=$(oci_sum ../zero.zst)
	cp ../zero.zst "blobs/sha256/$layer"
	printf '{"schemaVersion":2,"config":{"digest":"sha256:%s"},"layers":[{"digest":"sha256:%s"}]}' \
		"$config" "$layer" >m
	sum=$(oci_sum m)
	mv m "blobs/sha256/$sum"
	printf '{"manifests":[{"digest":"sha256:%s"}]}' "$sum" >index.json
)
refused 'a bomb' 'unpacks to more than'

# A disk as clouds boot them: the root, and another partition for /boot.
need mke2fs e2fsprogs
need sfdisk fdisk
mkdir -p src/{etc,usr/bin,boot,odd} kernels
cp -a sum/. src
printf '# a comment\nLABEL=root / ext4 defaults\nLABEL=BOOT\t/boot ext4 x\n' \
	>src/etc/fstab
printf 'long %0300d' 1 >src/odd/file
ln -s "$(printf '%0200d' 1)" src/odd/slow
mknod src/odd/large c 300 70000
setfattr -n user.long -v "$(printf '%0900d' 1)" src/odd/file
echo kernel >kernels/vmlinuz-6.1
find src kernels -exec touch -h -d @1600000000 {} +
make_disk() # INODE-SIZE
{
	rm -f disk.raw
	truncate -s 40M disk.raw
	printf 'label: gpt\nstart=2048,size=4096,type=uefi\nstart=8192,size=16384\nstart=32768,size=40960\n' |
		sfdisk -q disk.raw >out 2>&1 &&
		mke2fs -q -t ext4 -L BOOT -d kernels -E offset=4194304 \
			disk.raw 8M >>out 2>&1 &&
		mke2fs -q -t ext4 -I "$1" -L root -d src \
			-E offset=16777216 disk.raw 20M >>out 2>&1
}
make_disk 256 || cat out
packs 'a raw disk with two file systems' --from disk.raw x
t_begin '... as the kernel mounts them'
mkdir -p disk
mount -o loop,ro,offset=16777216,sizelimit=20971520 disk.raw disk &&
	mount -o loop,ro,offset=4194304,sizelimit=8388608 \
		disk.raw disk/boot
mount -o loop,ro "$image" mnt
for d in mnt disk; do
	# mke2fs dates the roots by the clock
	listing $d | grep -v 'lost+found\|  $\| boot$' >$d.list
done
umount disk/boot disk mnt
if cmp -s mnt.list disk.list && grep -q boot/vmlinuz-6.1 mnt.list; then
	t_ok
else
	t_fail "$(diff -a disk.list mnt.list)"
fi
digest=$(fact digest)
if command -v qemu-img >/dev/null; then
	qemu-img convert -O qcow2 -c disk.raw disk.qcow2
	other 'the same as qcow2' disk.qcow2
	t_begin 'refused: a qcow2 that stands on another file'
	qemu-img create -q -f qcow2 -b disk.raw -F raw over.qcow2
	expect_fail 1 'stands on another file' base --from over.qcow2 x
else
	t_begin 'qcow2' && t_skip 'no qemu-img (Debian package qemu-utils)'
fi
t_begin 'a file system without partitions'
dd if=disk.raw of=fs.raw bs=1M skip=16 count=20 status=none
if base --from fs.raw x >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'refused: a disk without a root'
dd if=/dev/zero of=disk.raw bs=1M seek=16 count=1 conv=notrunc status=none
expect_fail 1 'no ext4 file system with /etc and /usr' base --from disk.raw x
t_begin 'refused: one that was not unmounted'
debugfs -w -R 'feature needs_recovery' fs.raw >out 2>&1
expect_fail 1 'not cleanly unmounted' base --from fs.raw x
