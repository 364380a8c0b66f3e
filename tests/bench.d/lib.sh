# SPDX-License-Identifier: MIT
# lib.sh: what every topic sources first. Sourced.
#
# topic NAME TEXT	starts it: everything after runs in namespaces of its
#			own, which take servers, mounts and links with them
# sample KEY VALUE	one measurement; a topic takes them in turn, A B C A B C
# show KEY UNIT WHAT [OF [OP GOAL]]	one row: the median, its spread, and its
#			ratio to the median of OF; OP is >= or <=
# tell UNIT WHAT VALUE	a row that is no number, or of one measurement
#
# RUNS is how often each is measured (3), TCP the congestion control (cubic).
# $W is a tmpfs of the topic's own.
T_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
O=${O:-$T_ROOT/build}
. "$T_ROOT/tests/lib.sh"
# which takes its own folder for ours
T_ROOT=$(cd "$(dirname "$0")/../.." && pwd)

RUNS=${RUNS:-3}
W=$T_TMP/w
BENCH_OUT=${BENCH_OUT:-/dev/null}

# What a killed boot leaves outside of its namespaces.
bench_cgroups()
{
	local d g=$T_TMP/cgroup
	mkdir -p "$g"
	mount -t cgroup -o memory cgroup "$g" 2>/dev/null ||
		mount -t cgroup2 cgroup2 "$g" 2>/dev/null || return 0
	for d in "$T_TMP"/nsboot.*; do
		[ ! -d "$g/${d##*/}" ] || rmdir "$g/${d##*/}"
	done
	umount "$g"
}

bench_stop()
{
	kill -KILL "$inside" 2>/dev/null || :
	wait "$inside" 2>/dev/null || :
	bench_cgroups
}

topic()
{
	name=$1
	if [ -n "${BENCH_INSIDE:-}" ]; then
		mount --make-rprivate / 2>/dev/null ||
			{ mount --bind "$T_TMP" "$T_TMP" &&
				mount --make-private "$T_TMP"; }
		mkdir -p "$W"
		mount -t tmpfs -o size=95%,mode=755 bench "$W"
		mkdir "$W/samples"
		ip link set lo up
		# what most servers have, not what this machine may have
		for bench_to in 127.0.0.0/8 127.0.0.1; do
			ip route replace local $bench_to dev lo table local \
				src 127.0.0.1 congctl "${TCP:-cubic}"
		done
		printf '\n%s: %s; load %s\n' "$name" "$2" \
			"$(cut -d' ' -f1-3 /proc/loadavg)"
		printf '%-43s %9s %-5s %15s %6s  %s\n' '' median '' spread \
			ratio goal
		return
	fi
	requires_root
	need ip iproute2
	need jq jq
	need mksquashfs squashfs-tools
	# the figures are for two processors, whatever there is
	BENCH_INSIDE=y unshare -n -m -p -f --propagation unchanged \
		--kill-child --mount-proc \
		taskset -c "$(bench_cpus)" bash "$0" &
	inside=$!
	t_at_end bench_stop
	wait "$inside"
	exit
}

# the first two that we may use
bench_cpus()
{
	taskset -cp $$ | sed 's/.*: //' | tr , '\n' |
		awk -F- '{ do print $1; while ($1++ < $2) }' |
		head -n 2 | paste -sd,
}

calc()
{
	awk "BEGIN { printf(\"%.${2:-3}f\", $1) }"
}

sample()
{
	[ -z "$2" ] || printf '%s\n' "$2" >>"$W/samples/$1"
}

rank() # KEY FRACTION
{
	sort -n "$W/samples/$1" | awk -v f="$2" '{ v[NR] = $1 }
		END { if (NR) print v[1 + int((NR - 1) * f)] }'
}

# Three digits that count.
tidy()
{
	awk -v v="$1" 'BEGIN {
		printf((v >= 100 ? "%.0f" : v >= 10 ? "%.1f" : "%.2f"), v) }'
}

bench_json()
{
	printf '{"topic":"%s","what":"%s"%s}\n' "$name" "$1" "$2" >>"$BENCH_OUT"
}

show()
{
	local key=$1 unit=$2 what=$3 of=${4:-} op=${5:-} goal=${6:-}
	local mid low high ratio='' verdict='' n spread
	if [ ! -s "$W/samples/$key" ]; then
		tell "$unit" "$what" none
		return
	fi
	mid=$(rank "$key" 0.5) low=$(rank "$key" 0) high=$(rank "$key" 1)
	n=$(wc -l <"$W/samples/$key")
	spread=$(tidy "$low")..$(tidy "$high")
	[ "$n" != 1 ] || spread=
	if [ -n "$of" ] && [ -s "$W/samples/$of" ]; then
		ratio=$(calc "$mid / $(rank "$of" 0.5)")
		[ -z "$goal" ] || verdict=$(awk "BEGIN {
			print ($ratio $op $goal) ? \"yes\" : \"no\" }")
	fi
	printf '%-43s %9s %-5s %15s %6s  %s\n' "$what" "$(tidy "$mid")" \
		"$unit" "$spread" "${ratio:+$(tidy "$ratio")}" \
		"${goal:+$op $goal ${verdict:-?}}"
	bench_json "$what" ",\"unit\":\"$unit\",\"median\":$mid,\"low\":$low,\
\"high\":$high,\"runs\":$n${ratio:+,\"ratio\":$ratio,\"of\":\"$of\"}\
${verdict:+,\"goal\":\"$op $goal\",\"met\":\"$verdict\"}"
}

tell()
{
	printf '%-43s %9s %s\n' "$2" "$3" "$1"
	bench_json "$2" ",\"unit\":\"$1\",\"value\":\"$3\""
}

# What a device of our network namespace has received; /sys may show another's.
net_received() # DEVICE
{
	tr : ' ' </proc/net/dev | awk -v d="$1" '$1 == d { print $2 }'
}

# seconds CMD...: how long it took, in $took; its status
seconds()
{
	local begun=$EPOCHREALTIME ret=0
	"$@" || ret=$?
	took=$(calc "$EPOCHREALTIME - $begun" 6)
	return $ret
}
