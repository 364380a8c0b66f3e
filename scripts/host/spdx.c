// SPDX-License-Identifier: MIT
/*
 * spdx.c - what is in a layer as SPDX 2.3 JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spdx.h"

/* An identifier holds letters, digits, '.' and '-' only. */
static void print_id(FILE *f, const struct pkg *p)
{
	fprintf(f, "SPDXRef-Package-");
	for (const char *c = p->name; *c; c++)
		/* as "plus", so that names stay apart */
		if (*c == '+')
			fputs("plus", f);
		else
			putc(*c, f);
	fprintf(f, "-%s", p->arch);
}

/* The version in a purl: '+', ':' and '~' are not for themselves there. */
static void print_quoted(FILE *f, const char *s)
{
	for (; *s; s++)
		if (strchr("+:~%", *s))
			fprintf(f, "%%%02X", (unsigned char)*s);
		else
			putc(*s, f);
}

static void print_package(FILE *f, const struct spdx *s, const struct pkg *p)
{
	fprintf(f, ",{\"SPDXID\":\"");
	print_id(f, p);
	fprintf(f,
		"\",\"name\":\"%s\",\"versionInfo\":\"%s\","
		"\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false,"
		"\"licenseConcluded\":\"NOASSERTION\","
		"\"licenseDeclared\":\"NOASSERTION\","
		"\"copyrightText\":\"NOASSERTION\",",
		p->name, p->version);
	if (strcmp(p->sha256, "-"))
		fprintf(f,
			"\"packageFileName\":\"%s\",\"checksums\":[{\"algorithm\":"
			"\"SHA256\",\"checksumValue\":\"%s\"}],",
			p->filename, p->sha256);
	fprintf(f, "\"externalRefs\":[{\"referenceCategory\":"
		   "\"PACKAGE-MANAGER\",\"referenceType\":\"purl\","
		   "\"referenceLocator\":\"pkg:deb/debian/");
	print_quoted(f, p->name);
	putc('@', f);
	print_quoted(f, p->version);
	fprintf(f, "?arch=%s%s%s\"}]}\n", p->arch, s->suite ? "&distro=" : "",
		s->suite ? s->suite : "");
}

static void print_relations(FILE *f, const struct spdx *s)
{
	fprintf(f,
		"],\"relationships\":[{\"spdxElementId\":\"SPDXRef-DOCUMENT\","
		"\"relationshipType\":\"DESCRIBES\","
		"\"relatedSpdxElement\":\"SPDXRef-Layer\"}\n");
	for (size_t i = 0; i < s->packages->n; i++) {
		fprintf(f, ",{\"spdxElementId\":\"SPDXRef-Layer\","
			   "\"relationshipType\":\"CONTAINS\","
			   "\"relatedSpdxElement\":\"");
		print_id(f, &s->packages->list[i]);
		fprintf(f, "\"}\n");
	}
	fprintf(f, "]}\n");
}

static void print_head(FILE *f, const struct spdx *s)
{
	time_t t = s->created;
	char date[32];

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
	fprintf(f,
		"{\"spdxVersion\":\"SPDX-2.3\",\"dataLicense\":\"CC0-1.0\","
		"\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":\"%s\","
		"\"documentNamespace\":"
		"\"https://spdx.org/spdxdocs/slipway-%s-%s\","
		"\"creationInfo\":{\"created\":\"%s\","
		"\"creators\":[\"Tool: slipway\"]},\n\"packages\":["
		"{\"SPDXID\":\"SPDXRef-Layer\",\"name\":\"%s\","
		"\"packageFileName\":\"%s\","
		"\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false,"
		"\"licenseConcluded\":\"NOASSERTION\","
		"\"licenseDeclared\":\"NOASSERTION\","
		"\"copyrightText\":\"NOASSERTION\",\"checksums\":"
		"[{\"algorithm\":\"SHA256\",\"checksumValue\":\"%s\"}]}\n",
		s->name, s->name, s->digest, date, s->name, s->file, s->digest);
}

void spdx_write(const struct spdx *s, const char *path)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("memory:");
	print_head(f, s);
	for (size_t i = 0; i < s->packages->n; i++)
		print_package(f, s, &s->packages->list[i]);
	print_relations(f, s);
	fclose(f);
	outfile_put(path, 0644, text, size);
	free(text);
}
