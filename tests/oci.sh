# SPDX-License-Identifier: MIT
# oci.sh: container images made by tar, sha256sum and printf alone. Sourced.
#
# oci_tar DIR OUT	a layer's tar of what is in DIR, in byte order
# oci_image DIR TAG LAYER...	add an image to the layout DIR; a LAYER is
#	a tar, packed by the suffix put behind it: a.tar:gz, a.tar:zst, a.tar
# oci_docker DIR TAG TAR...	the same as docker save writes it, unpacked
# oci_odd DIR	what a base and an overlay can both have, in DIR/odd
# oci_arch (amd64) is the architecture it says

oci_arch=amd64

oci_tar()
{
	tar --sort=name --format=pax --xattrs --xattrs-include='*' \
		--numeric-owner -C "$1" -cf "$2" .
}

oci_sum()
{
	sha256sum <"$1" | cut -d' ' -f1
}

oci_blob() # DIR FILE: its digest
{
	local sum
	sum=$(oci_sum "$2")
	cp "$2" "$1/blobs/sha256/$sum"
	echo "$sum"
}

oci_config() # TAR...: on standard output
{
	local t list=
	for t; do list="$list,\"sha256:$(oci_sum "${t%%:*}")\""; done
	printf '{"architecture":"%s","os":"linux","rootfs":{"type":"layers","diff_ids":[%s]}}' \
		"$oci_arch" "${list#,}"
}

oci_descriptor() # TYPE SUM FILE MORE
{
	printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s%s}' \
		"$1" "$2" "$(stat -c %s "$3")" "${4:-}"
}

oci_image()
{
	local dir=$1 tag=$2 tmp l kind file list='' sum
	shift 2
	tmp=$(mktemp -d "$T_TMP/oci.XXXXXX")
	mkdir -p "$dir/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
	for l; do
		file=${l%%:*}
		case $l in
		*:gz) kind=+gzip; gzip -nc "$file" >"$tmp/l" ;;
		*:zst) kind=+zstd; zstd -qc "$file" >"$tmp/l" ;;
		*) kind=; cp "$file" "$tmp/l" ;;
		esac
		sum=$(oci_blob "$dir" "$tmp/l")
		list="$list,$(oci_descriptor "layer.v1.tar$kind" "$sum" "$tmp/l")"
	done
	oci_config "$@" >"$tmp/config"
	sum=$(oci_blob "$dir" "$tmp/config")
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
		"$(oci_descriptor config.v1+json "$sum" "$tmp/config")" \
		"${list#,}" >"$tmp/manifest"
	sum=$(oci_blob "$dir" "$tmp/manifest")
	oci_descriptor manifest.v1+json "$sum" "$tmp/manifest" \
		",\"annotations\":{\"org.opencontainers.image.ref.name\":\"$tag\"}" \
		>>"$dir/.list"
	echo >>"$dir/.list"
	printf '{"schemaVersion":2,"manifests":[%s]}' \
		"$(paste -sd, "$dir/.list")" >"$dir/index.json"
	rm -r "$tmp"
}

oci_docker()
{
	local dir=$1 tag=$2 t sum config list=
	shift 2
	mkdir -p "$dir"
	for t; do
		sum=$(oci_sum "$t")
		mkdir -p "$dir/$sum"
		cp "$t" "$dir/$sum/layer.tar"
		list="$list,\"$sum/layer.tar\""
	done
	oci_config "$@" >"$dir/config"
	config=$(oci_sum "$dir/config")
	mv "$dir/config" "$dir/$config.json"
	printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":[%s]}]' \
		"$config" "$tag" "${list#,}" >"$dir/manifest.json"
}

oci_odd()
{
	mkdir -p "$1/odd"
	(
		cd "$1/odd" || exit
		echo tool >tool
		ln tool 'other name'
		cp tool capable
		: >$'\xff\xfe'
		: >"$(printf 'n%.0s' $(seq 200))"
		ln -s "$(printf '%0150d' 1)" link
		mknod null c 1 3
		truncate -s 3M sparse
		echo end >>sparse
		setfattr -n user.note -v $'a\nb' .
		chown -R 12:3000000 .
		chmod 4755 tool
		setcap cap_net_raw+ep capable
	)
}
