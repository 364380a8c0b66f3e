#!/bin/bash
# SPDX-License-Identifier: MIT
# t2004-user.sh: overlays built by an ordinary user: the same bytes as root's,
# whatever a tree can hold, and clear words where it cannot be.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/user.sh"

requires_root
need busybox busybox-static
need mksquashfs squashfs-tools
need setcap libcap2-bin
need setfacl acl
user_ready

unset SOURCE_DATE_EPOCH
cd "$T_TMP" || exit
R=$T_TMP/root
mkdir -p "$R"/{usr/bin,etc,proc,sys,dev,run,tmp,var/log,var/jail/dev,srv/deep/er} \
	site/roles site/build/bases/tiny home bin
ln -s usr/bin "$R/bin"
cp "$(command -v busybox)" "$R/usr/bin/busybox"
for c in sh cat chmod chown cp echo grep kill ln ls mkdir mknod mv rm sleep \
	touch mkfifo; do
	ln -s busybox "$R/usr/bin/$c"
done
echo base >"$R/etc/motd"
echo old >"$R/etc/old"
echo link >"$R/etc/one"
ln "$R/etc/one" "$R/srv/two"
ln "$R/etc/one" "$R/srv/deep/three"
truncate -s 3M "$R/srv/holes"
echo end >>"$R/srv/holes"
cp /bin/true "$R/usr/bin/capable"
setcap cap_net_raw+ep "$R/usr/bin/capable"
setfattr -n user.note -v kept "$R/etc/motd" 2>/dev/null
mknod "$R/var/jail/dev/null" c 1 3
mknod "$R/var/jail/dev/disk" b 8 17
mkfifo "$R/var/jail/fifo"
chown 12:34 "$R/srv/deep"
chmod 2750 "$R/srv/deep"
chmod 1777 "$R/tmp"
chmod 4711 "$R/usr/bin/capable"
setcap cap_net_raw+ep "$R/usr/bin/capable"
echo secret >"$R/etc/shadow"
chown 65534:42 "$R/etc/shadow"
chmod 000 "$R/etc/shadow"
find "$R" -exec touch -h -d @1400000000 {} +
mksquashfs "$R" site/build/bases/tiny/base.squashfs -quiet -no-progress \
	>/dev/null
printf '[base]\nname = tiny\ndigest = %s\ncreated = 1600000000\n' \
	"$(sha256sum <site/build/bases/tiny/base.squashfs | cut -c1-64)" \
	>site/build/bases/tiny/base.info
printf '[site]\nname = test\nurl = http://127.0.0.1/\n' >site/site.conf

hook() # ROLE PHASE NAME
{
	mkdir -p "site/roles/$1/hooks/$2.d"
	{ echo '#!/bin/sh -e'; cat; } >"site/roles/$1/hooks/$2.d/$3"
	chmod +x "site/roles/$1/hooks/$2.d/$3"
}

role() # NAME LINE...
{
	mkdir -p "site/roles/$1"
	printf '%s\n' '[role]' 'base = tiny' "${@:2}" >"site/roles/$1/role.conf"
}

role zoo 'grants = setid,caps,devnodes'
hook zoo install 10-zoo <<'S'
ls -n /etc/shadow /srv/holes /usr/bin/capable >/etc/seen
rm /etc/old /srv/two
rm -r /srv/deep
mkdir /srv/deep
echo new >/srv/deep/new
chown 5:6 /srv/deep/new /srv/holes
chmod 640 /srv/holes
ln /srv/deep/new /etc/again
echo more >>/etc/motd
touch /usr/bin/capable /usr/bin/suid
chown 3:4 /usr/bin/suid
chmod 4755 /usr/bin/suid
chmod 600 /var/jail/dev/disk
rm /var/jail/dev/null
cat /etc/shadow >/etc/shadow.copy
mkdir /etc/nobody
chown 65534:65534 /etc/nobody
touch "/etc/odd $(echo -e '\303\244\377') name"
S
hook zoo finalise 10-attributes <<'S'
cd "$SLIPWAY_ROOT"
cp /bin/true usr/bin/mine
setcap cap_sys_time+ep usr/bin/mine
setcap cap_net_admin=ep usr/bin/suid
setfacl -m u:77:r,g:88:rw etc/motd
setfattr -n user.mine -v 1 etc/motd
S
printf '%s\n' '# PATH KIND MAJOR MINOR MODE UID GID' \
	'var/jail/dev/zero c 1 5 0666 1 2' 'etc/disk b 8 0 0660 0 6' \
	>site/roles/zoo/nodes
role top 'depends = zoo' 'grants = devnodes,setid,caps'
hook top install 10-top <<'S'
[ ! -e /srv/two ] && [ ! -e /srv/deep/er ] && [ ! -e /var/jail/dev/null ]
chmod 660 /var/jail/dev/disk
chmod 4700 /usr/bin/mine
touch /usr/bin/suid
rm -r /srv/deep; mkdir /srv/deep
S

cp "$BIN/slipway-overlay" bin/
cp -a site mine
chown -R "$USER_ID:$USER_ID" mine home

root() { CACHE=$T_TMP/cache "$BIN/slipway-overlay" -C "$T_TMP/site" "$@"; }
user() { as_user "$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" "$@"; }
digest() { sha256sum <"$1/build/overlays/$2/overlay.cpio.gz"; }

t_begin 'root builds a zoo, and a role above it'
if root top >out 2>&1; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'an ordinary user does'
if user top >out 2>&1; then t_ok; else
	t_fail "$(cat out mine/build/overlays/*/build.log)"
fi
for r in zoo top; do
	t_begin "role $r: the same bytes"
	if [ "$(digest site $r)" = "$(digest mine $r)" ]; then t_ok; else
		for s in site mine; do
			"$BIN/slipway-overlay" --unpack \
				"$s/build/overlays/$r/overlay.cpio.gz" -o "$s.$r"
			(cd "$s.$r" && find . -printf '%p %M %U %G %T@ %s\n' |
				sort; getfattr -dR -m - .) >"$s.$r.ls" 2>&1
		done
		t_fail "$(diff site.$r.ls mine.$r.ls)"
	fi
done
t_begin 'device nodes are device nodes'
"$BIN/slipway-overlay" --unpack mine/build/overlays/zoo/overlay.cpio.gz -o un
if [ "$(stat -c '%F %t:%T %a %u %g' un/etc/disk)" = \
	'block special file 8:0 660 0 6' ] &&
	[ "$(stat -c '%F %t:%T %a' un/var/jail/dev/disk)" = \
	'block special file 8:11 600' ]; then t_ok; else
	t_fail "$(stat un/etc/disk un/var/jail/dev/disk)"
fi
t_begin 'what is made belongs to the user'
say=$(find mine/build -name 'overlay.*' ! -user "$USER_ID")
if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi
t_begin 'the base was unpacked once, for nobody else to see'
if [ "$(grep -c 'unpacking it once' out)" = 1 ] &&
	[ "$(stat -c %a home/.cache/slipway/trees)" = 700 ]; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin 'a tree that was cut short is made anew'
tree=$(ls -d home/.cache/slipway/trees/*[0-9a-f])
mv "$tree" "$tree.new"
if user --force zoo >out 2>&1 && grep -q 'unpacking it once' out &&
	[ ! -e "$tree.new" ] &&
	[ "$(digest site zoo)" = "$(digest mine zoo)" ]; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin 'on disk too (--keep), and its work area can be removed'
if user --force --keep zoo >out 2>&1 &&
	[ "$(digest site zoo)" = "$(digest mine zoo)" ] &&
	user --force zoo >>out 2>&1 && [ ! -e mine/build/overlays/zoo/work ]
then t_ok; else t_fail "$(cat out)"; fi

# stop a build in the middle of a hook
running() # the user's builds and what they started, the first first
{
	find /proc -maxdepth 2 \( -name exe -lname "$T_TMP/bin/*" -o -name root \
		-lname "$T_TMP/*" \) 2>/dev/null | sort -V | cut -d/ -f3
}
mkfifo fifo
chmod 666 fifo
mkdir -p mine/roles/slow/hooks/{extra-data,install}.d
printf '[role]\nbase = tiny\n' >mine/roles/slow/role.conf
printf '#!/bin/sh\necho x >%s/fifo\n' "$T_TMP" \
	>mine/roles/slow/hooks/extra-data.d/10-tell
printf '#!/bin/sh\nsleep 1000\n' >mine/roles/slow/hooks/install.d/10-wait
chmod +x mine/roles/slow/hooks/*/*
for sig in INT KILL; do
	t_begin "SIG$sig: no process and no mount is left, no file after the next"
	# the shell has its background programs ignore SIGINT
	as_user env --default-signal=INT "$T_TMP/bin/slipway-overlay" \
		-C "$T_TMP/mine" slow >out 2>&1 &
	read -r _ <fifo
	kill -$sig "$(running | head -n 1)"
	wait $! 2>/dev/null
	# the kernel takes namespaces down after the process is gone
	for _ in $(seq 200); do
		[ -n "$(running)" ] || break
		sleep 0.05
	done
	say=$(running; grep "$T_TMP" /proc/mounts)
	user --force zoo >out 2>&1
	rm -f mine/roles/slow/hooks/*/*
	[ $sig != KILL ] || user slow >out 2>&1
	say=$say$(find mine/build -name work -o -name '*.??????')
	if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi
	printf '#!/bin/sh\necho x >%s/fifo\n' "$T_TMP" \
		>mine/roles/slow/hooks/extra-data.d/10-tell
	printf '#!/bin/sh\nsleep 1000\n' \
		>mine/roles/slow/hooks/install.d/10-wait
	chmod +x mine/roles/slow/hooks/*/*
done

t_begin 'without subordinate ids: what to do'
expect_fail 1 'usermod --add-subuids' as_poor "$T_TMP/bin/slipway-overlay" \
	-C "$T_TMP/mine" --force zoo
t_begin 'without newuidmap: what to install'
expect_fail 1 'apt-get install uidmap' as_user env PATH=/nowhere \
	"$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" --force zoo
t_begin 'without user namespaces: what to allow'
if [ -e /proc/sys/user/max_user_namespaces ]; then
	expect_fail 1 'max_user_namespaces' as_barred \
		"$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" --force zoo
else
	t_skip 'no /proc/sys/user/max_user_namespaces to write to'
fi
t_begin '-n needs nothing of it'
if as_poor "$T_TMP/bin/slipway-overlay" -C "$T_TMP/mine" -n zoo >out 2>&1
then t_ok; else t_fail "$(cat out)"; fi
