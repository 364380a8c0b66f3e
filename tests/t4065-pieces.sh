#!/bin/bash
# SPDX-License-Identifier: MIT
# t4065-pieces: what a role adds to an initrd: programs with the libraries of
# the base, start-up pieces that run on machines of that role and no other, in
# boots over the network and as a ramdisk; and how they fail.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"

requires_root
need busybox busybox-static
need mksquashfs squashfs-tools
need cpio cpio
need zstd zstd
cd "$T_TMP" || exit
export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH

slipway() { "$BIN/slipway" "$@"; }
fix=$T_TMP/fix
site=$fix/site
overlay=$site/build/overlays

# a base with a shell and one program that needs libraries
base_with_programs()
{
	local r=$fix/root f
	tree_setup "$fix" && rm -rf "$site"/bases/debian13 "$site"/roles/* &&
		mkdir -p "$r"/usr/{bin,lib64} && rmdir "$r/tmp" &&
		mkdir "$r/tmp" && ln -s usr/bin "$r/bin" &&
		ln -s usr/lib64 "$r/lib64" &&
		cp "$(command -v busybox)" "$r/usr/bin/busybox" || return
	for f in sh cat chmod head mkdir sed sleep test tr; do
		ln -s busybox "$r/usr/bin/$f"
	done
	for f in $(ldd /usr/bin/factor | grep -o '/[^ ]*') /usr/bin/factor; do
		mkdir -p "$r${f%/*}" && cp "$f" "$r$f" || return
	done
	sed -i '/^default-role/d' "$site/site.conf"
	slipway base -C "$site" --from "$r" tiny
}

piece() # ROLE NAME, its text on standard input
{
	mkdir -p "$site/roles/$1/initrd/init.d"
	cat >"$site/roles/$1/initrd/init.d/$2"
	chmod +x "$site/roles/$1/initrd/init.d/$2"
}

role() # NAME LINE...
{
	mkdir -p "$site/roles/$1/files/etc"
	echo "$1" >"$site/roles/$1/files/etc/role"
	printf '%s\n' '[role]' 'base = tiny' "${@:2}" \
		>"$site/roles/$1/role.conf"
}

run() # NAME CMD...
{
	t_begin "$1"
	shift
	if "$@" >out 2>&1; then t_ok; else t_fail "$(tail -n 5 out)"; fi
}

refuses() # NAME TEXT: overlay burnin does
{
	t_begin "refused: $1"
	slipway overlay -C "$site" burnin >out 2>&1
	case $?$(cat out) in
	1*"$2"*'initrd/: exit status 1'*) t_ok ;;
	*) t_fail "$(cat out)" ;;
	esac
}

released()
{
	slipway overlay -C "$site" burnin plain bad &&
		slipway initrd -C "$site" --no-modules --roles burnin,bad &&
		slipway publish -C "$site"
}

unpack() # INITRD FOLDER: archives one behind the other
{
	mkdir -p "$2" && (cd "$2" && case $1 in
	*ram*) cpio -idm --quiet && zstd -dcq | cpio -idm --quiet ;;
	*) zstd -dcq | cpio -idm --quiet ;;
	esac) <"$1"
}

boot() # ROLE
{
	"$T_ROOT/tests/nsboot" "$T_TMP/initrd" "$site/public" \
		"slipway.url=http://127.0.0.1:8080 ip=none slipway.panic=halt,0 slipway.role=$1" >out 2>&1
}

run 'a base with a shell and a program' base_with_programs
role below
piece below 50-first <<'S'
#!/bin/sh
echo "piece of $SLIPWAY_ROLE: first"
S
role burnin 'depends = below'
echo '# tools
factor' >"$site/roles/burnin/initrd.tmp"
mkdir -p "$site/roles/burnin/initrd"
mv "$site/roles/burnin/initrd.tmp" "$site/roles/burnin/initrd/binary-deps"
piece burnin 20-second <<'S'
#!/bin/sh
echo "piece of $SLIPWAY_ROLE: second, pid 1 is $(test -d /proc/1 && echo there)"
sleep 98752 &
S
piece burnin 10-first <<'S'
#!/bin/sh
echo "piece of $SLIPWAY_ROLE: $(factor 15)"
S
role plain
role bad
piece bad 10-fails <<'S'
#!/bin/sh
exit 7
S

run 'roles build, an initrd has what they bring' released
[ "$t_bad" = 0 ] || exit
t_begin 'programs, loader, libraries and shell, and nothing of it in the overlay'
slipway initrd -C "$site" --no-modules --roles burnin,bad,below -n >plan 2>&1
if (cd "$overlay/burnin/initrd" && [ -x usr/bin/factor ] &&
	ls lib64/ld-linux*.so.* && find . -name 'libc.so.6' | grep -q . &&
	find . -name 'libgmp.so*' | grep -q . && [ -x bin/sh ] &&
	[ -x slipway/init.d/burnin/10-first ]) >out 2>&1 &&
	grep -q ' usr/bin/factor$' plan &&
	slipway ls -C "$site" burnin >names 2>&1 &&
	! grep -q 'init\.d' names; then t_ok; else t_fail "$(cat out plan names)"; fi
t_begin 'packed again: unchanged'
slipway initrd -C "$site" --no-modules --roles burnin,bad >out 2>&1
if grep -q unchanged out; then t_ok; else t_fail "$(cat out)"; fi
t_begin '... until a role is built with others'
echo 'echo changed' >>"$site/roles/burnin/initrd/init.d/10-first"
slipway overlay -C "$site" burnin >out 2>&1
slipway initrd -C "$site" --no-modules --roles below,burnin,bad >>out 2>&1
if grep -q 'initrd tiny: [0-9]* bytes' out &&
	grep -q changed "$overlay/burnin/initrd/slipway/init.d/burnin/10-first"
then t_ok; else t_fail "$(cat out)"; fi
run 'published' slipway publish -C "$site"
unpack "$site/build/initrd/tiny/initrd.img" initrd

t_begin 'a machine of the role runs them, those of the role below first'
boot burnin
if [ "$(tr -d '\r' <out | grep -o 'piece of .*' | tr '\n' ';')" = \
	'piece of below: first;piece of burnin: 15: 3 5;piece of burnin: second, pid 1 is there;' ] &&
	grep -q '^BOOT-OK' out; then t_ok; else t_fail "$(tail -n 30 out)"; fi
t_begin '... and what they leave behind has ended'
if pgrep -f 'sleep 98752' >/dev/null; then t_fail; else t_ok; fi
t_begin 'a machine of another role runs none'
boot plain
if grep -q '^BOOT-OK' out && ! grep -q 'piece of' out; then t_ok; else
	t_fail "$(tail -n 5 out)"
fi
t_begin 'one that fails ends the boot: E-PIECE, its name and its status'
boot bad
if grep -q 'slipway: E-PIECE: init.d/10-fails of role bad: exit status 7' out &&
	! grep -q BOOT-OK out; then t_ok; else t_fail "$(tail -n 5 out)"; fi
t_begin 'a piece that was put there later: E-INITRD'
cp -a initrd kept && cp initrd/slipway/init.d/burnin/10-first \
	initrd/slipway/init.d/plain-x
boot plain
if grep -q 'slipway: E-INITRD' out; then t_ok; else t_fail "$(tail -n 5 out)"; fi
rm -rf initrd && mv kept initrd

run 'a ramdisk of the role' slipway ramdisk -C "$site" -o ram burnin
unpack "$T_TMP/ram/initrd.img" whole
t_begin '... runs them too, with nothing else there'
"$T_ROOT/tests/nsboot" --no-server "" "$T_TMP/whole" /nonexistent \
	'slipway.panic=halt,0' >out 2>&1
if grep -q '^BOOT-OK' out && grep -q 'piece of burnin: 15: 3 5' out; then
	t_ok; else t_fail "$(tail -n 5 out)"; fi

t_begin 'refused: a role that adds nothing'
expect_fail 1 'role plain: adds nothing to an initrd' slipway initrd \
	-C "$site" --no-modules --roles plain
t_begin 'refused: a role that is not built'
expect_fail 1 "run 'slipway overlay none'" slipway initrd -C "$site" \
	--no-modules --roles none
t_begin 'refused: what is no name'
expect_fail 2 "'../x' is no name" slipway initrd -C "$site" --roles ../x
t_begin 'refused: two that bring another program by one name'
role other
piece other 10-x <<<'#!/usr/bin/sh'
slipway overlay -C "$site" other >out 2>&1
mkdir -p "$overlay/other/initrd/usr/bin"
echo x >"$overlay/other/initrd/usr/bin/factor"
expect_fail 1 'usr/bin/factor: two roles bring it' slipway initrd -C "$site" \
	--no-modules --roles burnin,other
echo nonesuch >>"$site/roles/burnin/initrd/binary-deps"
refuses 'a program that is not there' "no program 'nonesuch'"
sed -i '$d' "$site/roles/burnin/initrd/binary-deps"
chmod -x "$site/roles/burnin/initrd/init.d/10-first"
refuses 'a piece that would not run' 'init.d/10-first: not executable'
chmod +x "$site/roles/burnin/initrd/init.d/10-first"
mkdir "$site/roles/burnin/initrd/udev.d"
: >"$site/roles/burnin/initrd/udev.d/90-x.rules"
refuses 'rules without udev' 'packages = udev'
rm -r "$site/roles/burnin/initrd/udev.d"
: >"$site/roles/burnin/initrd/binary-dep"
refuses 'a name that means nothing' 'binary-dep: none of'
t_begin '... and nothing half done is left'
if [ ! -e "$overlay/burnin/initrd.new" ] &&
	[ -x "$overlay/burnin/initrd/usr/bin/factor" ]; then t_ok; else
	t_fail "$(ls "$overlay/burnin")"
fi
rm -r "$site/roles/burnin/initrd"
slipway overlay -C "$site" burnin >out 2>&1
t_begin 'a role that no longer adds anything'
if [ ! -e "$overlay/burnin/initrd" ]; then t_ok; else
	t_fail "$(ls "$overlay/burnin")"
fi
