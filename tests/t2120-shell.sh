#!/bin/bash
# SPDX-License-Identifier: MIT
# t2120-shell.sh: a program inside a built role, what it changed thrown away or
# kept as a new role; overlays carried over to a newer base, or refused.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tinysite.sh"
. "$(dirname "$0")/user.sh"

requires_root
need setcap libcap2-bin
cd "$T_TMP" || exit
tiny_site
role web
mkdir -p "$SITE/roles/web/files/etc" "$SITE/roles/web/hooks/environment.d"
echo web >"$SITE/roles/web/files/etc/web"
echo GREETING=hello >"$SITE/roles/web/hooks/environment.d/10-x"
role top 'depends = web'
hook top install 10-x <<'S'
echo top >/etc/top
rm /etc/old
S
$OVL top >out 2>&1 || { t_begin 'roles'; t_fail "$(cat out)"; exit 1; }
SH="$BIN/slipway-shell -C $SITE"

left() { grep "$T_TMP" /proc/mounts; find "$SITE/build" -name 'shell.*'; }
# shellcheck disable=SC2016
t_begin 'a command sees the union, all overlays of the role'
say=$($SH --role top -- sh -c 'cat /etc/web /etc/top /etc/motd; ls /etc/old
	echo $GREETING $SLIPWAY_ROLE' 2>&1 | tr '\n' ' ')
case $say in
'web top base '*'No such file'*' top ') t_ok ;;
*) t_fail "$say" ;;
esac
t_begin 'its status is the status'
$SH --role top -- sh -c 'exit 7' >out 2>&1
if [ $? = 7 ]; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'what it changes is thrown away'
$SH --role top -- sh -c 'echo x >/etc/top; rm -r /usr' >out 2>&1
if [ "$($SH --role top -- cat /etc/top)" = top ] && [ -z "$(left)" ]; then
	t_ok
else t_fail "$(cat out; left)"; fi
t_begin 'without a command: a shell'
if echo 'cat /etc/top; exit' | $SH --role top 2>&1 | grep -q 'top$'
then t_ok; else t_fail; fi
t_begin 'only a base'
if [ "$($SH --base tiny -- cat /etc/motd)" = base ]; then t_ok; else t_fail; fi
t_begin 'a role that is not built'
role new
expect_fail 1 "run 'slipway overlay new'" $SH --role new -- true
t_begin 'neither role nor base'
expect_fail 2 '--role ROLE or --base NAME' $SH -- true

t_begin '--save makes a role of it'
if $SH --role top --save tuned -- sh -c 'echo tuned >/etc/tuned; rm /etc/web
	cp /usr/bin/busybox /usr/bin/su; chmod 4755 /usr/bin/su
	echo x >/tmp/junk' >out 2>&1 && $OVL tuned >>out 2>&1 &&
	grep -qx 'depends = top' "$SITE/roles/tuned/role.conf" &&
	grep -qx 'grants = setid' "$SITE/roles/tuned/role.conf"; then t_ok
else t_fail "$(cat out)"; fi
t_begin '... which builds to the very bytes that were captured'
if cmp "$SITE/roles/tuned/captured.cpio.gz" "$OUT/tuned/overlay.cpio.gz" &&
	$OVL tuned 2>/dev/null | grep -qx 'overlay tuned: unchanged' &&
	[ "$($SH --role tuned -- sh -c 'cat /etc/tuned; ls /etc/web' \
		2>/dev/null)" = tuned ]; then t_ok; else t_fail; fi
t_begin 'a command that fails saves nothing'
$SH --role top --save bad -- sh -c 'echo x >/etc/x; exit 3' >out 2>&1
if [ $? = 3 ] && [ ! -e "$SITE/roles/bad" ] && [ -z "$(left)" ]; then t_ok
else t_fail "$(cat out; left)"; fi
t_begin 'a role that is there is not overwritten'
expect_fail 1 'there already' $SH --role top --save web -- true
t_begin 'a captured role with a hook as well'
hook tuned install 10-x </dev/null
$OVL tuned >out 2>&1
if [ $? = 1 ] && grep -q 'captured.cpio.gz and no more' out; then t_ok
else t_fail "$(cat out)"; fi
rm -r "$SITE/roles/tuned/hooks"
echo more >>"$SITE/roles/web/files/etc/web"
t_begin 'a captured role above overlays that were built anew'
$OVL tuned >out 2>&1
if [ $? = 1 ] && grep -q 'captured above another build of overlay web' out
then t_ok; else t_fail "$(cat out)"; fi

gone() # PID, and all that hold what it had open
{
	local i
	for ((i = 0; i < 300; i++)); do
		pgrep -f "^$BIN/slipway-shell -C $SITE" >/dev/null || return 0
		sleep 0.1
	done
	return 1
}
up() # FILE: until it says so
{
	local i
	for ((i = 0; i < 600; i++)); do
		grep -q up "$1" && return
		sleep 0.1
	done
}
t_begin 'killed: the next one on the site takes away what it left'
$SH --role top --save killed -- sh -c 'echo up; exec sleep 1000' >up 2>&1 &
pid=$!
up up
kill -9 $pid
wait $pid 2>/dev/null
gone
was=$(left)
$OVL web >out 2>&1
if [ -n "$was" ] && [ -z "$(left)" ] && [ ! -e "$SITE/roles/killed" ]; then
	t_ok
else t_fail "before: $was; after: $(left); $(cat up out)"; fi
t_begin '... but not what another has that lives'
mkfifo go
$SH --role top --disk -- sh -c 'echo up; read -r x; cat /etc/top' <>go >up \
	2>&1 &
pid=$!
up up
$SH --role top -- true >out 2>&1
$OVL web >>out 2>&1
was=$(left)
echo >go
wait $pid
if [ -n "$was" ] && grep -qx top up && [ -z "$(left)" ]; then t_ok
else t_fail "$was; $(cat up out)"; fi

# a newer base
mkdir -p "$CACHE/bases" "$SITE/public/layers"
cp "$SITE/build/bases/tiny/base.squashfs" "$SITE/public/layers/$(sed -n \
	's/^digest = //p' "$SITE/build/bases/tiny/base.info").squashfs"
role solo
hook solo install 10-x <<'S'
echo solo >/etc/solo
rm /etc/old
rm -r /var/log; mkdir /var/log; echo l >/var/log/l
date +%N >/etc/now
S
$OVL solo >out 2>&1
$SH --base tiny --save alone -- sh -c 'echo alone >/etc/alone' >>out 2>&1
$OVL alone >>out 2>&1
tree()
{
	# a whiteout has no date of its own
	(cd un && find . ! -type c -printf '%p %M %U %G %T@ %s\n' | sort
		find . -type c | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum)
}
unpacked solo
tree >was
echo 2 >"$T_TMP/root/usr/bin/more"
echo 2 >"$T_TMP/root/var/log/below-an-opaque-folder"
tiny_base tiny "$T_TMP/root"
t_begin 'a captured role on another base: said, and how to go on'
$OVL alone >out 2>&1
if [ $? = 1 ] && grep -q "slipway overlay --rebase alone" out; then t_ok
else t_fail "$(cat out)"; fi
t_begin '--rebase: no hook runs, the same tree on the newer base'
$OVL --rebase solo >out 2>&1
unpacked solo
if grep -q 'rebasing onto base tiny' out &&
	! grep -q '10-x' out && tree | diff was - >>out &&
	zcat "$OUT/solo/overlay.cpio.gz" | head -c 4096 | grep -aq "^base $(sed -n \
	's/^digest = //p' "$SITE/build/bases/tiny/base.info")$"; then t_ok
else t_fail "$(cat out)"; fi
t_begin '... and then there is nothing to do'
if $OVL solo 2>&1 | grep -qx 'overlay solo: unchanged'; then t_ok; else
	t_fail "$($OVL solo 2>&1)"
fi
t_begin 'a captured role likewise, for good'
if $OVL --rebase alone >out 2>&1 && $OVL alone >>out 2>&1 &&
	[ "$($SH --role alone -- cat /etc/alone /usr/bin/more |
		tr '\n' ' ')" = 'alone 2 ' ]; then t_ok; else
	t_fail "$(cat out)"
fi
cp "$SITE/build/bases/tiny/base.squashfs" "$SITE/public/layers/$(sed -n \
	's/^digest = //p' "$SITE/build/bases/tiny/base.info").squashfs"
echo other >"$T_TMP/root/etc/old"
chmod 700 "$T_TMP/root/etc"
echo 3 >"$T_TMP/root/etc/solo"
tiny_base tiny "$T_TMP/root"
t_begin 'refused where the base changed what it touches, with the paths'
$OVL --rebase solo >out 2>&1
if [ $? = 1 ] && grep -qx '  etc: changed in the base' out &&
	grep -qx '  etc/old: changed in the base' out &&
	grep -qx '  etc/solo: new in the base' out &&
	grep -q '3 paths that it touches' out; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... and the overlay is as it was'
unpacked solo
if tree | diff was - >out; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'a base that is nowhere any more'
rm "$SITE"/public/layers/*
$OVL --rebase solo >out 2>&1
if [ $? = 1 ] && grep -q 'neither in .* nor in public/layers' out; then t_ok
else t_fail "$(cat out)"; fi

user_ready
mkdir -p home bin
cp "$BIN"/slipway-{shell,overlay} bin/
cp -a site mine
chown -R "$USER_ID:$USER_ID" mine home
as_user "$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" top >out 2>&1
t_begin 'an ordinary user'
if [ "$(as_user "$T_TMP/bin/slipway-shell" -C "$T_TMP/mine" --role top -- \
	cat /etc/top 2>>out)" = top ]; then t_ok; else t_fail "$(cat out)"; fi
t_begin '... saves the bytes that root saves'
$OVL top >out 2>&1
as_user "$T_TMP/bin/slipway-shell" -C "$T_TMP/mine" --role top --save s -- \
	sh -c 'rm /etc/web; touch -d @5 /etc/s' >>out 2>&1
$SH --role top --save s -- sh -c 'rm /etc/web; touch -d @5 /etc/s' >>out 2>&1
if cmp "$SITE/roles/s/captured.cpio.gz" mine/roles/s/captured.cpio.gz >>out \
	2>&1; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'nothing is left'
say=$(left; find mine/build -name 'shell.*')
if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi
