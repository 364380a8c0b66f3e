#!/bin/bash
# SPDX-License-Identifier: MIT
# t2003-packages.sh: roles with real packages on a small Debian base: setgid
# programs, users, byte code, services, and the same bytes twice.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/user.sh"

requires_root
need mmdebstrap mmdebstrap
need mksquashfs squashfs-tools

export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH
SITE=$T_TMP/site
OVL="$BIN/slipway-overlay -C $SITE"
BASE=$SITE/build/bases/small

mkdir -p "$BASE"
if ! mmdebstrap --quiet --variant=minbase trixie "$T_TMP/root.tar" \
	>"$T_TMP/log" 2>&1; then
	t_begin "a base to stand on"
	t_skip "no base: $(tail -n 1 "$T_TMP/log")"
	exit
fi
mksquashfs - "$BASE/base.squashfs" -tar -quiet -no-progress -comp zstd \
	-Xcompression-level 1 <"$T_TMP/root.tar" >/dev/null 2>&1
rm "$T_TMP/root.tar"
printf '[base]\nname = small\nsuite = trixie\ncreated = 1760000000\ndigest = %s\n' \
	"$(sha256sum <"$BASE/base.squashfs" | cut -c1-64)" >"$BASE/base.info"
printf '[site]\nname = test\nurl = http://127.0.0.1/\n' >"$SITE/site.conf"

role() { # NAME LINE...
	mkdir -p "$SITE/roles/$1"
	{ echo '[role]'; echo 'base = small'; shift; printf '%s\n' "$@"; } \
		>"$SITE/roles/$1/role.conf"
}
role unknown "packages = hello no-such-package"
t_begin "an unknown package is named"
out=$($OVL unknown 2>&1)
case $?$out in
1*"no package 'no-such-package'"*) t_ok ;;
*) t_fail "$out" ;;
esac

# another cache with the same .debs: what a site of its own has
mkdir "$T_TMP/cache2"
ln -s "$CACHE/debs" "$T_TMP/cache2/debs"
t_begin "who has the same folder of .debs waits"
exec 9<"$CACHE/debs"
flock 9
CACHE=$T_TMP/cache2 $OVL --offline unknown >"$T_TMP/out" 2>&1 9<&- &
pid=$!
until grep -q "waiting for another build" "$T_TMP/out"; do
	kill -0 $pid 2>/dev/null || break
	sleep 0.1
done
exec 9<&-
wait $pid
case $?$(cat "$T_TMP/out") in
1*"waiting for another build's apt-get"*"no package"*) t_ok ;;
*) t_fail "$(cat "$T_TMP/out")" ;;
esac

PKG='packages = openssh-server python3-minimal'
role ssh "$PKG"
t_begin "a package's setgid program needs its grant"
out=$($OVL ssh 2>&1)
case $?$out in
1*"usr/bin/ssh-agent: a setuid or setgid file"*) t_ok ;;
*) t_fail "$out" ;;
esac

role ssh "$PKG" "grants = setid,caps"
t_begin "with it the role builds"
if out=$($OVL ssh 2>&1); then t_ok; else t_fail "$out"; fi
FILE=$SITE/build/overlays/ssh/overlay.cpio.gz
"$BIN/slipway-overlay" --unpack "$FILE" -o "$T_TMP/un"

t_begin "the package is there, and its user"
if [ -x "$T_TMP/un/usr/sbin/sshd" ] &&
	grep -q ^sshd: "$T_TMP/un/etc/passwd"; then t_ok; else t_fail; fi
t_begin "host keys, byte code, lists and diaries are not"
out=$(cd "$T_TMP/un" && find . -name '*.pyc' -o -name 'ssh_host_*' -o \
	-path './var/lib/apt/lists/*' -o -path './var/log/apt/*' -o \
	-path './var/cache/apt/*' -o -name '*-old' -o -name policy-rc.d)
if [ -z "$out" ]; then t_ok; else t_fail "$out"; fi
t_begin "no service was started"
if [ -z "$(find "$T_TMP/un/run" -name '*.pid' 2>/dev/null)" ] &&
	! grep -q 'sshd.*listening' "$SITE/build/overlays/ssh/build.log"
then t_ok; else t_fail; fi

t_begin "built again later, in another zone and locale: the same bytes"
old=$(sha256sum <"$FILE")
out=$(TZ=Asia/Tokyo LANG=tr_TR.UTF-8 $OVL --force ssh 2>&1)
if [ -s "$FILE" ] && [ "$old" = "$(sha256sum <"$FILE")" ]; then t_ok
else
	"$BIN/slipway-overlay" --unpack "$FILE" -o "$T_TMP/un2"
	t_fail "$(diff -r --no-dereference "$T_TMP/un" "$T_TMP/un2" | head -n 9)"
fi

t_begin 'without a mirror, from what is cached: the same bytes'
out=$(unshare -n "$BIN/slipway-overlay" -C "$SITE" --offline --force ssh 2>&1)
if [ -s "$FILE" ] && [ "$old" = "$(sha256sum <"$FILE")" ]; then t_ok; else t_fail "$out"; fi

# the same by somebody who is not root
user_ready
mkdir -p "$T_TMP/home/.cache/slipway" "$T_TMP/bin"
cp "$BIN/slipway-overlay" "$T_TMP/bin/"
cp -a "$T_ROOT/overlay" "$T_TMP/share"
mkdir -p "$T_TMP/mine/build/bases"
cp -a "$SITE/roles" "$SITE/site.conf" "$T_TMP/mine/"
cp -a "$BASE" "$T_TMP/mine/build/bases/"
mv "$CACHE/debs" "$CACHE/lists" "$T_TMP/home/.cache/slipway/"
chown -R "$USER_ID:$USER_ID" "$T_TMP/mine" "$T_TMP/home"
t_begin 'built by an ordinary user: the same bytes'
out=$(as_user env SLIPWAY_SHARE="$T_TMP/share" \
	"$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" ssh 2>&1)
FILE=$T_TMP/mine/build/overlays/ssh/overlay.cpio.gz
if [ -s "$FILE" ] && [ "$old" = "$(sha256sum <"$FILE")" ]; then t_ok
else
	"$BIN/slipway-overlay" --unpack "$FILE" -o "$T_TMP/un3"
	t_fail "$out $(diff -r --no-dereference "$T_TMP/un" "$T_TMP/un3" |
		head -n 9)"
fi
