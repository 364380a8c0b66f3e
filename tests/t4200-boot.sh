#!/bin/bash
# SPDX-License-Identifier: MIT
# t4200-boot: the command in front, and slipway boot around a machine that is
# a script: what it is started with, what is expected of it, and its end.
. "$(dirname "$0")/lib.sh"

need curl curl

t_begin 'slipway help names every verb'
missing=
for p in "$BIN"/slipway-*; do
	slipway help | grep -q "^  ${p##*/slipway-} " || missing="$missing $p"
done
if [ -z "$missing" ]; then t_ok; else t_fail "not named:$missing"; fi

t_begin 'an unknown verb gets the nearest'
expect_fail 2 'did you mean publish?' slipway pubish
t_begin 'one that is like none'
expect_fail 2 "see 'slipway help'" slipway frobnicate
t_begin 'a verb is not a path'
expect_fail 2 'not a verb' slipway ../bin/slipway
t_begin 'no verb'
expect_fail 2 'which verb' slipway

t_begin 'installed: programs are found in libexec'
mkdir -p "$T_TMP/usr/bin" "$T_TMP/usr/libexec/slipway"
cp "$BIN/slipway" "$T_TMP/usr/bin/"
cp "$BIN/slipway-serve" "$T_TMP/usr/libexec/slipway/"
if PATH=/usr/bin:/bin "$T_TMP/usr/bin/slipway" help serve |
	grep -q '^usage: slipway serve '; then t_ok; else
	t_fail
fi

tree=$T_TMP/tree
mkdir -p "$tree/layers" "$T_TMP/qemu"
printf '#!ipxe\n:role-web\n' >"$tree/boot.ipxe"
export PATH=$T_TMP/qemu:$PATH CACHE=$T_TMP/cache
export SEEN=$T_TMP/seen

# machine SCRIPT: what stands in for QEMU; its arguments go to $SEEN
machine()
{
	cat >"$T_TMP/qemu/qemu-system-x86_64" <<-END
		#!/bin/bash
		printf '%s\n' "\$@" >"\$SEEN"
		echo \$\$ >"\$SEEN.pid"
		$1
	END
	chmod +x "$T_TMP/qemu/qemu-system-x86_64"
}

boot() { slipway boot --accel tcg --tree "$tree" "$@" </dev/null; }

gone() # is the machine's process away?
{
	! kill -0 "$(cat "$SEEN.pid")" 2>/dev/null
}

# ends NAME STATUS TEXT SCRIPT OPTION...: TEXT is on standard error
ends()
{
	local want=$2 text=$3 rc=0
	t_begin "$1"
	machine "$4"
	shift 4
	boot "$@" >"$T_TMP/out" 2>"$T_TMP/err" || rc=$?
	if [ "$rc" != "$want" ]; then
		t_fail "status $rc: $(cat "$T_TMP/err")"
	elif ! grep -qF -- "$text" "$T_TMP/err"; then
		t_fail "no '$text': $(cat "$T_TMP/err")"
	elif gone; then
		t_ok
	else
		t_fail 'the machine is still there'
	fi
}

hang='exec sleep 1000'
ends 'a text is seen: the machine is stopped' 0 '' \
	"printf 'one vm log'; printf 'in: '; $hang" --expect login:
ends 'two texts in order' 0 '' "echo one; echo two; $hang" \
	--expect one --expect two
ends 'two texts in the wrong order' 1 "'two' was not seen" \
	"echo two; echo one; $hang" --expect one --expect two --timeout 1
ends 'the text does not come' 1 "'login:' was not seen in time" \
	"echo hello; $hang" --expect login: --timeout 1
ends 'the machine ends before' 1 "ended before 'login:'" 'echo hello' \
	--expect login:
ends 'the boot fails' 1 'the boot failed' \
	"echo 'slipway: E-HASH: base: x; next: y'; $hang" --expect login:
ends 'the boot fails, nothing expected' 1 'the boot failed' \
	"echo 'slipway: E-HASH: base: x; next: y'"
ends 'the boot fails otherwise than expected' 1 'the boot failed' \
	"echo 'slipway: E-SIG: manifest: x; next: y'; $hang" --expect E-HASH
ends 'a failure that was expected' 0 '' \
	"echo 'slipway: E-HASH: base: x; next: y'; $hang" --expect E-HASH
ends 'nothing expected: the end of the machine is the end' 0 '' 'echo hello'
ends 'QEMU cannot do it' 1 'ended with status 3' 'exit 3'

page='port=$(sed -n "s/.*hostfwd=tcp:127.0.0.1:\([0-9]*\)-:80.*/\1/p" "$SEEN")
mkdir -p "$SEEN.d"; echo "role web" >"$SEEN.d/index"
exec '"$BIN/slipway-serve"' -q --tree "$SEEN.d" --listen 127.0.0.1:$port'
ends 'a page answers' 0 'curl http://127.0.0.1:' "$page" --forward 0:80 \
	--probe 80:/index --probe-text 'role web'
ends 'another page answers' 1 'did not answer in time' "$page" \
	--forward 0:80 --probe 80:/index --probe-text 'role other' --timeout 2
ends 'no page' 1 'did not answer in time' "$hang" --forward 0:80 \
	--probe 80:/index --timeout 1

t_begin 'a signal stops the machine too'
machine "echo up; $hang"
mkfifo "$T_TMP/console"
boot --expect never --log "$T_TMP/log" >"$T_TMP/console" 2>"$T_TMP/err" &
exec 3<"$T_TMP/console"
read -r up <&3
kill "$(pgrep -P $! -x slipway-boot || echo $!)"
wait $!
rc=$?
exec 3<&-
if [ "$rc" = 1 ] && [ "$up" = up ] && gone && grep -q up "$T_TMP/log"; then
	t_ok
else
	t_fail "status $rc: $(cat "$T_TMP/err")"
fi

# what iPXE would get first, asked for by the machine
ask='url=$(sed -n "s/.*bootfile=http:..10.0.2.2\([^,]*\).*/\1/p" "$SEEN")
curl -s "http://127.0.0.1$url" >"$SEEN.script"
url=${url%/*}
curl -s "http://127.0.0.1$url/boot.ipxe" >"$SEEN.chained"'
t_begin 'iPXE is led to this server, with role and arguments'
machine "$ask"
boot --role web --append 'a=1 b' >/dev/null 2>&1
if sed -n 's,^chain http://10.0.2.2:\([0-9]*\)/boot.ipxe$,\1,p' \
	"$SEEN.script" | grep -q . &&
	grep -q '^set role web$' "$SEEN.script" &&
	grep -q '^set append no_timer_check a=1 b$' "$SEEN.script" &&
	grep -q '^set slipway-url http://10.0.2.2:[0-9]*$' "$SEEN.script" &&
	cmp -s "$SEEN.chained" "$tree/boot.ipxe"; then t_ok; else
	t_fail "$(cat "$SEEN.script")"
fi

machine true
t_begin 'a role that is not published'
expect_fail 1 'role other: not published' boot --role other
t_begin 'a tree that is not published'
expect_fail 1 "slipway publish" slipway boot --tree "$T_TMP/nothing"
t_begin 'a forward that is none'
expect_fail 2 '--forward 80' boot --forward 80
t_begin 'a probe of a port that is not forwarded'
expect_fail 2 'no --forward' boot --probe 80:/
t_begin 'an argument that iPXE would act on'
expect_fail 2 '--append' boot --append 'x ${net0/mac}'
t_begin 'memory that is no number'
expect_fail 2 '--ram' boot --ram 1G
t_begin 'a time that is no number'
expect_fail 2 '--timeout' boot --timeout soon
t_begin 'two firmwares'
expect_fail 2 'not both' boot --bios --uefi
t_begin 'an address that is none'
expect_fail 2 '--mac' boot --mac 52:54:00:12:34
t_begin 'a disk that is not there'
expect_fail 1 /nonexistent boot --disk /nonexistent
t_begin 'a card on an interface that is not there'
expect_fail 2 'no such interface' boot --tap nosuchif0
t_begin 'a network that decides takes no role'
expect_fail 2 'up to the network' boot --tap lo --role web

machine true
t_begin 'UEFI is given its firmware, BIOS none'
if [ ! -e /usr/share/OVMF/OVMF_CODE_4M.fd ]; then
	t_skip 'no OVMF (Debian package ovmf)'
else
	boot --uefi 2>/dev/null
	uefi=$(grep -c OVMF "$SEEN")
	boot 2>/dev/null
	bios=$(grep -c OVMF "$SEEN")
	if [ "$uefi $bios" = '2 0' ]; then t_ok; else t_fail "$uefi $bios"; fi
fi

t_begin 'cards on interfaces: none on the user network, no server of ours'
slipway boot --accel tcg --tap lo --tap lo --mac 52:54:00:00:00:01 \
	</dev/null 2>"$T_TMP/err"
if [ "$(grep -c '^tap,id=n[01],ifname=lo,' "$SEEN")" = 2 ] &&
	grep -q 'netdev=n0,.*mac=52:54:00:00:00:01' "$SEEN" &&
	! grep -q '^user,' "$SEEN"; then t_ok; else t_fail "$(cat "$SEEN")"; fi
