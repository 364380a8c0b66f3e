#!/bin/bash
# SPDX-License-Identifier: MIT
# t2000-roundtrip.sh: union(base, unpack(pack(upper))) is the tree that the
# build saw, by everything find, getfattr and sha256sum can tell.
. "$(dirname "$0")/lib.sh"

requires_root
need mksquashfs squashfs-tools
need setcap libcap2-bin
need setfacl acl
need getfattr attr
need cpio cpio
need python3 python3-minimal

export LC_ALL=C
DIGEST=$(printf '%064d' 7)

make_base() {
	mkdir -p "$1"/{a,usr/bin,etc/conf.d,gone/deep,opaque,dir2file,d3}
	cd "$1" || return
	ln -s usr/bin bin
	echo one >a/one
	echo two >etc/two
	echo three >etc/conf.d/three
	echo x >gone/deep/file
	echo y >opaque/old
	echo z >dir2file/z
	echo f >file2dir
	echo l >link2file.target
	ln -s link2file.target link2file
	echo linked >d3/l1
	ln d3/l1 d3/l2
	echo tool >usr/bin/tool
	find . -exec touch -h -d @1400000000 {} +
}

# everything that a role may do to a tree
change() {
	cd "$1" || return
	rm a/one
	rm -r gone
	rm -r opaque
	mkdir opaque
	echo new >opaque/new
	rm -r dir2file
	echo file >dir2file
	rm file2dir
	mkdir file2dir
	echo in >file2dir/in
	rm link2file
	echo plain >link2file
	chmod 640 etc/two
	chown 12:34 etc/conf.d
	rm d3/l1
	mkdir -p new/sub "new/a.b" new/a
	echo h >new/h1
	ln new/h1 new/sub/h2
	ln new/h1 h0
	truncate -s 5M new/sparse
	echo middle | dd of=new/sparse bs=1 seek=3000000 conv=notrunc 2>&-
	echo tail >>new/sparse
	cp usr/bin/tool usr/bin/capable
	setcap cap_net_raw+ep usr/bin/capable
	setcap cap_net_bind_service+ep usr/bin/tool
	setfacl -m u:1234:rw etc/two
	setfacl -d -m g:77:rx new/sub
	setfattr -n user.note -v 'a b%' new/h1 2>&- || :
	: >"new/with space"
	: >"new/100%"
	: >"new/%41"
	: >"new/$(printf '\303\274')"
	: >"new/$(printf '\377\376')"
	: >new/-dash
	: >new/a.b/x
	: >new/a/x
	: >new/.wh.plain
	ln -s "/absolute/../target with space" new/link
	ln -s "$(printf '%0300d' 1)" new/longlink
	chown -h 5:6 new/link
	cp usr/bin/tool usr/bin/suid
	chmod 4755 usr/bin/suid
	chmod 2775 new/sub
	chmod 1777 new/a
	mknod new/null c 1 3
	mknod new/blk b 7 99
	mkdir -m 0 new/closed
	touch -d @1500000000.7 new/h1
	touch -h -d @1500000001 new/link
	touch -d @1500000002 new/a new/sub opaque etc
	touch -d @1500000003 .
}

tree() {
	cd "$1" || return
	find . -type d -printf '%P|%y|%#m|%U:%G|%Ts\n' | sort
	find . ! -type d -printf '%P|%y|%#m|%U:%G|%s|%Ts|%n|%l\n' | sort
	find . -type b -print0 -o -type c -print0 | sort -z |
		xargs -0r stat -c '%n %t:%T'
	find . -print0 | sort -z |
		xargs -0 getfattr -h -d -m - -e hex 2>&1 | grep -v '^$'
	find . -type f -links +1 -printf '%D:%i %P\n' | sort |
		awk '{ i = $1; sub(/^[^ ]* /, ""); if (!(i in g)) g[i] = $0;
		       print "same", g[i], $0 }' | sort
	find . -type f -print0 | sort -z | xargs -0 sha256sum
}

union() { # LOWER UPPER-OR-LAYER AT rw|ro
	if [ "$4" = rw ]; then
		mount -t overlay o "$3" -o "lowerdir=$1,upperdir=$2,workdir=$2.w,redirect_dir=off,metacopy=off,index=off,xino=off"
	else
		mount -t overlay o "$3" -o "ro,lowerdir=$2:$1"
	fi
}

# runs in a mount namespace of its own, on a tmpfs
inside() {
	mount -t tmpfs t "$T_TMP"
	cd "$T_TMP" || return
	mkdir src base upper upper.w at
	(make_base "$T_TMP/src")
	mksquashfs src base.sqfs -quiet -no-progress >/dev/null || return
	mount -o loop,ro base.sqfs base || return
	chmod --reference=base upper
	union base upper at rw || return
	(change "$T_TMP/at") || return
	(tree "$T_TMP/at") >saw
	umount at
	unset SOURCE_DATE_EPOCH
	"$BIN/slipway-overlay" --pack upper --base-digest "$DIGEST" \
		--lower base -o o.gz --grants devnodes,setid,caps >facts ||
		return
	"$BIN/slipway-overlay" --pack upper --base-digest "$DIGEST" \
		-o o2.gz --grants devnodes,setid,caps >/dev/null || return
	cmp o.gz o2.gz || return
	"$BIN/slipway-overlay" --unpack o.gz -o layer || return
	union base layer at ro || return
	(tree "$T_TMP/at") >got
	umount at
	diff saw got || return
	echo same-tree
	boot_unpacker
	judge_cpio
	facts_hold
	zoo
}

# the same with a generated zoo, which differs in nothing but what the packer
# says it leaves out
zoo() {
	mkdir z zbase zupper zupper.w
	python3 "$T_ROOT/tests/zoo.py" make z || return
	mksquashfs z z.sqfs -quiet -no-progress -comp lz4 2>&1 >/dev/null |
		grep -av posix_acl
	mount -o loop,ro z.sqfs zbase || return
	chmod --reference=zbase zupper
	union zbase zupper at rw || return
	python3 "$T_ROOT/tests/zoo.py" change at || return
	# overlayfs goes on telling the base's number for a file that it had
	# copied up to make a link, until it is mounted anew
	umount at
	union zbase zupper at rw || return
	(tree "$T_TMP/at") >saw
	umount at
	"$BIN/slipway-overlay" --pack zupper --base-digest "$DIGEST" \
		--lower zbase -o z.gz --grants devnodes,setid,caps >zfacts ||
		return
	"$BIN/slipway-overlay" --unpack z.gz -o zlayer || return
	union zbase zlayer at ro || return
	(tree "$T_TMP/at") >got
	umount at
	diff -a saw got | cat -v | head -n 20
	cmp -s saw got && echo "zoo $(find z | wc -l) entries,\
 $(zcat z.gz | cpio -it --quiet 2>&1 | wc -l) in the overlay"
}

# /init's own unpacker, when there is one built for the host
boot_unpacker() {
	[ -x "$O/tests/unpack/bootunpack" ] || return
	mkdir boot
	"$O/tests/unpack/bootunpack" o.gz boot "$DIGEST" \
		"$(sed -n 's/^unpacked = //p' facts)" \
		"$(sed -n 's/^inodes = //p' facts)" devnodes,setid,caps ||
		return
	union base boot/o0 at ro || return
	(tree "$T_TMP/at") >got
	umount at
	diff saw got && echo same-boot
}

# cpio knows nothing of our first member: data, names and links must agree
judge_cpio() {
	mkdir cpio
	(cd cpio && zcat ../o.gz | cpio -idm --quiet 2>&1) || return
	head -c 18 cpio/.slipway-overlay | grep -q '^slipway-overlay 1$' ||
		return
	rm cpio/.slipway-overlay
	(cd upper && find . -type f -print0 | sort -z |
		xargs -0 sha256sum) >want
	(cd cpio && find . -type f -print0 | sort -z |
		xargs -0 sha256sum) >have
	(cd upper && find . -type f -printf '%P %#m %U %G %n %Ts\n' |
		sort) >>want
	(cd cpio && find . -type f -printf '%P %#m %U %G %n %Ts\n' |
		sort) >>have
	diff want have && echo same-cpio
}

# what is declared is enough, and not by much
facts_hold() {
	local need declared
	declared=$(sed -n 's/^unpacked = //p' facts)
	need=$(find layer -type f -links 1 -printf '%s\n' |
		awk '{ n += int(($1 + 4095) / 4096) * 4096 } END { print n }')
	[ "$declared" -ge "$need" ] &&
		[ "$declared" -le $((need + 65536)) ] || return
	[ "$(sed -n 's/^inodes = //p' facts)" -ge \
		"$(find layer | wc -l)" ] && echo facts-hold
}

if [ "$1" = inside ]; then
	# in a chroot "/" is no mount that could be made private
	mount --make-rprivate / 2>/dev/null ||
		{ mount --bind "$T_TMP" "$T_TMP" &&
			mount --make-private "$T_TMP"; } || exit
	inside
	exit
fi

out=$(unshare -m --propagation unchanged env T_TMP="$T_TMP" BIN="$BIN" O="$O" \
	bash "$0" inside 2>&1)
has() { printf '%s\n' "$out" | grep -aq "^$1\$"; }
t_begin "the union of base and unpacked overlay is what the build saw"
if has same-tree; then t_ok; else t_fail "$out"; fi
t_begin "cpio reads the same files, owners, links and dates"
if has same-cpio; then t_ok; else t_fail "$out"; fi
t_begin "unpacked and inodes are upper bounds, and near"
if has facts-hold; then t_ok; else t_fail "$out"; fi
t_begin "a zoo of 10,000 entries, and what a role did to it"
if has 'zoo .*'; then t_ok "$(printf '%s\n' "$out" | grep -a '^zoo ')"
else t_fail "$out"; fi
t_begin "/init's unpacker makes the same union"
if has same-boot; then t_ok
elif [ ! -x "$O/tests/unpack/bootunpack" ]; then t_skip "no bootunpack"
else t_fail "$out"; fi
