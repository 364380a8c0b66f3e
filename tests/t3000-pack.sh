#!/bin/bash
# SPDX-License-Identifier: MIT
# t3000-pack: a tar or a directory becomes the same tree as squashfs. The
# kernel, unsquashfs and getfattr are the judges.
. "$(dirname "$0")/lib.sh"

requires_root
need unsquashfs squashfs-tools
need setfattr attr
need setfacl acl
need setcap libcap2-bin
cd "$T_TMP" || exit
export SOURCE_DATE_EPOCH=1700000000

base() # ARG...: slipway base on this site
{
	"$BIN/slipway-base" -C "$T_TMP/site" "$@"
}
image=$T_TMP/site/build/bases/x/base.squashfs
info=$T_TMP/site/build/bases/x/base.info

fact()
{
	sed -n "s/^$1 = //p" "$info"
}

make_site()
{
	mkdir -p site mnt
	printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf
}

# All that squashfs, tar and directories can say, and some odd names.
make_tree()
{
	mkdir -p src/usr/lib/modules/6.1.0-9 src/usr/lib/modules/6.1.0-10 \
		src/usr/lib/modules/7.0 src/boot src/sub/deep src/empty
	: >src/boot/vmlinuz-6.1.0-9
	: >src/boot/vmlinuz-6.1.0-10
	ln -s /usr/lib src/lib
	printf 'VERSION_CODENAME=odd\n' >src/etc-release
	(
		cd src || exit
		printf a >'sp ace'
		printf b >$'new\nline'
		printf c >$'bad\xff\xfe'
		printf d >$'e\xcc\x81 decomposed'
		printf e >$'\xc3\xa9 composed'
		printf f >'pct%41'
		printf g >-dash
		printf h >'back\slash'
		: >"$(printf 'n%.0s' $(seq 255))"
		ln 'sp ace' sub/hard
		ln $'bad\xff\xfe' sub/deep/hard
		ln -s $'to\xff/e\xcc\x81' sub/link
		ln sub/link sub/link2
		mknod -m 600 char c 300 70000
		mknod block b 8 1
		mkfifo pipe
		truncate -s 20M sparse
		printf Z | dd of=sparse bs=1 seek=10485760 conv=notrunc 2>&1
		truncate -s 300k zeros
		head -c 400000 /dev/urandom >random
		cp random sub/same
		chown 12345:54321 block sub
		chmod 4755 'sp ace'
		chmod 1777 empty
		setcap cap_net_raw+ep 'sp ace'
		setfattr -n user.note -v "$(printf 'two\nlines')" 'pct%41'
		setfattr -n user.empty sub
		setfattr -n user.a -v 1 random
		setfattr -n user.b -v 2 random
		touch -d '1960-01-01' 'pct%41'
		touch -d '2001-02-03' random
	) >/dev/null
	# dates later than SOURCE_DATE_EPOCH end at it
	touch -d '2030-01-01' src/sub/same
}

# All but contents, sorted; a date between 1970 and the epoch.
wanted()
{
	find src -newermt @$SOURCE_DATE_EPOCH -exec touch -h \
		-d @$SOURCE_DATE_EPOCH {} +
	find src ! -newermt @0 -exec touch -h -d @0 {} +
	listing src
}

same_tree() # NAME
{
	t_begin "$1"
	mount -o loop,ro "$image" mnt || t_fail 'not mountable'
	listing mnt >is
	umount mnt
	if cmp -s want is; then t_ok; else t_fail "$(diff -a want is)"; fi
}

make_site
make_tree
tar --sort=name --xattrs --xattrs-include='*' --sparse --format=pax \
	-cf t.tar -C src .

t_begin 'a tar is packed'
if base --from t.tar x >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
cp -a src dated
wanted >want
same_tree 'the image of a tar is its tree'

t_begin 'zstd, blocks of 128 KiB, no export table'
say=$(unsquashfs -s "$image")
case $say in
*'Compression zstd'*'level 3'*'size 131072'*'not exportable'*) t_ok ;;
*) t_fail "$say" ;;
esac

t_begin 'unsquashfs reads all of it'
if unsquashfs -q -n -d un "$image" >out 2>&1; then t_ok; else
	t_fail "$(cat out)"
fi

t_begin 'the same bytes from any number of threads'
cp "$image" one
for jobs in 1 2 7; do
	base --jobs $jobs --from t.tar x >out 2>&1 || t_fail "$(cat out)"
	cmp one "$image" || t_fail "$jobs threads"
done
t_ok

t_begin 'the same bytes however the tar is compressed, and from a pipe'
for z in gzip xz zstd; do
	command -v $z >/dev/null || continue
	$z <t.tar >t.z
	base --from t.z x >out 2>&1 || t_fail "$(cat out)"
	cmp one "$image" || t_fail "$z"
done
base --from - x <t.tar >out 2>&1 || t_fail "$(cat out)"
if cmp one "$image"; then t_ok; else t_fail pipe; fi

t_begin 'a directory is packed'
# tar writes devices of two names as two
ln src/char src/sub/char2
wanted >want
if base --from src x >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
same_tree 'the image of a directory is its tree'

t_begin 'base.info: the newest kernel that boots, through a symlink'
if [ "$(fact kernel) $(fact vmlinuz)" = \
	'6.1.0-10 boot/vmlinuz-6.1.0-10' ]; then t_ok; else
	t_fail "$(cat "$info")"
fi

t_begin 'base.info: digest, size, date'
if [ "$(fact digest)" = "$(sha256sum <"$image" | cut -c1-64)" ] &&
	[ "$(fact size)" = "$(stat -c %s "$image")" ] &&
	[ "$(fact created)" = $SOURCE_DATE_EPOCH ]; then t_ok; else
	t_fail "$(cat "$info")"
fi

t_begin 'without SOURCE_DATE_EPOCH the newest date is the date'
touch -d @1600000000 src src/sub
find src -newermt @1600000000 -exec touch -h -d @1600000000 {} +
touch -d @1654321000 src/random
env -u SOURCE_DATE_EPOCH "$BIN/slipway-base" -C site --from src x >out 2>&1
if [ "$(fact created)" = 1654321000 ]; then t_ok; else t_fail "$(fact created)"
fi

t_begin 'attributes in any order are the same bytes'
for order in 'bb a ccc' 'ccc bb a'; do
	rm -rf ord && mkdir ord && : >ord/f
	for k in $order; do setfattr -n user.$k -v $k ord/f; done
	touch -d @1 ord ord/f
	base --from ord x >out 2>&1 || t_fail "$(cat out)"
	[ -e ord1 ] || cp "$image" ord1
done
if cmp ord1 "$image"; then t_ok; else t_fail; fi

t_begin 'an ACL is dropped, and said to be'
setfacl -m u:1:r src/-dash
say=$(base --from src x 2>&1 >/dev/null)
case $say in
*'dropped 1 attr'*system.posix_acl_access*-dash*) t_ok ;;
*) t_fail "$say" ;;
esac
setfacl -b src/-dash

t_begin 'later entries of a tar replace earlier ones'
mkdir -p l1 l2
echo old >l1/f
echo new >l2/f
tar -cf l.tar -C l1 f
tar -rf l.tar -C l2 f
base --from l.tar x >out 2>&1 || t_fail "$(cat out)"
if [ "$(unsquashfs -cat "$image" f)" = new ]; then t_ok; else t_fail; fi
cp "$image" kept

t_begin 'parents that a tar does not mention are made'
tar -cf p.tar -C src sub/deep/hard
base --from p.tar x >out 2>&1 || t_fail "$(cat out)"
case $(unsquashfs -lln "$image") in
*'drwxr-xr-x 0/0'*sub*) t_ok ;;
*) t_fail "$(unsquashfs -lln "$image")" ;;
esac

refuse() # NAME TEXT TAR
{
	cp kept "$image"
	t_begin "$1"
	expect_fail 1 "$2" base --from "$3" x || return
	t_begin "$1: nothing is lost, nothing left"
	if cmp -s kept "$image" && ! ls site/build/bases/x |
		grep -vxE 'base.(squashfs|info|packages|spdx.json)'; then t_ok; else
		t_fail "$(ls site/build/bases/x)"
	fi
}

tar -P -cf evil.tar --transform 's,^,../,' t.tar
refuse 'refused: a path with ..' "must not hold '..'" evil.tar
head -c 300000 t.tar >cut.tar
refuse 'refused: a tar cut short' 'cut.tar: ' cut.tar
head -c 5000 /dev/urandom >noise
refuse 'refused: no tar at all' 'noise: ' noise
: >nothing
refuse 'refused: an empty file' 'nothing: ' nothing
tar -cf zeros.tar -T /dev/null
refuse 'refused: a tar with nothing in it' 'or an empty one' zeros.tar
refuse 'refused: no such file' 'missing: No such file' missing
mkdir h && echo x >h/a && ln h/a h/b
tar -cf h.tar -C h a b && tar --delete -f h.tar a
refuse 'refused: a hard link to what is not there' 'is not before it' h.tar
mkdir -p d/a && echo x >d/a/b && tar -cf d.tar -C d a/b
rm -r d/a && echo y >d/a && tar -rf d.tar -C d a
refuse 'refused: a file in place of a full folder' 'Is a directory' d.tar

t_begin 'a full disk: one line, nothing left'
mkdir -p full/build/bases
cp site/site.conf full
mount -t tmpfs -o size=200k none full/build/bases
if expect_fail 1 'No space left' "$BIN/slipway-base" -C full --from t.tar x
then
	t_begin 'a full disk: nothing left'
	if [ -z "$(ls full/build/bases/x)" ]; then t_ok; else
		t_fail "$(ls full/build/bases/x)"
	fi
fi

t_begin 'interrupted while it packs: nothing left'
cp kept "$image"
mkfifo slow
"$BIN/slipway-base" -C site --from slow x >out 2>&1 &
pid=$!
exec 9>slow
head -c 500000 t.tar >&9
until ls site/build/bases/x/base.squashfs.?????? >/dev/null 2>&1; do
	kill -0 $pid 2>/dev/null || break
done
kill -TERM $pid
wait $pid
status=$?
exec 9>&-
if [ $status = 143 ] && cmp -s kept "$image" &&
	[ "$(ls site/build/bases/x | wc -l)" = 4 ]; then t_ok; else
	t_fail "status $status, $(ls site/build/bases/x)"
fi
