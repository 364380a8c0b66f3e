#!/bin/bash
# SPDX-License-Identifier: MIT
# t4500-targets: a tree sent to a folder, to a real rsync daemon and to a real
# S3 server, cut off at every step, gone on with, and pruned.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need rsync rsync
need rclone rclone

site=$T_TMP/fix/site
public=$site/public
check 'fixture: a site with a base and an initrd' tiny_tree || exit
release() # TEXT [OPTION...]: publish role web with another overlay
{
	tiny_role web "$1" &&
		slipway publish -C "$site" --keep 1 "${@:2}" >"$T_TMP/out" 2>&1
}

# A stand-in for rsync and rclone, which dies with its caller at step $STEP:
# before the real one, or (the odd half of steps) behind it.
mkdir "$T_TMP/bin"
for tool in rsync rclone; do
	cat >"$T_TMP/bin/$tool" <<-END
		#!/bin/bash
		n=\$((\$(cat "$T_TMP/count" 2>/dev/null || echo 0) + 1))
		echo \$n >"$T_TMP/count"
		if [ \$n = "\${STEP:-0}" ]; then
			[ -z "\$LATE" ] || $(command -v $tool) "\$@"
			kill -9 \$PPID
			exit 9
		fi
		exec $(command -v $tool) "\$@"
	END
	chmod +x "$T_TMP/bin/$tool"
done
PATH=$T_TMP/bin:$PATH

port() # a free one
{
	/usr/bin/python3 -c 'import socket as s; x = s.socket()
x.bind(("127.0.0.1", 0)); print(x.getsockname()[1])'
}

# --- what every kind of target must hold; pull_KIND brings it to $T_TMP/got
names() { (cd "$1" && find layers boot -type f | sort); }

pulled() # KIND: is what is there a release, whole?
{
	rm -rf "$T_TMP/got"
	mkdir "$T_TMP/got"
	"pull_$1" && slipway verify --root "$site/keys/root.crt" "$T_TMP/got" \
		>"$T_TMP/verified" 2>&1
}

target() # KIND TO STEPS
{
	local kind=$1 to=$2 steps=$3 n late bad=''
	t_begin "$kind: the first release arrives"
	rm -f "$T_TMP/count"
	if release "$kind-one" --to "$to" && pulled "$kind" &&
		cmp -s "$public/manifest.cms" "$T_TMP/got/manifest.cms" &&
		cmp -s "$public/boot.ipxe" "$T_TMP/got/boot.ipxe"; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out" "$T_TMP/verified")"
	fi
	"leave_$kind"
	t_begin "$kind: cut off at any step, a release is there whole"
	release "$kind-two"
	for ((n = 1; n <= steps; n++)); do
		for late in '' y; do
			# each costs seconds: of most steps one side, in turn
			[ -n "${LONG:-}" ] || [ $((n % 2)) = ${#late} ] ||
				continue
			rm -f "$T_TMP/count"
			! STEP=$n LATE=$late slipway publish -C "$site" --send \
				--to "$to" >"$T_TMP/out" 2>&1 ||
				bad="$bad step $n went well;"
			pulled "$kind" ||
				bad="$bad $n$late: $(tail -n 2 "$T_TMP/verified");"
		done
	done
	if [ -z "$bad" ]; then t_ok "$steps steps"; else t_fail "$bad"; fi
	t_begin "$kind: sent again, it is this release, and nothing older"
	if slipway publish -C "$site" --send --to "$to" >"$T_TMP/out" 2>&1 &&
		pulled "$kind" &&
		cmp -s "$public/manifest.cms" "$T_TMP/got/manifest.cms" &&
		[ "$(names "$public")" = "$(names "$T_TMP/got" |
			grep -v foreign)" ]; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out" "$T_TMP/verified"
			diff <(names "$public") <(names "$T_TMP/got"))"
	fi
	t_begin "$kind: files of others stay"
	if [ -e "$T_TMP/got/layers/foreign" ] &&
		[ -e "$T_TMP/got/boot/.foreign/file" ]; then t_ok; else
		t_fail "$(names "$T_TMP/got")"
	fi
	t_begin "$kind: a channel comes, and goes"
	if slipway publish -C "$site" --keep 1 --channel beta --to "$to" \
		>"$T_TMP/out" 2>&1 && pulled "$kind" &&
		[ -e "$T_TMP/got/channels/beta/manifest.cms" ] &&
		[ -e "$T_TMP/got/boot-beta.ipxe" ] &&
		rm -r "$public/channels/beta" "$public/boot-beta.ipxe" &&
		slipway publish -C "$site" --send --to "$to" >"$T_TMP/out" 2>&1 &&
		pulled "$kind" && [ ! -e "$T_TMP/got/channels/beta/manifest.cms" ]
	then t_ok; else
		t_fail "$(cat "$T_TMP/out"; find "$T_TMP/got")"
	fi
	t_begin "$kind: sending again sends the small files only"
	"facts_$kind" >"$T_TMP/before"
	slipway publish -C "$site" --send --to "$to" >"$T_TMP/out" 2>&1
	"facts_$kind" >"$T_TMP/after"
	if [ -s "$T_TMP/before" ] && cmp -s "$T_TMP/before" "$T_TMP/after"; then
		t_ok
	else
		t_fail "$(diff "$T_TMP/before" "$T_TMP/after")"
	fi
}

leave() # DIR: what is nobody's business
{
	mkdir -p "$1/boot/.foreign" && echo x | tee "$1/layers/foreign" \
		>"$1/boot/.foreign/file"
}
inodes() { (cd "$1" && find layers boot -type f -printf '%P %i %T@\n' | sort); }

# --- a folder on another file system than the site's, and one on the same
mkdir "$T_TMP/there"
mount -t tmpfs there "$T_TMP/there"
pull_folder() { cp -a "$T_TMP/there/tree/." "$T_TMP/got/"; }
leave_folder() { leave "$T_TMP/there/tree"; }
facts_folder() { inodes "$T_TMP/there/tree"; }
target folder "$T_TMP/there/tree" 0
umount "$T_TMP/there"

t_begin 'a folder: killed at any moment, a release is there whole'
bad=''
release folder-three --to "$T_TMP/near"
for i in 1 2 3 4 5 6 7 8; do
	release "folder-$i"
	# in a shell of its own, which tells nobody that it was killed
	(timeout -s KILL "0.00$i" "$BIN/slipway-publish" -C "$site" --send \
		--to "$T_TMP/near" || :) >"$T_TMP/out" 2>&1
	slipway verify --root "$site/keys/root.crt" "$T_TMP/near" \
		>"$T_TMP/out" 2>&1 || bad="$bad $(tail -n 2 "$T_TMP/out")"
done
if [ -z "$bad" ]; then t_ok; else t_fail "$bad"; fi

t_begin 'a broken target: one line, the others get theirs'
release last
if slipway publish -C "$site" --send --to /dev/null/x --to "$T_TMP/near" \
	>"$T_TMP/out" 2>&1; then
	t_fail 'it went well'
elif grep -q '/dev/null/x.*--send' "$T_TMP/out" &&
	cmp -s "$public/manifest.cms" "$T_TMP/near/manifest.cms"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'a target of no known kind'
expect_fail 1 'ftp://x/' slipway publish -C "$site" --send --to ftp://x/
t_begin 'no target at all'
expect_fail 1 "'to = " slipway publish -C "$site" --send

# --- rsync
module=$T_TMP/module
mkdir "$module"
rport=$(port)
cat >"$T_TMP/rsyncd.conf" <<END
address = 127.0.0.1
port = $rport
use chroot = no
uid = root
gid = root
[m]
path = $module
read only = no
END
rsync --daemon --no-detach --config="$T_TMP/rsyncd.conf" >"$T_TMP/rsyncd" 2>&1 &
daemon=$!
t_at_end "kill $daemon 2>/dev/null"
for ((i = 0; i < 100; i++)); do
	rsync "rsync://127.0.0.1:$rport/" >/dev/null 2>&1 && break
	sleep 0.1
done
pull_rsync() { cp -a "$module/fleet/." "$T_TMP/got/"; }
leave_rsync() { leave "$module/fleet"; }
facts_rsync() { inodes "$module/fleet"; }
target rsync "rsync://127.0.0.1:$rport/m/fleet" 6

t_begin 'rsync: [publish] to, without an option'
printf '[publish]\nto = rsync://127.0.0.1:%s/m/fleet\n' "$rport" \
	>>"$site/site.conf"
release by-conf
if cmp -s "$public/manifest.cms" "$module/fleet/manifest.cms"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
kill $daemon
wait $daemon
t_begin 'rsync: no server: one line says so, the release here is made'
serial=$(cat "$site/state/serial")
if release alone; then
	t_fail 'it went well'
elif grep -q "rsync://.*rsync ended" "$T_TMP/out" &&
	[ "$(cat "$site/state/serial")" = $((serial + 1)) ]; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
sed -i '/^\[publish\]/,$d' "$site/site.conf"

# --- S3
if ! /usr/bin/python3 -c 'import swift' 2>/dev/null; then
	t_begin 's3'
	t_skip 'no OpenStack Swift (Debian package python3-swift)'
	exit
fi
mkdir "$T_TMP/s3" "$T_TMP/home"
mkfifo "$T_TMP/alive"
"$T_ROOT/tests/s3server" "$T_TMP/s3" <"$T_TMP/alive" >"$T_TMP/endpoint" \
	2>"$T_TMP/s3.log" &
server=$!
t_at_end "kill $server 2>/dev/null"
exec 9>"$T_TMP/alive"
for ((i = 0; i < 200; i++)); do
	[ ! -s "$T_TMP/endpoint" ] || break
	sleep 0.1
done
if ! [ -s "$T_TMP/endpoint" ]; then
	t_begin 's3'
	t_fail "no server: $(tail -n 3 "$T_TMP/s3.log")"
	exit
fi
export AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing \
	HOME=$T_TMP/home
unset AWS_CA_BUNDLE AWS_SESSION_TOKEN AWS_PROFILE
printf '[publish]\ns3-endpoint = %s\n' "$(cat "$T_TMP/endpoint")" \
	>>"$site/site.conf"
s3()
{
	AWS_CA_BUNDLE='' RCLONE_S3_ENV_AUTH=true RCLONE_S3_PROVIDER=Other \
		RCLONE_S3_ENDPOINT=$(cat "$T_TMP/endpoint") STEP=0 \
		timeout 60 rclone --config= --retries=1 --low-level-retries=2 \
		--quiet "$@"
}
s3 mkdir :s3:fleet
pull_s3() { s3 copy :s3:fleet/site "$T_TMP/got"; }
leave_s3() { leave "$T_TMP/mine" && s3 copy "$T_TMP/mine" :s3:fleet/site; }
facts_s3() { s3 lsl :s3:fleet/site | grep 'layers/\|boot/' | sort; }
mkdir -p "$T_TMP/mine/layers"
target s3 s3://fleet/site/ 6
t_begin 's3: no such bucket: one line says so'
if slipway publish -C "$site" --send --to s3://nobody/ >"$T_TMP/out" 2>&1; then
	t_fail 'it went well'
elif grep -q 's3://nobody/: rclone ended' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
exec 9>&-
