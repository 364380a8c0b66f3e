#!/bin/bash
# SPDX-License-Identifier: MIT
# t2002-build.sh: phases, hooks, files, dependencies and failures of a build,
# on a base of one static BusyBox: no network, no package.
. "$(dirname "$0")/lib.sh"

requires_root
need busybox busybox-static
need mksquashfs squashfs-tools
need cpio cpio

export CACHE=$T_TMP/cache
export LC_ALL=C
unset SOURCE_DATE_EPOCH
SITE=$T_TMP/site
OVL="$BIN/slipway-overlay -C $SITE"
OUT=$SITE/build/overlays

make_site() {
	local root=$T_TMP/root base=$SITE/build/bases/tiny
	mkdir -p "$root"/{usr/bin,etc,proc,sys,dev,run,tmp,var/log} "$base"
	ln -s usr/bin "$root/bin"
	cp "$(command -v busybox)" "$root/usr/bin/busybox"
	for c in sh cat chmod cp echo env find grep kill ln ls mkdir mknod mv \
		rm sleep touch; do
		ln -s busybox "$root/usr/bin/$c"
	done
	echo base >"$root/etc/motd"
	echo old >"$root/etc/old"
	find "$root" -exec touch -h -d @1400000000 {} +
	mksquashfs "$root" "$base/base.squashfs" -quiet -no-progress >/dev/null
	printf '[base]\nname = tiny\ndigest = %s\ncreated = 1600000000\n' \
		"$(sha256sum <"$base/base.squashfs" | cut -c1-64)" \
		>"$base/base.info"
	printf '[site]\nname = test\nurl = http://127.0.0.1/\n' \
		>"$SITE/site.conf"
}

role() { # NAME [LINE...]
	local name=$1
	shift
	mkdir -p "$SITE/roles/$name"
	printf '%s\n' '[role]' 'base = tiny' "$@" \
		>"$SITE/roles/$name/role.conf"
}

hook() { # ROLE PHASE NAME, script on standard input
	mkdir -p "$SITE/roles/$1/hooks/$2.d"
	{ echo '#!/bin/sh'; cat; } >"$SITE/roles/$1/hooks/$2.d/$3"
	chmod +x "$SITE/roles/$1/hooks/$2.d/$3"
}

unpacked() { # ROLE
	rm -rf "$T_TMP/un"
	"$BIN/slipway-overlay" --unpack "$OUT/$1/overlay.cpio.gz" \
		-o "$T_TMP/un"
}

# mounts, loop devices and temporary files that a build could leave
leftovers() {
	grep -c "$T_TMP" /proc/mounts
	losetup -a | grep -c "$T_TMP"
	find "$SITE/build" -name '*.??????' -o -name work | wc -l
}

check() { # WHAT COMMAND...
	t_begin "$1"
	shift
	if "$@" >"$T_TMP/check" 2>&1; then t_ok
	else t_fail "$* $(cat "$T_TMP/check" "$T_TMP/err" 2>&1)"; fi
}

fails() { # WHAT STATUS TEXT COMMAND...
	local what=$1 status=$2 text=$3 got
	shift 3
	t_begin "$what"
	"$@" >"$T_TMP/out" 2>"$T_TMP/err"
	got=$?
	if [ "$got" -ne "$status" ]; then t_fail "status $got $(cat "$T_TMP/err")"
	elif ! grep -qF -- "$text" "$T_TMP/err"; then t_fail "$(cat "$T_TMP/err")"
	else t_ok; fi
}

make_site
before=$(leftovers)

# a role that uses all there is
role full
mkdir -p "$SITE/roles/full/files/etc/app" "$SITE/roles/full/files/bin"
echo conf >"$SITE/roles/full/files/etc/app/a b.conf"
echo secret >"$SITE/roles/full/files/etc/app/key"
echo tool >"$SITE/roles/full/files/bin/tool"
chmod 755 "$SITE/roles/full/files/bin/tool"
ln -s ../motd "$SITE/roles/full/files/etc/app/link"
printf '# owners\netc/app/key 0640 7 8\netc/app/a%%20b.conf 0600 0 0\n' \
	>"$SITE/roles/full/files.modes"
mkdir -p "$SITE/roles/full/hooks/environment.d"
# shellcheck disable=SC2016
printf 'GREETING=hello $(reboot) world\n' \
	>"$SITE/roles/full/hooks/environment.d/10-greet"
hook full extra-data 10-data <<'S'
echo "from the host" >"$SLIPWAY_DATA/x"; echo extra-data >"$SLIPWAY_DATA/seen"
S
for p in pre-install install post-install cleanup; do
	hook full $p 10-seen <<'S'
echo "$SLIPWAY_PHASE" >>"$SLIPWAY_DATA/seen"
S
done
hook full install 20-work <<'S'
set -e
cp "$SLIPWAY_DATA/x" /etc/from-host
echo "$GREETING $SLIPWAY_ROLE" >/etc/greeting
env >/etc/environment-seen
rm /etc/old
echo junk >/tmp/junk; echo junk >/run/junk; echo junk >/var/tmp-junk
mkdir -p /var/log/apt /root && echo x >/var/log/apt/term.log
echo x >/root/.bash_history
sleep 1000 &
S
hook full cleanup 20-copy <<'S'
cp "$SLIPWAY_DATA/seen" /etc/phases
S
hook full finalise 10-look <<'S'
test -f "$SLIPWAY_ROOT/etc/phases" && echo finalise >>"$SLIPWAY_ROOT/etc/phases"
S
hook full first-boot 10-hello <<'S'
echo hello
S

$OVL full >"$T_TMP/out" 2>"$T_TMP/err"
status=$?
check "a role with every kind of input builds" [ "$status" -eq 0 ]
unpacked full
cd "$T_TMP/un" || exit
check "phases run in order, inside and on the host" \
	[ "$(tr '\n' ' ' <etc/phases)" = \
	"extra-data pre-install install post-install cleanup finalise " ]
check "environment.d is read without a shell" \
	grep -qFx 'hello $(reboot) world full' etc/greeting
check "hooks see the data of the host phase" grep -q 'the host' etc/from-host
check "the caller's environment stays outside" \
	sh -c '! grep -q "^OLDPWD=\|^USER=\|^BIN=" etc/environment-seen'
check "files/ keeps names, modes and symlinks" \
	[ "$(stat -c %a:%u:%g 'etc/app/a b.conf')-$(readlink etc/app/link)" = \
	"600:0:0-../motd" ]
check "files.modes sets owner and mode" \
	[ "$(stat -c %a:%u:%g etc/app/key)" = 640:7:8 ]
check "files/bin/x lands in the merged usr/bin" \
	[ -x usr/bin/tool -a ! -e bin ]
check "a deletion is a whiteout" [ "$(stat -c %t:%T:%F etc/old)" = \
	"0:0:character special file" ]
check "build noise is left out" \
	sh -c '[ -e var/tmp-junk ] && ! ls tmp/junk run/junk \
		var/log/apt/term.log root/.bash_history 2>&1 | grep -v "No such"'
check "the build's aids are not captured" \
	sh -c '! find . | grep -e resolv.conf -e policy-rc.d -e slipway-build'
check "first-boot.d is installed with its unit" \
	grep -qx 'ExecStart=/usr/lib/slipway/first-boot.d/10-hello' \
	usr/lib/systemd/system/slipway-first-boot.service
check "no date is later than the base's" \
	[ -z "$(find . ! -type c -newermt @1600000000)" ]
cd / || exit

digest=$(sha256sum <"$OUT/full/overlay.cpio.gz")
$OVL full >"$T_TMP/out" 2>&1
check "the same inputs: unchanged" grep -qx 'overlay full: unchanged' \
	"$T_TMP/out"
umask 077
$OVL --force full >"$T_TMP/out" 2>"$T_TMP/err"
umask 022
check "built again: the same bytes" \
	[ "$digest" = "$(sha256sum <"$OUT/full/overlay.cpio.gz")" ]
echo more >>"$SITE/roles/full/files/etc/app/key"
$OVL --json full >"$T_TMP/out" 2>"$T_TMP/err"
check "a changed file: built again" grep -q '"unchanged":false' "$T_TMP/out"

# dependencies
role top "depends = full"
hook top install 10-see <<'S'
grep -q tool /usr/bin/tool && test ! -e /etc/old && rm /etc/from-host &&
echo changed >/etc/motd
S
$OVL top >"$T_TMP/out" 2>"$T_TMP/err"
unpacked top
check "a role sees the overlays that it depends on" \
	[ -c "$T_TMP/un/etc/from-host" -a ! -e "$T_TMP/un/usr/bin/tool" ]
echo again >>"$SITE/roles/full/files/etc/app/key"
$OVL top >"$T_TMP/out" 2>"$T_TMP/err"
check "a changed dependency rebuilds both" \
	sh -c "! grep -q unchanged $T_TMP/out && [ \$(wc -l <$T_TMP/out) = 2 ]"

# failures
role bad
hook bad install 10-good </dev/null
hook bad install 20-breaks <<'S'
echo "the last line"
exit 3
S
fails "a failing hook: name and status" 1 \
	"hooks/install.d/20-breaks: exit status 3" $OVL bad
check "... its last lines" grep -qx "the last line" "$T_TMP/err"
check "... the way to a shell" grep -q -- --shell-on-error "$T_TMP/err"
check "... and no overlay" [ ! -e "$OUT/bad/overlay.cpio.gz" ]
fails "--shell-on-error opens one inside" 1 "exit status 3" \
	sh -c "echo 'echo shell-in-\$SLIPWAY_ROLE >&2; ls /usr/bin/busybox >&2' |
	$OVL bad --shell-on-error"
check "... in that very place" grep -q 'shell-in-bad' "$T_TMP/err"
hook bad install 20-breaks <<'S'
kill -9 $$
S
fails "a killed hook: its signal" 1 "killed by signal 9" $OVL bad
fails "unknown role" 1 "roles/none: no such role" $OVL none
role loop1 "depends = loop2"
role loop2 "depends = loop1"
fails "a cycle of dependencies" 1 "cycle" $OVL loop1
role nobase
sed -i 's/tiny/absent/' "$SITE/roles/nobase/role.conf"
fails "base not built" 1 "run 'slipway base absent' first" $OVL nobase
role odd "grants = everything"
fails "unknown grant" 1 "'everything' is none of" $OVL odd
role odd "packages = --allow-unauthenticated"
fails "an option in packages" 1 "is not a package's name" $OVL odd
role odd "colour = red"
fails "an unknown key" 1 "colour" $OVL odd
role odd
hook odd install 10-x </dev/null
chmod -x "$SITE/roles/odd/hooks/install.d/10-x"
fails "a hook that is not executable" 1 "chmod +x" $OVL odd
role odd2
hook odd2 install 'x;reboot' </dev/null
fails "a hook with an odd name" 1 "not a hook's name" $OVL odd2
role odd3
mkdir -p "$SITE/roles/odd3/hooks/environment.d"
echo 'SLIPWAY_ROOT=/' >"$SITE/roles/odd3/hooks/environment.d/x"
fails "environment.d cannot set our keys" 1 "not KEY=VALUE" $OVL odd3
role full2
hook full2 extra-data 10-shrink <<'S'
mount -o remount,size=2M "$SLIPWAY_ROOT/.."
S
hook full2 install 10-write <<'S'
cat /usr/bin/busybox /usr/bin/busybox >/etc/big
S
fails "the work area is full" 1 "the work area is full" $OVL full2
role suid
hook suid install 10-suid <<'S'
cp /bin/busybox /etc/su; chmod 4755 /etc/su
S
fails "setuid without its grant" 1 "etc/su: a setuid or setgid file" $OVL suid
role suid "grants = setid"
check "setuid with its grant" $OVL suid
role usrmerge
hook usrmerge install 10-x <<'S'
rm /bin; /usr/bin/mkdir /bin
S
fails "a base symlink made a directory" 1 \
	"bin: a directory in place of a symlink" $OVL usrmerge
role big "size-budget = 1K"
hook big install 10-x <<'S'
cp /usr/bin/busybox /etc/big
S
fails "above its size budget" 1 "size-budget" $OVL big
check "... and no overlay" [ ! -e "$OUT/big/overlay.cpio.gz" ]
fails "no role" 2 "which role" $OVL
$OVL -n top >"$T_TMP/out" 2>&1
check "-n shows the plan" grep -qx '  hook install.d/10-see' "$T_TMP/out"
cp "$SITE/build/bases/tiny/base.squashfs" "$T_TMP/keep.squashfs"
echo >>"$SITE/build/bases/tiny/base.squashfs"
fails "a base that is not what it says" 1 "differ" $OVL full
cp "$T_TMP/keep.squashfs" "$SITE/build/bases/tiny/base.squashfs"

# stop a build in the middle of a hook, by each signal
role slow
mkfifo "$T_TMP/fifo"
hook slow extra-data 10-tell <<S
echo started >$T_TMP/fifo
S
hook slow install 10-wait <<'S'
sleep 1000
S
for sig in INT TERM KILL; do
	# the shell has its background programs ignore SIGINT
	env --default-signal=INT $OVL slow >"$T_TMP/out" 2>"$T_TMP/err" &
	pid=$!
	read -r _ <"$T_TMP/fifo"
	kill -$sig $pid
	wait $pid 2>/dev/null
	t_begin "stopped by SIG$sig: no mount, no loop device, no file left"
	if [ $sig = KILL ]; then
		# it cannot clean up, the next build does
		rm -r "$SITE/roles/slow/hooks"
		$OVL slow >"$T_TMP/out" 2>"$T_TMP/err"
	fi
	# the kernel takes namespaces down after the process is gone
	for _ in $(seq 100); do
		after=$(leftovers)
		[ "$after" = "$before" ] && break
		sleep 0.05
	done
	if [ "$after" = "$before" ]; then t_ok; else t_fail "$before / $after"; fi
done
t_begin "nothing at all is left by all these builds"
after=$(leftovers)
if [ "$after" = "$before" ]; then t_ok; else t_fail "$before / $after"; fi
