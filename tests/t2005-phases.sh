#!/bin/bash
# SPDX-License-Identifier: MIT
# t2005-phases.sh: where roles are found, what they exclude and provide, what
# they bring from elsewhere, break points, times and records; and that a hook
# which fails, in whatever phase, leaves nothing.
. "$(dirname "$0")/lib.sh"

requires_root
need busybox busybox-static
need mksquashfs squashfs-tools
need git git
need curl curl
need script bsdutils
need jq jq

export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH
cd "$T_TMP" || exit
S=$T_TMP/site
OUT=$S/build/overlays
mkdir -p root/{usr/bin,etc,proc,sys,dev,run,tmp} "$S"/{roles,more,build/bases/tiny}
ln -s usr/bin root/bin
cp "$(command -v busybox)" root/usr/bin/busybox
for c in sh cat chmod chown cp echo env find grep head ls mkdir rm sleep stat touch
do ln -s busybox root/usr/bin/$c; done
echo 'root:x:0:0::/root:/bin/sh' >root/etc/passwd
mksquashfs root "$S/build/bases/tiny/base.squashfs" -quiet -no-progress \
	>/dev/null
printf '[base]\nname = tiny\ndigest = %s\ncreated = 1600000000\n' \
	"$(sha256sum <"$S/build/bases/tiny/base.squashfs" | cut -c1-64)" \
	>"$S/build/bases/tiny/base.info"
printf '[site]\nname = t\nurl = http://127.0.0.1/\nroles-path = more\n' \
	>"$S/site.conf"

role() # DIR/NAME LINE...
{
	mkdir -p "$S/$1"
	printf '%s\n' '[role]' 'base = tiny' "${@:2}" >"$S/$1/role.conf"
}

hook() # DIR/NAME PHASE NAME
{
	mkdir -p "$S/$1/hooks/$2.d"
	{ echo '#!/bin/sh -e'; cat; } >"$S/$1/hooks/$2.d/$3"
	chmod +x "$S/$1/hooks/$2.d/$3"
}

ovl() { "$BIN/slipway-overlay" -C "$S" "$@"; }

inside() # ROLE FILE
{
	"$BIN/slipway-overlay" --unpack "$OUT/$1/overlay.cpio.gz" -o un &&
		cat "un/$2"
	rm -rf un
}

leftovers()
{
	grep -c "$T_TMP" /proc/mounts
	losetup -a | grep -c "$T_TMP"
	find "$S/build" -name '*.??????' -o -name work | wc -l
	# by their program: nothing of a build outlives it
	find /proc -maxdepth 2 -name root -lname "$T_TMP*" 2>/dev/null | wc -l
}

# where roles are found
role more/a 'packages ='
role roles/b 'depends = a'
export SLIPWAY_SHARE=$T_TMP/share
mkdir -p share
cp -a "$T_ROOT/overlay/helpers" share/
mkdir -p share/roles/stock
printf '[role]\nbase = debian99\n' >share/roles/stock/role.conf
role roles/c 'depends = stock'
t_begin 'a role of roles-path is found'
case $(ovl -n b) in *"from $S/more/a"*"from $S/roles/b"*) t_ok ;;
*) t_fail "$(ovl -n b)" ;; esac
t_begin 'a stock role is found, and stands on the base that is asked for'
case $(ovl -n c) in
*'overlay stock on base tiny, from '*share/roles/stock*) t_ok ;;
*) t_fail "$(ovl -n c 2>&1)" ;; esac
t_begin 'a role of the site comes before a stock role of that name'
role roles/stock
case $(ovl -n c) in *"stock on base tiny, from $S/roles/stock"*) t_ok ;;
*) t_fail "$(ovl -n c 2>&1)" ;; esac

# what roles need of each other
role roles/apache 'provides = web-server'
role roles/nginx 'provides = web-server' 'conflicts = telnetd'
role roles/app 'depends = nginx web-server'
role roles/two 'depends = nginx apache'
role roles/none 'depends = web-server'
role roles/telnetd
role roles/bad 'depends = telnetd nginx'
t_begin 'a name that another role provides'
if ovl -n app >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'a name that nobody provides'
expect_fail 1 "role none: depends: no role 'web-server'" ovl -n none
t_begin 'a name that two provide'
expect_fail 1 "'web-server' is provided by role" ovl -n two
t_begin 'roles that exclude each other'
expect_fail 1 "role nginx: conflicts: 'telnetd' is the role telnetd" ovl -n bad

# sources: a repository, a tar and a file, all on this machine
mkdir -p up/tree
echo one >up/tree/file
(cd up/tree && git init -q && git add . && git -c user.name=t \
	-c user.email=t@localhost commit -qm one) >out 2>&1
commit=$(git -C up/tree rev-parse HEAD)
tar -C up/tree --exclude=.git -czf up/a.tgz .
echo data >up/data
sum() { sha256sum <"$1" | cut -c1-64; }
role roles/src
{
	echo '# what it is made from'
	echo "repo git file://$T_TMP/up/tree $commit"
	echo "tree tar file://$T_TMP/up/a.tgz $(sum up/a.tgz)"
	echo "data file file://$T_TMP/up/data $(sum up/data)"
} >"$S/roles/src/sources"
hook roles/src extra-data 10-host <<'E2'
cat "$SLIPWAY_SOURCES/repo/file" >"$SLIPWAY_DATA/x"
E2
hook roles/src install 10-use <<'E2'
cat "$SLIPWAY_DATA/x" "$SLIPWAY_SOURCES/repo/file" "$SLIPWAY_SOURCES/tree/file" \
	"$SLIPWAY_SOURCES/data" >/etc/sources
E2
t_begin '--offline with nothing cached'
expect_fail 1 'source repo: not cached, and --offline' ovl --offline src
t_begin 'sources are there for hooks, inside and on the host'
if ovl src >out 2>&1 && [ "$(inside src etc/sources | tr '\n' ' ')" = \
	'one one one data ' ]; then t_ok; else t_fail "$(cat out)"; fi
mv up gone
t_begin '--offline with all cached: the same bytes'
one=$(sum "$OUT/src/overlay.cpio.gz")
if ovl --offline --force src >out 2>&1 &&
	[ "$one" = "$(sum "$OUT/src/overlay.cpio.gz")" ]; then t_ok; else
	t_fail "$(cat out)"
fi
mv gone up
echo other >up/data
rm -f cache/sources/"$(grep ^data "$S/roles/src/sources" | cut -d' ' -f4)"
t_begin 'a source that is not what it was'
ovl --force src >out 2>&1
case $?$(cat out) in 1*'source data: '*'expected SHA-256 '*', found '*) t_ok ;;
*) t_fail "$(cat out)" ;; esac
role roles/src2
echo 'x git ext::sh 0123' >"$S/roles/src2/sources"
t_begin 'a source that is none'
expect_fail 1 'sources:1: not ' ovl -n src2

# times, records, helpers
role roles/rec 'packages ='
mkdir -p "$S/roles/rec/hooks/environment.d" tree/sub
echo 'COLOUR=blue' >"$S/roles/rec/hooks/environment.d/x"
echo deep >tree/sub/f
hook roles/rec install 10-sleep <<'E2'
sleep 0.2
slipway-module load dummy
slipway-module load dummy
slipway-module block floppy
E2
hook roles/rec finalise 20-host <<E2
slipway-tree $T_TMP/tree /srv/t 5:6
echo 'ssh-ed25519 AAAA x' | slipway-key root -
E2
t_begin 'hooks have helpers, inside and on the host'
if ovl --json --force rec >out 2>err &&
	[ "$(inside rec etc/modules-load.d/slipway.conf)" = dummy ] &&
	[ "$(inside rec etc/modprobe.d/slipway.conf)" = \
		'install floppy /bin/false' ] &&
	[ "$(inside rec srv/t/sub/f)" = deep ] &&
	[ "$(inside rec root/.ssh/authorized_keys)" = 'ssh-ed25519 AAAA x' ]
then t_ok; else t_fail "$(cat err)"; fi
t_begin 'each hook took its time, said at the end and in JSON'
if jq -e '.hooks[0].hook == "install.d/10-sleep" and .hooks[0].ms >= 200 and
	.hooks[1].hook == "finalise.d/20-host"' out >/dev/null &&
	grep -q '^ *[0-9]*\.[0-9]* s  install.d/10-sleep$' err; then t_ok; else
	t_fail "$(cat out err)"
fi
t_begin 'the image says what it was made from, overlay.info how'
inside rec usr/lib/slipway/roles/rec >text
if grep -qx COLOUR=blue text && grep -qx 'hook = install.d/10-sleep' text &&
	grep -qx "arguments = -C $S --json --force rec" "$OUT/rec/overlay.info"
then t_ok; else t_fail "$(cat text "$OUT/rec/overlay.info")"; fi

# break points
t_begin '--break without a terminal'
expect_fail 2 'needs a terminal' ovl --break before-install rec
t_begin '--break at what is no point'
expect_fail 2 "'after-lunch' is not" ovl --break after-lunch rec
# what_shell_says AT ROLE: the one there, which then ends
what_shell_says()
{
	# shellcheck disable=SC2016
	printf 'echo at-$SLIPWAY_PHASE-$(test -d "$SLIPWAY_ROOT/etc"; echo $?)\nexit\n' |
		timeout 60 script -qec "$BIN/slipway-overlay -C $S --force \
		--break $1 $2" typed 2>&1 | tr -d '\r'
}

for p in extra-data pre-install install post-install cleanup finalise; do
	for at in before-$p after-$p; do
		t_begin "--break $at: a shell there, and the build goes on"
		what_shell_says "$at" rec >out
		# one, which sees the image: as its root or at SLIPWAY_ROOT
		if [ "$(grep -c "at-$p-0" out)" = 1 ] &&
			grep -q '^overlay rec: [0-9]* bytes' out; then t_ok
		else t_fail "$(cat out)"; fi
	done
done
role roles/wrong
hook roles/wrong install 50-no </dev/null
echo 'exit 9' >>"$S/roles/wrong/hooks/install.d/50-no"
t_begin '--break after-error: a shell where it failed, and no overlay'
what_shell_says after-error wrong >out
if grep -q 'at-install-0' out && grep -q '50-no: exit status 9' out &&
	[ ! -e "$OUT/wrong/overlay.cpio.gz" ]; then t_ok
else t_fail "$(cat out)"; fi

# a failing hook in each phase
before=$(leftovers)
for p in extra-data pre-install install post-install cleanup finalise; do
	rm -rf "$S/roles/fail"
	role roles/fail
	hook roles/fail $p 50-no <<'E2'
sleep 1000 &
echo word in $SLIPWAY_PHASE
exit 9
E2
	t_begin "a hook that fails in $p: named, and nothing left"
	ovl fail >out 2>&1
	status=$?
	case $status$(cat out) in
	1*"word in $p"*"hooks/$p.d/50-no: exit status 9"*"s  $p.d/50-no"*)
		if [ "$(leftovers)" = "$before" ]; then t_ok; else
			t_fail "$before / $(leftovers)"
		fi ;;
	*) t_fail "status $status: $(cat out)" ;;
	esac
done

# a disk that is full, below the build folder and below the cache
mkdir small
mount -t tmpfs -o size=2M,mode=700 small small
cp -a "$S" small/site
mounted=$(leftovers)
rm -rf small/site/build/overlays
role roles/wide
hook roles/wide install 10-wide <<'E2'
head -c 3000000 /dev/urandom >/etc/wide
E2
cp -a "$S/roles/wide" small/site/roles/
for keep in '' --keep; do
	t_begin "a full disk, ${keep:-when packing}: said, and nothing left"
	# shellcheck disable=SC2086
	"$BIN/slipway-overlay" -C small/site $keep wide >out 2>&1
	status=$?
	left=$(find small/site/build -name 'overlay.*')
	after=$(leftovers)
	case $status$(cat out) in
	1*[Nn]'o space left'*)
		if [ -z "$left" ] && [ "$after" = "$mounted" ]; then t_ok; else
			t_fail "$left $after"; fi ;;
	*) t_fail "status $status: $(cat out)" ;;
	esac
done
umount small
