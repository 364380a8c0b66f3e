#!/bin/bash
# SPDX-License-Identifier: MIT
# t4050-look: ls, cat and diff see what the kernel sees in a mount of the same
# layers; unsquashfs and cpio judge single ones.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need setfattr attr
need setcap libcap2-bin
need jq jq

# the open case passes when both files are equal
same()
{
	if diff "$1" "$2" >"$T_TMP/out"; then t_ok; else
		t_fail "$(head -n 5 "$T_TMP/out")"
	fi
}

m=$T_TMP/m
site=$T_TMP/fix/site
w=$m/w

# what a package manager leaves, and what hides it
fill_base()
{
	mkdir -p "$1"/{etc/systemd/system/multi-user.target.wants,opq/deep} \
		"$1"/{usr/bin,var/lib/dpkg,gone/deep,dir2file/x,a,a-b} || return
	cat >"$1/var/lib/dpkg/status" <<-'END'
		Package: kept
		Status: install ok installed
		Architecture: all
		Version: 1.0

		Package: raised
		Status: install ok installed
		Architecture: amd64
		Version: 1.0-1

		Package: left
		Status: deinstall ok config-files
		Architecture: all
		Version: 9
	END
	printf 'root:x:0:0::/root:/bin/sh\n' >"$1/etc/passwd"
	for f in opq/deep/old gone/deep/old dir2file/x/old a/x a-b/x; do
		echo "$f" >"$1/$f"
	done
	echo tool >"$1/usr/bin/tool"
	ln "$1/usr/bin/tool" "$1/usr/bin/other name"
	chmod 4755 "$1/usr/bin/tool"
	cp "$1/usr/bin/tool" "$1/usr/bin/capable"
	setcap cap_net_raw+ep "$1/usr/bin/capable"
	setfattr -n user.note -v 'a b' "$1/a/x"
	ln -s ../usr "$1/a/up"
	ln -s loop "$1/loop"
	mknod "$1/a/null" c 1 3
	: >"$1/etc/$(printf 'two\nlines')"
	head -c 300000 /dev/urandom >"$1/etc/noise2"
}

change()
{
	rm -r "$1/gone" "$1/opq" "$1/dir2file" "$1/a-b/x"
	mkdir "$1/opq"
	echo new >"$1/opq/new"
	echo file >"$1/dir2file"
	sed -i 's/1.0-1/1.0-2/' "$1/var/lib/dpkg/status"
	printf 'Package: added\nStatus: install ok installed\n%s\n' \
		$'Architecture: all\nVersion: 3' >"$1/added"
	{ echo; cat "$1/added"; } >>"$1/var/lib/dpkg/status"
	rm "$1/added"
	echo 'web:x:33:33::/var/www:/bin/false' >>"$1/etc/passwd"
	ln -s ../x.service \
		"$1/etc/systemd/system/multi-user.target.wants/x.service"
	ln -s /dev/null "$1/etc/systemd/system/y.service"
	chmod 755 "$1/usr/bin/tool"
	echo one >"$1/h1"
	ln "$1/h1" "$1/a/h2"
	: >"$1/etc/$(printf '\377 %%')"
}

fixture()
{
	mkdir -p "$m" && mount -t tmpfs none "$m" && mkdir -p "$w" \
		"$m"/{lower,union} "$w"/{upper,work} || return
	fill_base "$T_TMP/fix/root" && tiny_tree || return
	image=$site/build/bases/tiny/base.squashfs
	mount -o ro,loop "$image" "$m/lower" &&
		mount -t overlay -o "lowerdir=$m/lower,upperdir=$w/upper,workdir=$w/work" \
			overlay "$m/union" && change "$m/union" &&
		tiny_overlay web "$w/upper" setid,caps,devnodes &&
		slipway publish -C "$site"
}

check 'fixture: a base, a changed union, a published role' fixture

# Every fact that both can tell, a line an entry. find's %s of a folder is the
# file system's own business.
by_kernel() # DIR
{
	(
		cd "$1" && find . -printf \
			'%P\t%y\t%#m\t%U\t%G\t%T@\t%s\t%n\t%l\0' |
			sed -zE 's/\.[0-9]{10}\t/\t/' | LC_ALL=C sort -z |
			awk 'BEGIN { RS = "\0"; FS = OFS = "\t" }
			$2 == "f" { $2 = "-" }
			{ $3 = sprintf("%04d", $3) }
			$2 != "-" { $7 = ""; $8 = "" }
			$2 == "l" { $3 = "0777" }
			{ print }'
	)
}

by_ls() # THING
{
	slipway ls -C "$site" --json "$1" | jq -r '[
		(.path | if . == "." then "" else . end |
			gsub("%FF"; "\u0001") | gsub("%0A"; "\n") |
			gsub("%25"; "%")),
		.type, .mode, .uid, .gid, .mtime,
		(.size // ""), (if .type == "-" then .links // 1 else "" end),
		(.target // "")] | join("\t")' | LC_ALL=C tr '\001' '\377'
}

t_begin "a base, as the kernel mounts it"
by_kernel "$m/lower" >"$T_TMP/want"
by_ls "$image" >"$T_TMP/got"
same "$T_TMP/want" "$T_TMP/got"

t_begin "a role, as the kernel's union of its layers"
by_kernel "$m/union" >"$T_TMP/want"
by_ls web >"$T_TMP/got"
same "$T_TMP/want" "$T_TMP/got"

t_begin "the same by the tree's folder and a root certificate"
if [ "$(slipway ls --root "$site/keys/root.crt" "$site/public:web")" = \
	"$(slipway ls -C "$site" web)" ]; then t_ok; else t_fail; fi

t_begin 'contents, as the kernel reads them'
(cd "$m/union" && find . -type f -printf '%P\0' | LC_ALL=C sort -z |
	xargs -0 sha256sum -b | sed 's/^\\//' | cut -c 1-64) >"$T_TMP/want"
slipway ls -C "$site" --json --hash web | jq -r '.sha256 // empty' \
	>"$T_TMP/got"
same "$T_TMP/want" "$T_TMP/got"

t_begin 'attributes'
slipway ls --json "$image" | jq -r '.xattrs // empty | to_entries[] |
	.key + "=" + .value' >"$T_TMP/got"
cat >"$T_TMP/want" <<-END
	user.note=$(printf 'a b' | od -An -tx1 | tr -d ' \n')
	security.capability=$(getfattr --only-values -n security.capability \
		"$m/lower/usr/bin/capable" | od -An -tx1 | tr -d ' \n')
END
same "$T_TMP/want" "$T_TMP/got"

t_begin 'an archive by itself, as cpio lists it'
overlay=$site/build/overlays/web/overlay.cpio.gz
zcat "$overlay" | cpio -t --quiet 2>/dev/null | grep -v '^.slipway-overlay' |
	LC_ALL=C sort | grep -av $'\377' >"$T_TMP/want"
slipway ls "$overlay" | grep -v '^-\|%' >"$T_TMP/got"
same "$T_TMP/want" "$T_TMP/got"

t_begin '... and what it deletes'
slipway ls "$overlay" | sed -n 's/^-//p' >"$T_TMP/got"
printf '%s\n' a-b/x gone >"$T_TMP/want"
same "$T_TMP/want" "$T_TMP/got"

t_begin 'only what is below a path'
slipway ls -C "$site" web /usr/bin/ >"$T_TMP/got"
printf 'usr/bin%s\n' '' /capable '/other name' /tool >"$T_TMP/want"
same "$T_TMP/want" "$T_TMP/got"

t_begin 'the long form'
if slipway ls -C "$site" -l web usr/bin/capable |
	grep -q '^-rwxr-xr-x     0     0 .* usr/bin/capable \[cap 2000=ep\] \[tiny\]$'; then
	t_ok
else
	t_fail "$(slipway ls -C "$site" -l web usr/bin/capable)"
fi

t_begin 'cat follows links inside the tree, also of an archive'
if [ "$(slipway cat -C "$site" web /a/up/bin/tool)" = tool ] &&
	[ "$(slipway cat "$overlay" a/h2 opq/new)" = $'one\nnew' ] &&
	slipway cat "$image" etc/noise2 | cmp -s - "$m/lower/etc/noise2"; then
	t_ok
else
	t_fail
fi

t_begin 'cat: a link in a circle'
expect_fail 1 'loop: Too many levels of symbolic links' slipway cat \
	-C "$site" web loop
t_begin 'cat: what the role deletes'
expect_fail 1 'gone/deep/old: No such file' slipway cat -C "$site" web \
	gone/deep/old
t_begin 'cat: a folder'
expect_fail 1 'etc: not a regular file' slipway cat -C "$site" web etc
t_begin 'ls: no such role'
expect_fail 1 'nobody: no role, base or overlay of that name' slipway ls \
	-C "$site" nobody
t_begin 'ls: no layer'
expect_fail 1 'neither a squashfs nor an overlay' slipway ls "$0"
t_begin 'ls: an archive that is cut'
head -c 200 "$overlay" >"$T_TMP/cut"
expect_fail 1 "$T_TMP/cut: " slipway ls "$T_TMP/cut"
t_begin 'ls: an image that is cut'
head -c 3000 "$image" >"$T_TMP/cut"
expect_fail 1 "$T_TMP/cut: cut short" slipway ls "$T_TMP/cut"
t_begin 'ls: a manifest of somebody else'
expect_fail 1 'manifest.cms: ' slipway ls \
	--root "$T_TMP/fix/stranger/keys/root.crt" "$site/public:web"
t_begin 'usage'
expect_fail 2 'expected an old one and a new one' slipway diff x

t_begin 'diff in people'\''s terms'
cat >"$T_TMP/want" <<-'END'
	packages
	  + added:all 3
	  ~ raised:amd64 1.0-1 -> 1.0-2
	units
	  + x.service in multi-user.target enabled
	  + y.service masked
	privileges
	  - usr/bin/tool 4755 0:0
	accounts
	  + user web x:33:33::/var/www:/bin/false
END
slipway diff -C "$site" "$image" web | sed '/^sizes/,$d' >"$T_TMP/got"
same "$T_TMP/want" "$T_TMP/got"

t_begin 'diff counts and names what differs'
slipway diff -C "$site" -f "$image" web | sed -n '/^files/,$p' |
	grep -v 'etc/role\|%FF' >"$T_TMP/got"
if grep -qx '  ~ dir2file (type)' "$T_TMP/got" &&
	grep -qx '  - opq/deep/old' "$T_TMP/got" &&
	grep -qx '  + a/h2' "$T_TMP/got" &&
	grep -qx '  ~ usr/bin/tool (mode)' "$T_TMP/got" &&
	! grep -q noise "$T_TMP/got"; then t_ok; else
	t_fail "$(cat "$T_TMP/got")"
fi

t_begin 'diff: one bit of contents, sizes and dates equal'
mkdir "$T_TMP/bit"
printf 'a' >"$T_TMP/bit/f"
touch -d @1 "$T_TMP/bit/f" "$T_TMP/bit"
mksquashfs "$T_TMP/bit" "$T_TMP/1.sqfs" -quiet -no-progress >/dev/null
printf 'b' >"$T_TMP/bit/f"
touch -d @1 "$T_TMP/bit/f" "$T_TMP/bit"
mksquashfs "$T_TMP/bit" "$T_TMP/2.sqfs" -quiet -no-progress >/dev/null
if slipway diff --exit-code "$T_TMP/1.sqfs" "$T_TMP/1.sqfs" >"$T_TMP/got" &&
	! slipway diff --exit-code -f "$T_TMP/1.sqfs" "$T_TMP/2.sqfs" \
		>>"$T_TMP/got" &&
	grep -qx '  ~ f (content)' "$T_TMP/got"; then t_ok; else
	t_fail "$(cat "$T_TMP/got")"
fi

t_begin 'diff --json'
if slipway diff -C "$site" --json "$image" web | jq -e '
	(.packages | map(.name)) == ["added:all", "raised:amd64"] and
	(.files | map(select(.path == "usr/bin/tool"))[0] |
		.differ == ["mode"] and .old.mode == "4755" and
		.new.mode == "0755")' >"$T_TMP/out"; then t_ok; else
	t_fail
fi
