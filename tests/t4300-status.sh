#!/bin/bash
# SPDX-License-Identifier: MIT
# t4300-status: reports as slipway serve takes them, and the fleet as slipway
# status shows it: table, JSON, and the page, in a browser.
. "$(dirname "$0")/lib.sh"

need curl curl
need jq jq
need sqlite3 sqlite3

db=$T_TMP/reports.db
mkfifo "$T_TMP/said"

serve() # OPTION...: sets url and pid
{
	local line
	"$BIN/slipway-serve" --reports-only --reports "$db" \
		--listen 127.0.0.1:0 "$@" >"$T_TMP/said" 2>"$T_TMP/log" &
	pid=$!
	read -r line <"$T_TMP/said"
	url=${line##* }
}
t_at_end 'kill $pid 2>/dev/null'
stop()
{
	kill "$pid" && wait "$pid"
}
status() { "$BIN/slipway-status" --reports "$db" "$@"; }
sql() { sqlite3 "$db" "$@"; }

# post WANT NAME FILE [CURL-OPTION...]
post()
{
	local want=$1 name=$2 file=$3 got
	shift 3
	t_begin "$name: $want"
	got=$(curl -sS --max-time 20 -o "$T_TMP/body" -w '%{http_code}' \
		--data-binary "@$file" "$@" "${url}report")
	if [ "$got" = "$want" ]; then t_ok; else
		t_fail "got $got: $(head -c 200 "$T_TMP/body")"
	fi
}

"$T_ROOT/tests/fleet" 1 >"$T_TMP/one"
edit() # JQ-PROGRAM: $T_TMP/one as it changes it
{
	jq -c "$1" "$T_TMP/one" >"$T_TMP/edited"
	echo "$T_TMP/edited"
}

serve
post 201 'a report' "$T_TMP/one"
post 201 'the same again' "$T_TMP/one"
post 201 'a field that is not known' "$(edit '.more = [{a: [1]}]')"
t_begin 'one boot is one line, and what is not known is not kept'
if [ "$(sql 'SELECT count(*) FROM boots')" = 1 ] &&
	! sql 'SELECT report FROM boots' | grep -q more; then t_ok; else
	t_fail "$(sql 'SELECT * FROM boots')"
fi

# --- strangers
: >"$T_TMP/none" && post 400 'nothing' "$T_TMP/none"
echo '{"slipway":1}' >"$T_TMP/bad" && post 400 'no boot' "$T_TMP/bad"
echo '[]' >"$T_TMP/bad" && post 400 'no object' "$T_TMP/bad"
echo 'x=y' >"$T_TMP/bad" && post 400 'no JSON' "$T_TMP/bad"
{ cat "$T_TMP/one" && echo '{}'; } >"$T_TMP/bad" && post 400 'two' "$T_TMP/bad"
head -c 700 "$T_TMP/one" >"$T_TMP/bad" && post 400 'a cut one' "$T_TMP/bad"
printf '%s' "$(printf '[%.0s' {1..20000})" >"$T_TMP/bad" &&
	post 400 'nested without end' "$T_TMP/bad"
printf '{"slipway":1,"mac":"\xff\xfe"}' >"$T_TMP/bad" &&
	post 400 'no UTF-8' "$T_TMP/bad"
head -c 60000 /dev/urandom >"$T_TMP/bad" && post 400 'noise' "$T_TMP/bad"
head -c 70000 /dev/zero >"$T_TMP/bad" && post 413 'too large' "$T_TMP/bad"
post 413 'too large, in chunks' "$T_TMP/bad" -H 'Transfer-Encoding: chunked'
post 400 'another version' "$(edit '.slipway = 2')"
post 400 'a version that is text' "$(edit '.slipway = "1"')"
post 400 'a result of its own' "$(edit '.result = "E-<b>"')"
post 400 'a boot that is no number' "$(edit '.boot = "../../etc"')"
post 400 'a number below 0' "$(edit '.uptime_ms = -1')"
post 400 'a number too large' "$(edit '.bytes = 1e300')"
post 400 'text for a number' "$(edit '.bytes = "1"')"
post 400 'a name too long' "$(edit '.hostname = "x" * 300')"
post 400 'too many steps' "$(edit '.steps = [range(65) | {name: "x"}]')"
post 400 'steps that are none' "$(edit '.steps = {a: 1}')"
post 400 'a step that is none' "$(edit '.steps = [1]')"
t_begin 'nothing of that was kept'
if [ "$(sql 'SELECT count(*) FROM boots')" = 1 ]; then t_ok; else
	t_fail "$(sql 'SELECT boot FROM boots')"
fi

t_begin 'there is nothing to get'
if [ "$(curl -s -o /dev/null -w '%{http_code}' "${url}report")" = 404 ]; then
	t_ok
else
	t_fail
fi
t_begin 'a flood from one address is turned away, others are not'
for ((i = 0; i < 300; i++)); do
	[ "$i" = 0 ] || echo next
	printf '%s\n' "url = ${url}report" "data-binary = @$T_TMP/one" silent \
		'output = /dev/null' 'write-out = "%{http_code}\n"' \
		'header = "X-Real-IP: 192.0.2.7"'
done >"$T_TMP/curl"
curl -K "$T_TMP/curl" | sort | uniq -c >"$T_TMP/codes"
if grep -q ' 429$' "$T_TMP/codes" && grep -q ' 201$' "$T_TMP/codes" &&
	[ "$(curl -s -o /dev/null -w '%{http_code}' \
		-H 'X-Real-IP: 192.0.2.8' --data-binary "@$T_TMP/one" \
		"${url}report")" = 201 ]; then
	t_ok "$(tr '\n' ' ' <"$T_TMP/codes")"
else
	t_fail "$(cat "$T_TMP/codes")"
fi
stop

# --- a fleet
# send FILE: each line of it, through one curl
send()
{
	rm -rf "$T_TMP/post" && mkdir "$T_TMP/post"
	split -l 1 -a 5 -d "$1" "$T_TMP/post/r"
	local f i=0
	for f in "$T_TMP/post"/r*; do
		[ "$i" = 0 ] || echo next
		printf '%s\n' "url = ${url}report" "data-binary = @$f" silent \
			'output = /dev/null' 'write-out = "%{http_code}\n"' \
			"header = \"X-Real-IP: 10.0.$((i / 250)).$((i % 250))\""
		i=$((i + 1))
	done >"$T_TMP/curl"
	curl -K "$T_TMP/curl" | sort | uniq -c
}

rm -f "$db" "$db"-*
serve --keep 60
t_begin 'no more are kept than were asked for'
"$T_ROOT/tests/fleet" 130 >"$T_TMP/fleet"
got=$(send "$T_TMP/fleet")
kept=$(sql 'SELECT count(*) FROM boots')
if [ "$kept" -ge 60 ] && [ "$kept" -lt 125 ]; then t_ok "$kept"; else
	t_fail "$kept of$got"
fi
stop
rm -f "$db" "$db"-*
serve
"$T_ROOT/tests/fleet" 1000 >"$T_TMP/fleet"
t_begin 'a thousand machines report'
got=$(send "$T_TMP/fleet")
if [ "$got" = "   1000 201" ]; then t_ok; else t_fail "$got"; fi
sql 'UPDATE boots SET received = received - rowid * 600'
# and each of ten boots a second time
t_begin 'the next boot of a machine is the one that shows'
head -n 10 "$T_TMP/fleet" | jq -c '.boot = "f" * 32 + .mac[-2:] |
	.result = "E-STALL" | .error = "base: stalled"' >"$T_TMP/again"
send "$T_TMP/again" >"$T_TMP/out"
if [ "$(status --json | jq '.machines | length')" = 1000 ] &&
	[ "$(status --all --json | jq '.machines | length')" = 1010 ] &&
	[ "$(status --json --result E-STALL | jq '[.machines[] |
		select(.error == "base: stalled")] | length')" = 10 ]; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi

# count WANT NAME OPTION...: lines of the table, without its head
count()
{
	local want=$1 name=$2 got
	shift 2
	t_begin "$name"
	got=$(status "$@" 2>/dev/null | sed 1d | wc -l)
	if [ "$got" = "$want" ]; then t_ok; else t_fail "$got, not $want"; fi
}
of() # JQ-CONDITION: how many of the last boots
{
	status --json | jq "[.machines[] | select($1)] | length"
}
count 1000 'all'
count "$(of '.role == "web"')" 'a role' --role web
count "$(of '.result != "ok"')" 'those that failed' --result failed
count "$(of '.result == "ok"')" 'those that did not' --result ok
count "$(of '.result == "E-DHCP"')" 'a code' --result E-DHCP
count 1 'a MAC' --machine 52:54:00:00:01:03
count "$(of '.hostname | test("^kiosk-1.$")')" 'names by glob' \
	--machine 'kiosk-1?'
count 10 'since' --since 9min
count "$(of '.received < (now - 86400)')" 'not heard of for a day' --stale 1d
count "$(of '.received < (now - 86400) and .role == "kiosk"')" \
	'both' --stale 24h --role kiosk
count 0 'none' --role nothing
t_begin 'a table for people'
if status --machine '52:54:00:00:00:2*' >"$T_TMP/out" &&
	grep -q '^MACHINE  *ROLE  *RELEASE  *HEARD  *TOOK  *SLOWEST  *RESULT$' \
		"$T_TMP/out" && grep -q ' [0-9]* h ago  *[0-9.]* s ' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'days count every boot'
if [ "$(status --json | jq '[.days[] | .[1] + .[2]] | add')" = 1010 ]; then
	t_ok
else
	t_fail "$(status --json | jq -c .days)"
fi
t_begin 'usage: --since'
expect_fail 2 'expected 30min' status --since yesterday
t_begin 'usage: --json and --html'
expect_fail 2 'not both' status --json --html "$T_TMP/x"
t_begin 'no reports'
expect_fail 1 'slipway serve' "$BIN/slipway-status" --reports "$T_TMP/no.db"

# --- hostile machines, in every field
t_begin 'hostile text is taken as text'
evil='</script><img src=x onerror=\"document.title=1\">'
jq -c --arg e "$(printf '%b' "${evil//\\/}")" '
	.mac = "66:66:66:66:66:66" | .boot = "e" * 32 | .hostname = $e |
	.role = $e | .serial = $e | .uuid = $e[:60] | .kernel = $e[:60] |
	.error = "\u001b[31m" + $e | .result = "E-MAN" | .mirror = $e |
	.site = $e | .steps[].name |= $e[:32] | .layers[].name |= $e |
	.mirrors[].url |= $e | .layers[].mirror |= $e' \
	"$T_TMP/one" >"$T_TMP/evil"
send "$T_TMP/evil" >"$T_TMP/out"
status --machine 66:66:66:66:66:66 >"$T_TMP/table"
if grep -q ' 201$' "$T_TMP/out" && [ "$(wc -l <"$T_TMP/table")" = 2 ] &&
	! grep -q "$(printf '\033')" "$T_TMP/table"; then t_ok; else
	t_fail "$(cat "$T_TMP/out" "$T_TMP/table")"
fi

# --- on the machine itself
t_begin 'the report as lines for people'
sed -n 1p "$T_TMP/fleet" >"$T_TMP/report.json"
if COLUMNS=90 LANG=C LC_ALL=C "$BIN/slipway-report" "$T_TMP/report.json" \
	>"$T_TMP/out" && grep -q '^layers  .*[0-9] s  .*##.* 184\.2 MB, ' \
	"$T_TMP/out" && grep -q '^  base debian13  ' "$T_TMP/out" &&
	[ "$(awk 'length > 100' "$T_TMP/out" | wc -l)" = 0 ]; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'hostile text shows as text'
if "$BIN/slipway-report" "$T_TMP/evil" >"$T_TMP/out" &&
	grep -qF '?[31m</script>' "$T_TMP/out" &&
	! grep -q "$(printf '\033')" "$T_TMP/out"; then t_ok; else
	t_fail "$(cat -v "$T_TMP/out")"
fi
t_begin 'a file that is none'
expect_fail 1 'not one JSON object' "$BIN/slipway-report" "$T_TMP/log"
t_begin 'what was not sent is sent, and gone'
mkdir "$T_TMP/outbox"
jq -c '.boot = "d" * 32 | .mac = "aa:aa:aa:aa:aa:aa"' "$T_TMP/one" \
	>"$T_TMP/outbox/x.json"
if "$BIN/slipway-report" --send --url "${url}report" \
	--outbox "$T_TMP/outbox" && [ ! -e "$T_TMP/outbox/x.json" ] &&
	[ "$(status --machine aa:aa:aa:aa:aa:aa | wc -l)" = 2 ]; then t_ok; else
	t_fail "$(ls "$T_TMP/outbox")"
fi
t_begin 'what is not taken stays'
cp "$T_TMP/one" "$T_TMP/outbox/x.json"
expect_fail 1 'status 405' "$BIN/slipway-report" --send --url "${url}" \
	--outbox "$T_TMP/outbox" && [ -e "$T_TMP/outbox/x.json" ] ||
	t_bad=1
stop

page=$T_TMP/page.html
t_begin 'the page is one file and names no other'
if status --html "$page" &&
	[ "$(grep -o '<script' "$page" | wc -l)" = 2 ] &&
	[ "$(grep -o '</script' "$page" | wc -l)" = 2 ] &&
	! grep -q '<img\|<link\|<iframe\|<[a-z][^>]* src=\|@import\|url(' \
		"$page"; then
	t_ok "$(stat -c %s "$page") bytes"
else
	t_fail "$(grep -o '<script.\{20\}\|<img.\{40\}\| src=.\{20\}' "$page")"
fi
t_begin 'what it may run is named by digest'
sed -n '/^<script>/,$p' "$page" | sed '1s/^<script>//' |
	awk '/^<\/script>/ { exit } { print }' >"$T_TMP/js"
# the newline before </script> is not of the script
digest=$(head -c -1 "$T_TMP/js" | openssl dgst -sha256 -binary | base64)
digest2=$(openssl dgst -sha256 -binary "$T_TMP/js" | base64)
if grep -qF -e "script-src 'sha256-$digest'" \
	-e "script-src 'sha256-$digest2'" "$page"; then
	t_ok
else
	t_fail "$digest: $(grep -o 'Content-Security.*' "$page")"
fi

t_begin 'a file of a newer version'
sql 'PRAGMA user_version = 2'
expect_fail 1 'newer slipway' status
t_begin 'a file that is something else'
echo 'not a database, but long enough to be asked' >"$T_TMP/other"
expect_fail 1 'not a database' "$BIN/slipway-status" --reports "$T_TMP/other"

# --- in a browser
browser=$(command -v chromium || command -v chromium-browser)
if [ -z "$browser" ]; then
	t_begin 'the page in a browser'
	t_skip 'no chromium (Debian package chromium)'
	exit
fi

# Nothing but the file itself can be asked for; what it logs is in $T_TMP/err.
browse() # OPTION... URL
{
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu \
		--user-data-dir="$T_TMP/profile" --no-first-run \
		--host-resolver-rules='MAP * ~NOTFOUND' \
		--proxy-server=127.0.0.1:9 --enable-logging=stderr \
		--hide-scrollbars "$@" 2>"$T_TMP/err"
}

t_begin 'a thousand machines open in a browser in less than two seconds'
# the best of three: others may want the processor too
for i in 1 2 3; do
	browse --virtual-time-budget=20000 --dump-dom "file://$page" \
		>"$T_TMP/dom"
	took=$(sed -n 's/.* data-ready="\([0-9]*\)".*/\1/p' "$T_TMP/dom" |
		head -n 1)
	[ "${took:-9999}" -ge 2000 ] || break
done
n=$(grep -o '<tr class="row"' "$T_TMP/dom" | wc -l)
if [ "$n" = 1002 ] && [ -n "$took" ] && [ "$took" -lt 2000 ]; then
	t_ok "$took ms"
else
	t_fail "$n rows, ready after '$took' ms; $(tail -n 3 "$T_TMP/err")"
fi
t_begin 'no error of a script, nothing refused, nothing asked for'
if grep -q 'CONSOLE' "$T_TMP/err"; then
	t_fail "$(grep CONSOLE "$T_TMP/err")"
else
	t_ok
fi
t_begin 'hostile text is text in the page too'
if ! grep -q '<img' "$T_TMP/dom" &&
	grep -q '&lt;img src=x' "$T_TMP/dom" &&
	grep -q '<title>.*slipway status</title>' "$T_TMP/dom"; then t_ok; else
	t_fail "$(grep -o '<img.\{60\}\|<title>.*</title>' "$T_TMP/dom")"
fi
for want in light:1 dark:0; do
	t_begin "${want%:*} where the desktop is"
	browse --blink-settings=preferredColorScheme="${want#*:}" \
		--virtual-time-budget=20000 --dump-dom "file://$page" \
		>"$T_TMP/dom"
	if grep -q "<html[^>]* data-theme=\"${want%:*}\"" "$T_TMP/dom"; then
		t_ok
	else
		t_fail "$(grep '<html' "$T_TMP/dom")"
	fi
done
t_begin 'the timeline of the hostile machine, opened by its name'
browse --virtual-time-budget=20000 --dump-dom \
	"file://$page#66:66:66:66:66:66" >"$T_TMP/dom"
if grep -q 'aria-expanded="true"' "$T_TMP/dom" &&
	grep -q 'Timeline of this boot' "$T_TMP/dom" &&
	! grep -q '<img' "$T_TMP/dom" && ! grep -q CONSOLE "$T_TMP/err"; then
	t_ok
else
	t_fail "$(grep CONSOLE "$T_TMP/err")"
fi
t_begin 'the check sees a script that is not ours'
sed 's|<h1 id="title">|<script>document.title = "pwned"</script>&|' "$page" \
	>"$T_TMP/pwned.html"
browse --dump-dom "file://$T_TMP/pwned.html" >"$T_TMP/dom"
if grep -q 'CONSOLE.*Content Security Policy' "$T_TMP/err" &&
	! grep -q '<title>pwned' "$T_TMP/dom"; then t_ok; else
	t_fail "$(tail -n 3 "$T_TMP/err")"
fi
t_begin 'a screenshot that is not blank'
browse --window-size=1400,1200 --screenshot="$T_TMP/shot.png" "file://$page" \
	>"$T_TMP/out"
if [ "$(stat -c %s "$T_TMP/shot.png" 2>/dev/null || echo 0)" -gt 50000 ]; then
	t_ok "$(stat -c %s "$T_TMP/shot.png") bytes"
else
	t_fail "$(tail -n 3 "$T_TMP/err")"
fi
