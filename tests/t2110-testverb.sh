#!/bin/bash
# SPDX-License-Identifier: MIT
# t2110-testverb: slipway test, on the base of one BusyBox that
# overlay/README.md tells of.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/user.sh"

requires_root
need busybox busybox-static

export CACHE=$T_TMP/cache
SITE=$T_TMP/site

# the very lines of the README, so that they keep working
recipe()
{
	sed -n '/^mkdir -p root\/usr\/bin/,/^slipway base tiny/p' \
		"$T_ROOT/overlay/README.md" >"$T_TMP/recipe"
	cd "$SITE" && (slipway() { "$BIN/slipway" "$@"; } &&
		. "$T_TMP/recipe") >"$T_TMP/out" 2>&1
}

role() # NAME [LINE...]
{
	mkdir -p "$SITE/roles/$1/tests" "$SITE/roles/$1/files/etc"
	echo "of $1" >"$SITE/roles/$1/files/etc/$1"
	printf '%s\n' '[role]' 'base = tiny' "${@:2}" \
		>"$SITE/roles/$1/role.conf"
}

test_of() # ROLE NAME, script on standard input
{
	{ echo '#!/bin/sh'; cat; } >"$SITE/roles/$1/tests/$2"
	chmod +x "$SITE/roles/$1/tests/$2"
}

run() { "$BIN/slipway" test -C "$SITE" "$@" >"$T_TMP/out" 2>"$T_TMP/err"; }

is() # WHAT STATUS LINE... what was printed, whole
{
	local what=$1 want=$2 got=$3
	shift 3
	t_begin "$what"
	if [ "$got" = "$want" ] &&
		[ "$(cat "$T_TMP/out")" = "$(printf '%s\n' "$@")" ]; then
		t_ok
	else
		t_fail "status $got: $(cat "$T_TMP/out" "$T_TMP/err")"
	fi
}

leftovers()
{
	grep -c "$T_TMP" /proc/mounts
	losetup -a | grep -c "$T_TMP"
	find "$SITE/build" -name '*.??????' -o -name work | wc -l
}

"$BIN/slipway" new --name t "$SITE" >/dev/null 2>&1
rm -r "$SITE/roles/web"
t_begin 'the tiny base of the README can be made'
if recipe; then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
cd "$T_TMP" || exit
before=$(leftovers)

role below
role good 'depends = below'
test_of good 10-sees <<'S'
set -e
grep -q 'of good' /etc/good
grep -q 'of below' /etc/below
[ "$SLIPWAY_TEST $SLIPWAY_ROLE $(id -u)" = 'union good 0' ]
cp "$SLIPWAY_TESTS/fixture" /etc/good
echo data >"$(dirname "$0")/x" && exit 1
exit 0
S
echo fixture >"$SITE/roles/good/tests/fixture"
test_of good 20-fresh <<'S'
# what the test before wrote is gone
grep -q 'of good' /etc/good
S
test_of good 30-apart <<'S'
set -e
slipway-cmdline 'quiet role.x=1'
grep -qx 'quiet role.x=1' /proc/cmdline
[ "$(grep -c : /proc/net/dev)" = 1 ]
slipway-not false
[ "$(ps | wc -l)" -lt 20 ]
sleep 98765 &
S
run good
is 'tests see base, overlays and fixtures, each in a union of its own' 0 $? \
	'ok good/10-sees' 'ok good/20-fresh' 'ok good/30-apart' \
	'3 passed, 0 failed, 0 skipped'
run --only fresh good
is '--only runs what it says' 0 $? 'ok good/20-fresh' \
	'1 passed, 0 failed, 0 skipped'
t_begin 'the host sees nothing of a test'
if grep -q 'role.x=1' /proc/cmdline || pgrep -f 'sleep 98765' >/dev/null ||
	[ -e "$SITE/roles/good/tests/x" ]; then
	t_fail "$(pgrep -af 'sleep 98765')"
else
	t_ok
fi

role bad
test_of bad 10-no <<'S'
echo the last line
exit 3
S
test_of bad 20-skip <<'S'
exit 77
S
test_of bad 30-killed <<'S'
kill -9 $$
S
test_of bad 40-good <<'S'
S
run bad
is 'failed, skipped, killed: each its line, and the status' 1 $? \
	'not ok bad/10-no: exit status 3' 'skip bad/20-skip' \
	'not ok bad/30-killed: killed by signal 9' 'ok bad/40-good' \
	'1 passed, 2 failed, 1 skipped'
t_begin '... with its last lines, and in its log'
if grep -qx 'the last line' "$T_TMP/err" &&
	grep -qx 'the last line' "$SITE/build/tests/bad/10-no.log"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/err")"
fi

role slow
test_of slow 10-hangs <<'S'
sleep 98765
S
run --timeout 1 slow
is 'a test that hangs is ended' 1 $? \
	'not ok slow/10-hangs: it did not end' '0 passed, 1 failed, 0 skipped'

role cannot 'should-fail = exit status 9'
mkdir -p "$SITE/roles/cannot/hooks/install.d"
printf '#!/bin/sh\nexit 9\n' >"$SITE/roles/cannot/hooks/install.d/10-x"
chmod +x "$SITE/roles/cannot/hooks/install.d/10-x"
run cannot
is 'should-fail: a role that must not build passes by that' 0 $? \
	'ok cannot/should-fail' '1 passed, 0 failed, 0 skipped'
printf '#!/bin/sh\nexit 8\n' >"$SITE/roles/cannot/hooks/install.d/10-x"
run cannot
status=$?
t_begin '... fails by another reason'
if [ $status = 0 ] || ! grep -q 'not ok cannot/should-fail' "$T_TMP/out"; then
	t_fail "$(cat "$T_TMP/out" "$T_TMP/err")"
else t_ok; fi
printf '#!/bin/sh\nexit 0\n' >"$SITE/roles/cannot/hooks/install.d/10-x"
run cannot
status=$?
t_begin '... and by building'
if [ $status != 0 ] && grep -q 'should-fail: exit status 0' "$T_TMP/out"; then
	t_ok
else t_fail "$(cat "$T_TMP/out" "$T_TMP/err")"; fi

rm -r "$SITE/roles/"{bad,slow,cannot}
run
is 'without a role: all of the site' 0 $? 'ok good/10-sees' \
	'ok good/20-fresh' 'ok good/30-apart' '3 passed, 0 failed, 0 skipped'
chmod -x "$SITE/roles/good/tests/20-fresh"
run good
status=$?
t_begin 'a test that would silently not run is an error'
if [ $status = 1 ] && grep -q 'chmod +x' "$T_TMP/err"; then t_ok
else t_fail "$(cat "$T_TMP/err")"; fi
chmod +x "$SITE/roles/good/tests/20-fresh"
t_begin '--disk without --boot is refused'
expect_fail 2 'need --boot' "$BIN/slipway" test -C "$SITE" --disk x good
as_person()
{
	local home=$T_TMP/person
	mkdir -p "$home" && cp -R "$SITE" "$home/site" &&
		rm -rf "$home/site/build/"{overlays,tests,lock} &&
		cp -R "$BIN" "$home/bin" && chown -R "$USER_ID:$USER_ID" "$home" &&
		as_user env SLIPWAY_SHARE="$home/share" CACHE="$home/cache" \
			"$home/bin/slipway" test -C "$home/site" good \
			>"$T_TMP/out" 2>"$T_TMP/err"
}
mkdir -p "$T_TMP/person/share"
cp -R "$T_ROOT/overlay/"{testaids,helpers} "$T_TMP/person/share/"
user_ready
as_person
is 'an ordinary user runs them too' 0 $? 'ok good/10-sees' \
	'ok good/20-fresh' 'ok good/30-apart' '3 passed, 0 failed, 0 skipped'
rm -rf "$T_TMP/person" 2>/dev/null

t_begin 'nothing is left: no mount, no loop device, no file'
after=$(leftovers)
if [ "$after" = "$before" ]; then t_ok; else t_fail "$before / $after"; fi
