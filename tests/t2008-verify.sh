#!/bin/bash
# SPDX-License-Identifier: MIT
# t2008-verify.sh: built twice under other conditions, and the first difference
# by name.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tinysite.sh"

requires_root
need setcap libcap2-bin
cd "$T_TMP" || exit
tiny_site
V="$OVL --verify"
left() { find "$SITE/build" -name 'verify.*'; }

role below
hook below install 10-x <<'S'
echo below >/etc/below
S
role good 'depends = below' 'grants = setid,caps'
mkdir -p "$SITE/roles/good/files/etc"
echo x >"$SITE/roles/good/files/etc/b"
hook good install 10-x <<'S'
mkdir /etc/dir
for i in 9 1 5; do echo $i >/etc/dir/$i; done
echo $LC_ALL $TZ >/etc/zone
rm /etc/old
S
t_begin 'a role that depends on its inputs alone'
if $V good >out 2>err && grep -qx 'overlay good: built twice, the same bytes' \
	out && [ -z "$(left)" ]; then t_ok; else t_fail "$(cat out err)"; fi

bad() # NAME WHAT, script on standard input
{
	role "$1" 'grants = setid,caps'
	hook "$1" install 10-x
	t_begin "$1: $2"
	$V "$1" >out 2>err
	if [ $? = 1 ] && grep -qx "slipway overlay: overlay $1: two builds differ: $2" \
		err && [ -z "$(left)" ]; then t_ok; else t_fail "$(cat out err)"; fi
}
bad clock 'etc/b: content' <<'S'
echo same >/etc/a; cat /proc/uptime /proc/sys/kernel/random/uuid >/etc/b
S
bad random 'etc/[0-9a-f-]*: only in the [a-z]* build' <<'S'
read -r id </proc/sys/kernel/random/uuid; echo x >/etc/$id
S
bad cores 'etc/cores: content' <<'S'
[ "$(grep -c 0-9 /proc/self/status)" ]
grep Cpus_allowed: /proc/self/status >/etc/cores
S
mkdir -p "$T_TMP/toggle"
role mode
hook mode extra-data 10-x <<S
echo >>$T_TMP/toggle/n; cp $T_TMP/toggle/n "\$SLIPWAY_DATA/n"
S
bad mode 'etc/f: mode, owner, time' <<'S'
echo x >/etc/f
touch -d @1000 /etc/f
[ "$(grep -c '' "$SLIPWAY_DATA/n")" = 1 ] || {
	chmod 600 /etc/f; chown 3:4 /etc/f; touch -d @2000 /etc/f; }
S
echo >"$T_TMP/toggle/n"
rm "$T_TMP/toggle/n"
role gone
hook gone extra-data 10-x <<S
echo >>$T_TMP/toggle/n; cp $T_TMP/toggle/n "\$SLIPWAY_DATA/n"
S
bad gone 'the list of deletions, opaque folders and xattrs: content' <<'S'
[ "$(grep -c '' "$SLIPWAY_DATA/n")" = 1 ] || rm /etc/old
touch -d @1000 /etc
S

t_begin 'killed: the next build takes away what it left'
mkfifo "$T_TMP/toggle/up"
role slow
hook slow extra-data 10-x <<S
case \$SLIPWAY_DATA in *verify*) echo >$T_TMP/toggle/up; sleep 1000 ;; esac
S
$V slow >out 2>err &
pid=$!
read -r _ <"$T_TMP/toggle/up"
kill -9 $pid
wait $pid 2>/dev/null
was=$(left)
until $OVL below >out 2>&1; do
	grep -q 'another slipway' out || break
	sleep 0.1
done
if [ -n "$was" ] && [ -z "$(left)" ]; then t_ok; else
	t_fail "before: $was; after: $(left); $(cat out err)"
fi
rm -r "$SITE/roles/slow"

t_begin 'a base, from a folder'
mkdir -p "$SITE/bases/x"
if "$BIN/slipway-base" -C "$SITE" --from "$T_TMP/root" --verify x >out 2>err &&
	grep -qx 'base x: built twice, the same bytes' out &&
	[ -z "$(left)" ]; then t_ok; else t_fail "$(cat out err)"; fi
