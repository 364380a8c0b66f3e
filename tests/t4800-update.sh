#!/bin/bash
# SPDX-License-Identifier: MIT
# t4800-update: releases that come onto a disk, are tried, confirmed, given
# up, pinned, pruned; what is broken is refused and mended.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/disk.sh"

requires_root
need mksquashfs squashfs-tools
need openssl openssl
need jq jq
need grub-editenv grub-common

t_begin 'fixture: a site, its first release, a server'
if disk_site >"$T_TMP/out" 2>&1 && release one && site_server; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi
disk_new "$T_TMP/disk"
home=$disk/slipway

check 'the first release comes onto an empty disk' fetch
check 'it is good, chosen, next, and whole' is good 1 chosen 1 next 1 \
	'releases[0].whole' true tries_left 0
booted 1
check 'it is confirmed' up confirm
check 'nothing to do' grep -q 'up to date' <(fetch)

release two
t_begin 'check says so and fetches no layer'
if fetch --check | grep -q '^release 2: available' &&
	[ ! -e "$home/releases/2" ]; then t_ok; else t_fail; fi
fetch --json >"$T_TMP/facts" 2>"$T_TMP/err"
check 'the second is on trial, with three tries' is good 1 chosen 2 next 2 \
	tries_left 3
check 'GRUB reads the same' grep -qx 'try=2' <(env_of list)
inode() { stat -c %i "$home/releases/$1/layers"/*.squashfs; }
check 'an equal base is one file' [ "$(inode 1)" = "$(inode 2)" ]
t_begin 'of the second release little but the overlay was fetched'
if [ "$(jq .fetched "$T_TMP/facts")" -lt 40000 ]; then t_ok; else
	t_fail "$(cat "$T_TMP/facts" "$T_TMP/err")"
fi

t_begin 'that it has no further signature is not worth a word'
if ! grep -q 'retry:' "$T_TMP/err"; then t_ok; else t_fail "$(cat "$T_TMP/err")"; fi

booted 2
printf '#!/bin/sh\nexit 3\n' >"$T_TMP/health.d/10-web"
chmod +x "$T_TMP/health.d/10-web"
t_begin 'a health check that fails confirms nothing'
up confirm >"$T_TMP/out" 2>&1 && t_fail 'it was confirmed'
grep -q '10-web: ended with status 3' "$T_TMP/out" &&
	[ "$(get good)" = 1 ] || t_fail "$(cat "$T_TMP/out")"
t_ok
# three boots without a word, as GRUB counts them; then the one before
env_of set left=0
rm "$T_TMP/health.d/10-web"
booted 1
t_begin 'the release before notes that it was given up'
if up confirm | grep -q 'release 2: did not come up in 3 boots' &&
	is good 1 chosen 1 next 1 tries_left 0; then t_ok; else t_fail; fi
check 'and does not take it again' grep -q 'failed here before' <(fetch)
check 'unless it is told to' fetch --force
check 'which is a new trial' is chosen 2 tries_left 3
sed -i 's/^\[site\]/&\nfloor = 2/' "$site/site.conf"
release three
fetch >/dev/null 2>&1
check 'a newer one takes over' is good 1 chosen 3 floor 1
booted 3
check 'it is confirmed' up confirm
check 'and the floor rises only then' is good 3 chosen 3 floor 2 next 3
check 'confirming twice changes nothing' up confirm
count=$(cat "$home"/state.? | grep -a ^count | sort -n | tail -n 1)
up confirm >/dev/null
check 'not even the state' [ "$count" = \
	"$(cat "$home"/state.? | grep -a ^count | sort -n | tail -n 1)" ]

t_begin 'a release below the floor cannot be pinned'
expect_fail 1 E-FLOOR up pin 1
check 'one that is above can' up pin 2
check 'it is next' is pin 2 chosen 2 next 2 good 3
check 'the site is not followed' grep -q 'pinned to another' <(fetch)
check 'until it is no more' up unpin
check 'then the newest is chosen' fetch
check 'again' is chosen 3 next 3
check 'a pin for one boot' up pin 2 --once
check 'goes before all' is next 2 chosen 3 pin 0
env_of set once=

cp "$public/manifest.cms" "$T_TMP/three.cms"
release four
fetch >/dev/null 2>&1
booted 4
up confirm >/dev/null
cp "$public/manifest.cms" "$T_TMP/four.cms"
cp "$T_TMP/three.cms" "$public/manifest.cms"
t_begin 'a mirror that stayed behind is refused'
fetch >"$T_TMP/out" 2>&1
if [ $? = 1 ] && tail -n 1 "$T_TMP/out" | grep -q 'update: E-FLOOR: '; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
cp "$T_TMP/four.cms" "$public/manifest.cms"
check 'three releases are kept' is 'releases | map(.serial)|join(" ")' '4 3 2'
booted 2
release five
fetch >/dev/null 2>&1
check 'never the one that runs, though it is the oldest' \
	is 'releases | map(.serial)|join(" ")' '5 4 2'

# what an attacker, or a bad sector, does to a disk
poke()
{
	cp "$1" "$1.x" && printf '\377' |
		dd of="$1.x" bs=1 seek="$2" conv=notrunc status=none &&
		mv "$1.x" "$1"
}
booted 4
r=$home/releases/5
poke "$r"/layers/*.squashfs 100000
check 'a flipped layer is found' [ "$(whole 5)" = E-HASH ]
t_begin 'and cannot be pinned'
expect_fail 1 E-HASH up pin 5
fetch --json >"$T_TMP/facts" 2>&1
check 'an update mends it' [ "$(whole 5)" = '' ]
t_begin 'out of what the disk has'
if [ "$(jq .fetched "$T_TMP/facts")" -lt 40000 ]; then t_ok; else
	t_fail "$(cat "$T_TMP/facts")"
fi
env_of set good_left=0
booted 2
t_begin 'a release that runs in place of the good one says so'
if up confirm | grep -q 'release 4: the last good one, did not come up' &&
	[ "$(env_of list | grep good_left)" = good_left=3 ]; then t_ok; else
	t_fail "$(env_of list)"
fi
env_of set good_left=0
poke "$home"/releases/4/layers/*.cpio.gz 100
t_begin '... and leaves it alone while it is not whole'
if up confirm 2>&1 | grep -q E-HASH &&
	[ "$(env_of list | grep good_left)" = good_left=0 ]; then t_ok; else
	t_fail "$(env_of list)"
fi
cp "$public/manifest.cms" "$T_TMP/five.cms" && cp "$T_TMP/four.cms" "$public/manifest.cms"
fetch --force >/dev/null 2>&1
check '... until an update has mended it' [ "$(whole 4)" = '' ]
check '... and it has its tries again' \
	[ "$(env_of list | grep good_left)" = good_left=3 ]
cp "$T_TMP/five.cms" "$public/manifest.cms"
fetch >/dev/null 2>&1
booted 4
poke "$r/manifest.cms" 200
check 'a flipped manifest is found' [ "$(whole 5)" = E-SIG ]
fetch >/dev/null 2>&1
check 'and mended' [ "$(whole 5)" = '' ]
cp "$home/releases/4/manifest.cms" "$r/"
check 'that of another release is found' [ "$(whole 5)" = E-SERIAL ]
fetch >/dev/null 2>&1
poke "$r/initrd.img" 3000
check 'a flipped initrd is found' [ "$(whole 5)" = E-HASH ]
fetch >/dev/null 2>&1

t_begin 'a torn, cut, foreign or absent GRUB block is none, and mended'
bad=
cp "$home/grubenv" "$T_TMP/env"
for how in 'head -c 512' 'head -c 0' "sed s/good/g\\x00od/" 'tr \\n \\r' \
	"sed s/left=3/left=9/" "sed s/order=/order=x/" 'cat /dev/urandom'; do
	$how <"$T_TMP/env" | head -c 1024 >"$home/grubenv"
	[ "$(get grubenv)" = false ] || bad="$bad $how: taken;"
	fetch >/dev/null 2>&1
	is grubenv true good 4 chosen 5 tries_left 3 >/dev/null ||
		bad="$bad $how: not mended;"
done
rm "$home/grubenv"
fetch >/dev/null 2>&1
is grubenv true chosen 5 >/dev/null || bad="$bad absent;"
if [ -z "$bad" ]; then t_ok; else t_fail "$bad"; fi

t_begin 'a state cut at any byte: the other copy counts'
a=$home/state.0 b=$home/state.1
grep -aq "$(cat "$a" "$b" | grep -a ^count | sort -k2n | tail -n1)\$" "$a" || {
	a=$home/state.1 b=$home/state.0
}
cp "$a" "$T_TMP/a"
cp "$b" "$T_TMP/b"
bad=
for ((n = 0; n < $(grep -ab '^sum' "$a" | cut -d: -f1) + 69; n += 7)); do
	head -c $n "$T_TMP/a" >"$a"
	is state_copies 1 good 4 >/dev/null || bad="$bad $n"
done
cp "$T_TMP/a" "$a"
if [ -z "$bad" ]; then t_ok; else t_fail "cut at$bad"; fi
: >"$a"
: >"$b"
booted 4
t_begin 'both lost: on from what runs, with a warning'
if fetch 2>&1 | grep -q 'neither copy is readable' &&
	is state_copies 2 good 4 chosen 5 >/dev/null; then t_ok; else
	t_fail "$(up status --json 2>&1)"
fi

mkdir "$T_TMP/small"
mount -t tmpfs -o size=2m none "$T_TMP/small"
disk_new "$T_TMP/small"
t_begin 'no room: refused with both numbers, nothing changed'
fetch >"$T_TMP/out" 2>&1
if tail -n 1 "$T_TMP/out" | grep -q 'E-SPACE: .* (expected 3.* got 20' &&
	[ -z "$(ls "$disk/slipway/releases" 2>/dev/null)" ]; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
disk=$T_TMP/disk

t_begin 'another update waits for nobody'
exec 9<"$home"
flock 9
expect_fail 1 'another slipway update' up status
exec 9<&-

disk_new "$T_TMP/slow"
t_begin 'a limit is kept'
began=$(date +%s%N)
fetch --limit 2M --json >"$T_TMP/facts" 2>/dev/null
took=$((($(date +%s%N) - began) / 1000000))
bytes=$(jq .fetched "$T_TMP/facts")
if [ "${bytes:-0}" -gt 3000000 ] && [ $((bytes / 2048)) -le "$took" ]; then
	t_ok "$bytes bytes in $took ms"
else
	t_fail "$bytes bytes in $took ms"
fi

disk_new "$T_TMP/resume"
t_begin 'killed while it fetches, it goes on where it was'
# no shell in between: it is what is killed
"$BIN/slipway" update --boot "$disk" --url "$url" --limit 1M \
	>/dev/null 2>&1 &
part=$disk/slipway/partial
for ((i = 0; i < 200; i++)); do
	sleep 0.05
	kb=$(du -k "$part"/*.squashfs 2>/dev/null | cut -f1)
	[ "${kb:-0}" -le 1500 ] || break
done
kill -9 $! && wait $! 2>/dev/null
fetch --json >"$T_TMP/facts" 2>/dev/null
if [ "$(jq .local "$T_TMP/facts")" -gt 1000000 ] &&
	is good 5 chosen 5 'releases[0].whole' true; then
	t_ok "$(jq .local "$T_TMP/facts") bytes were here"
else
	t_fail "$(cat "$T_TMP/facts")"
fi

# --- a rollout: one machine that the draw reaches early, and one late
machine() # MAC
{
	local n=$T_TMP/sys/class/net/eth0
	mkdir -p "$n/device"
	: >"$n/device/uevent"
	echo "$1" >"$n/address"
	export SLIPWAY_SYS=$T_TMP/sys
}
layer_of() # SERIAL: its overlay, as the disk has it
{
	cat "$home/releases/$1"/layers/*.cpio.gz | sha256sum | cut -d' ' -f1
}
built() { sha256sum <"$site/build/overlays/web/overlay.cpio.gz" | cut -d' ' -f1; }
share() # N [SLIPWAY-PUBLISH-OPTION...]
{
	"$BIN/slipway" rollout -C "$site" web "$1" >/dev/null 2>&1
	shift
	"$BIN/slipway" publish -C "$site" "$@" >"$T_TMP/published" 2>&1
}
# gets OLD|NEW IMAGE: the update takes what is published, whole, as that
gets()
{
	local n want=$old
	[ "$1" = old ] || want=$new
	fetch >"$T_TMP/took" 2>&1 || { cat "$T_TMP/took" && return 1; }
	n=$(get chosen)
	[ "$(layer_of "$n")" = "$want" ] && [ -z "$(whole "$n")" ] &&
		grep -qx "set image=$2" "$home/releases/$n/boot.cfg" && return
	cat "$T_TMP/took" "$home/releases/$n/boot.cfg"
	return 1
}
disk=$T_TMP/disk home=$disk/slipway
machine 52:54:00:00:00:01
fetch >"$T_TMP/out" 2>&1
old=$(built)
"$BIN/slipway" rollout -C "$site" web 1 >/dev/null 2>&1
release six
new=$(built)
image=r$(sed -n 's/.*serial \([0-9]*\).*/\1/p' "$T_TMP/published" | head -n 1)
draw=$(echo 52:54:00:00:00:01 |
	"$BIN/slipway" rollout -C "$site" preview - web | awk '{print $NF}')
check 'a rollout that has not reached it: what it had, by the new manifest' \
	gets old -
t_begin 'of which nothing but the manifest is fetched'
if [ "$(fetch --force --json 2>/dev/null | jq .fetched)" -lt 20000 ]; then t_ok; else
	t_fail
fi
share "$draw"
check 'still not, one short of its draw' gets old -
share $((draw + 1))
check 'a share above its draw brings the image' gets new "$image"
share 9999
check 'a larger one changes nothing' gets new "$image"
share halt
check 'halt takes it back' gets old -
sed -i "/^\[site\]/i [pins]\nmac 52:54:00:00:00:01 = new" "$site/site.conf"
share halt
check 'a pin of the site goes before the draw' gets new "$image"
sed -i '/^\[pins\]/,/= new/d' "$site/site.conf"
share whole
check 'the whole fleet: the role is it' gets new -

# --- a channel
share whole --channel beta
t_begin 'a release of the site is not replaced by one of a channel'
cp "$public/manifest.cms" "$T_TMP/main.cms"
cp "$public/channels/beta/manifest.cms" "$public/manifest.cms"
fetch >"$T_TMP/out" 2>&1
if grep -q 'E-SITE: .*another channel' "$T_TMP/out"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
cp "$T_TMP/main.cms" "$public/manifest.cms"
sed -i 's/$/ slipway.channel=beta/' "$SLIPWAY_CMDLINE"
check 'a machine of the channel gets it' fetch
check 'and has it whole' [ -z "$(whole "$(get chosen)")" ]

# --- several signers
disk_new "$T_TMP/two"
booted 1
home=$disk/slipway
cp -r "$SLIPWAY_RULES" "$T_TMP/rules"
echo 'signers 2' >>"$T_TMP/rules/policy"
sed -i '/^\[site\]/a signers = 2' "$site/site.conf"
"$BIN/slipway" keys leaf -C "$site" --name bob >"$T_TMP/out" 2>&1
release two-of-two
of=$(ls "$public/signatures")
carried() # the further signature, as it is published
{
	cmp "$home/releases/$(get chosen)/signatures/$of" \
		"$public/signatures/$of"
}
check 'the rules ask for one: signed by two, it comes' fetch
check '... with the other signature, which its own initrd may ask for' carried
disk_new "$T_TMP/of-two"
home=$disk/slipway
export SLIPWAY_RULES=$T_TMP/rules
check 'the rules ask for two, it is signed by two: it comes' fetch
check '... with the other signature' carried
n=$(get chosen)
check '... and is whole' is 'releases[0].whole' true
cp "$public/manifest.cms" "$home/releases/$n/signatures/$of"
check 'the same key twice is found' [ "$(whole "$n")" = E-SIG ]
rm "$home/releases/$n/signatures/$of"
check 'a signature that was lost is found' [ "$(whole "$n")" = E-MEDIUM ]
check 'an update' fetch
check '... mends it' is 'releases[0].whole' true
disk_new "$T_TMP/of-one"
export SLIPWAY_RULES=$T_TMP/rules
mv "$public/signatures/$of" "$T_TMP/lost"
t_begin 'one that the mirror has lost: refused'
fetch >"$T_TMP/out" 2>&1
if [ $? = 1 ] && tail -n 1 "$T_TMP/out" | grep -q 'E-FETCH-404: signatures/' &&
	[ -z "$(ls "$disk/slipway/releases" 2>/dev/null)" ]; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
