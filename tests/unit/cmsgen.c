// SPDX-License-Identifier: MIT
/*
 * cmsgen.c - write the cases of the CMS profile, with their verdicts, to the
 * standard output: rows S1 to S17 and S19, keys made anew at every run.
 */
#include <errno.h>
#include <openssl/objects.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmscase.h"
#include "cmsgen.h"

#define BAD(text) .err = -EBADMSG, .why = text
#define REJ(text) .err = -EKEYREJECTED, .why = text

#define NO_CHAIN "signature or chain does not verify under the site's root"
#define NO_KEY	 "a key is not P-256, P-384 or RSA-3072..4096"
#define NO_USE	 "certificate is not for signing code"
#define NO_ALG	 "signature algorithm does not fit"
#define NO_ROOT	 "trust anchor is not a self-signed CA"
#define NO_TYPE	 "not CMS SignedData"
#define NO_SEQ	 "not one DER sequence of the file's length"
#define NO_ATTRS "signed attributes or odd signature algorithm"
#define NO_COUNT "not exactly one signer"
#define REVOKED	 "a key of it is revoked"

/* Each message's own, so that content alone tells who signed it. */
static const char text[] = "slipway-manifest 1\nsite test\nand so on\n";

static const struct message messages[] = {
	/* S1: good ones; the first two are swept bit by bit */
	{"S1 P-256, enveloping", .signer = LEAF, .sweep = true},
	{"S1 P-256, detached", .signer = LEAF, .detached = true, .sweep = true},
	{"S1 P-384", .signer = LEAF_384, .digest = NID_sha384},
	{"S1 P-384 by P-384", .signer = LEAF_OF_384, .anchor = ROOT_384},
	{"S1 P-256, SHA-512", .signer = LEAF, .digest = NID_sha512},
	{"S1 RSA-3072", .signer = LEAF_3072, .sweep = true},
	{"S1 RSA-3072 by RSA-3072, detached", .signer = LEAF_OF_RSA,
	 .anchor = ROOT_RSA, .detached = true},
	{"S1 RSA-4096", .signer = LEAF_4096, .digest = NID_sha512},
	{"S1 rsaEncryption", .signer = LEAF_3072, .quirks = Q_RSA_PLAIN_OID},
	{"S1 digest with NULL", .signer = LEAF, .quirks = Q_DIGEST_PARAMS},
	{"S1 chain of 2", .signer = LEAF_OF_INTER,
	 .with = {LEAF_OF_INTER, INTER}, .sweep = true},
	{"S1 chain of 3", .signer = LEAF_OF_2,
	 .with = {INTER_2, LEAF_OF_2, INTER}},
	{"S1 the root on board", .signer = LEAF_OF_2,
	 .with = {LEAF_OF_2, INTER_2, INTER, ROOT}},
	/* S3: what the signer's certificate is for */
	{"S3 e-mail too", .signer = EKU_MAIL_TOO},
	{"S3 serverAuth", .signer = EKU_SERVER, REJ(NO_USE)},
	{"S3 emailProtection", .signer = EKU_MAIL, REJ(NO_USE)},
	{"S3 any", .signer = EKU_ANY, REJ(NO_USE)},
	{"S3 no EKU", .signer = EKU_NONE, REJ(NO_USE)},
	{"S3 no KU", .signer = KU_NONE, REJ(NO_USE)},
	{"S3 KU of another kind", .signer = KU_CRYPT, REJ(NO_USE)},
	{"S3 a CA", .signer = KU_CA, REJ(NO_USE)},
	{"S3 the root itself", .signer = ROOT, REJ(NO_USE)},
	/* S4, S5: chains */
	{"S4 issued by a leaf", .signer = LEAF_OF_LEAF,
	 .with = {LEAF_OF_LEAF, LEAF}, REJ(NO_CHAIN)},
	{"S5 path length 0 exceeded", .signer = LEAF_OF_SHORT,
	 .with = {LEAF_OF_SHORT, SHORT_2, SHORT}, REJ(NO_CHAIN)},
	{"S5 three between", .signer = LEAF_OF_3,
	 .with = {LEAF_OF_3, INTER_3, INTER_2, INTER}, REJ(NO_CHAIN)},
	{"S5 a CA without key usage", .signer = LEAF_OF_LAX,
	 .with = {LEAF_OF_LAX, INTER_LAX}, REJ(NO_CHAIN)},
	{"S5 one missing", .signer = LEAF_OF_2, .with = {LEAF_OF_2, INTER_2},
	 REJ(NO_CHAIN)},
	{"S5 another root", .signer = LEAF_OF_OTHER, REJ(NO_CHAIN)},
	{"S5 another root on board", .signer = LEAF_OF_OTHER,
	 .with = {LEAF_OF_OTHER, ROOT_OTHER}, REJ(NO_CHAIN)},
	{"S5 a root of our root's name", .signer = LEAF_OF_TWIN,
	 .with = {LEAF_OF_TWIN, ROOT_TWIN}, REJ(NO_CHAIN)},
	{"S5 a leaf of its own", .signer = LEAF_LONE, REJ(NO_CHAIN)},
	{"S5 a chain signed with SHA-1", .signer = LEAF_SHA1, REJ(NO_CHAIN)},
	/* S6: no clock is trusted here; serial, epoch and expiry are */
	{"S6 leaf expired", .signer = LEAF_PAST},
	{"S6 leaf of tomorrow", .signer = LEAF_FUTURE},
	{"S6 intermediate expired", .signer = LEAF_OF_INTER_OLD,
	 .with = {LEAF_OF_INTER_OLD, INTER_OLD}},
	{"S6 root expired", .signer = LEAF_OF_OLD, .anchor = ROOT_OLD},
	/* S7: signers */
	{"S7 two", .signer = LEAF, .second = LEAF_384, .with = {LEAF, LEAF_384},
	 BAD(NO_COUNT)},
	{"S7 one unknown", .signer = LEAF, .second = LEAF_OF_OTHER,
	 .with = {LEAF, LEAF_OF_OTHER}, BAD(NO_COUNT)},
	{"S7 the same twice", .signer = LEAF, .second = LEAF, BAD(NO_COUNT)},
	{"S7 none", .signer = LEAF, .quirks = Q_NO_SIGNER, BAD(NO_COUNT)},
	{"S7 another certificate's", .signer = LEAF, .with = {LEAF_384},
	 REJ(NO_CHAIN)},
	/* S8, S9: attributes; the forgery passes, and cannot be a manifest */
	{"S8 signed attributes", .signer = LEAF, .quirks = Q_SIGNED_ATTRS,
	 BAD(NO_ATTRS)},
	{"S8 unsigned attributes", .signer = LEAF, .quirks = Q_UNSIGNED_ATTRS,
	 BAD("unsigned attributes")},
	{"S9 attributes stripped", .signer = LEAF, .quirks = Q_STRIPPED},
	/* S10: digests */
	{"S10 SHA-1", .signer = LEAF, .digest = NID_sha1, REJ(NO_ALG)},
	{"S10 SHA-224", .signer = LEAF, .digest = NID_sha224, REJ(NO_ALG)},
	{"S10 MD5", .signer = LEAF_3072, .digest = NID_md5, REJ("")},
	{"S10 SHA3-256", .signer = LEAF, .digest = NID_sha3_256, REJ("")},
	{"S10 SHA-512/256", .signer = LEAF_3072, .digest = NID_sha512_256,
	 REJ("")},
	{"S10 the OID of another digest", .signer = LEAF,
	 .sig_oid = NID_ecdsa_with_SHA384, REJ(NO_ALG)},
	{"S10 the OID of another key", .signer = LEAF,
	 .sig_oid = NID_sha256WithRSAEncryption, REJ(NO_ALG)},
	{"S10 an OID of no signature", .signer = LEAF,
	 .sig_oid = NID_X9_62_id_ecPublicKey, REJ(NO_ALG)},
	{"S10 PSS's OID", .signer = LEAF_3072, .sig_oid = NID_rsassaPss,
	 REJ("")},
	{"S10 undeclared", .signer = LEAF, .quirks = Q_SIGNER_DIGEST,
	 BAD("signer's digest is not the declared one")},
	{"S10 two declared", .signer = LEAF, .quirks = Q_TWO_DIGESTS,
	 BAD("not exactly one digest algorithm")},
	{"S10 odd parameters", .signer = LEAF, .quirks = Q_ODD_PARAMS,
	 BAD("not exactly one digest algorithm")},
	/* S11: keys, the anchor's too */
	{"S11 RSA-1024", .signer = KEY_1024, REJ(NO_KEY)},
	{"S11 RSA-2048", .signer = KEY_2048, REJ(NO_KEY)},
	{"S11 RSA-16384", .signer = KEY_16384, REJ(NO_KEY)},
	{"S11 e = 1", .signer = KEY_E1, REJ(NO_KEY)},
	{"S11 e = 3", .signer = KEY_E3, REJ(NO_KEY)},
	{"S11 e = 2^64 + 1", .signer = KEY_E64, REJ(NO_KEY)},
	{"S11 RSA-PSS key", .signer = KEY_PSS, REJ(NO_KEY)},
	{"S11 explicit curve", .signer = KEY_EXPLICIT, REJ(NO_KEY)},
	{"S11 P-224", .signer = KEY_P224, REJ(NO_KEY)},
	{"S11 P-521", .signer = KEY_P521, REJ(NO_KEY)},
	{"S11 secp256k1", .signer = KEY_K256, REJ(NO_KEY)},
	{"S11 Ed25519", .signer = KEY_ED25519, .digest = NID_sha512,
	 REJ(NO_KEY)},
	{"S11 a weak one beside", .signer = LEAF, .with = {LEAF, KEY_2048},
	 REJ(NO_KEY)},
	{"S11 a weak anchor", .signer = LEAF_OF_WEAK, .anchor = ROOT_WEAK,
	 REJ(NO_ROOT)},
	{"S11 a leaf as anchor", .signer = LEAF, .anchor = LEAF, REJ(NO_ROOT)},
	{"S11 a lone leaf as anchor", .signer = LEAF_LONE, .anchor = LEAF_LONE,
	 REJ(NO_ROOT)},
	{"S11 an intermediate as anchor", .signer = LEAF_OF_INTER,
	 .anchor = INTER, REJ(NO_ROOT)},
	{"S11 an anchor and a byte", .signer = LEAF, .quirks = Q_ROOT_TRAILING,
	 REJ(NO_ROOT)},
	{"S11 no anchor", .signer = LEAF, .quirks = Q_NO_ROOT, REJ(NO_ROOT)},
	/* S12: one encoding */
	{"S12 a byte behind", .signer = LEAF, .quirks = Q_TRAILING,
	 BAD(NO_SEQ)},
	{"S12 indefinite length", .signer = LEAF, .quirks = Q_INDEFINITE,
	 BAD(NO_SEQ)},
	{"S12 length of a length", .signer = LEAF, .quirks = Q_LONG_LENGTH,
	 BAD(NO_SEQ)},
	{"S12 content in pieces", .signer = LEAF, .quirks = Q_BER_CONTENT,
	 BAD("signed content is not one octet string")},
	{"S12 more in SignedData", .signer = LEAF, .quirks = Q_SD_TRAILING,
	 BAD("CRLs, or no signers")},
	{"S12 more in SignerInfo", .signer = LEAF, .quirks = Q_SI_TRAILING,
	 BAD("unsigned attributes")},
	{"S12 certificates unsorted", .signer = LEAF_OF_INTER,
	 .with = {LEAF_OF_INTER, INTER}, .quirks = Q_UNSORTED,
	 BAD("not canonical DER")},
	{"S12 SignedData of version 3", .signer = LEAF,
	 .quirks = Q_SD_VERSION_3, BAD("SignedData version is not 1")},
	{"S12 SignerInfo of version 3", .signer = LEAF,
	 .quirks = Q_SI_VERSION_3, BAD("signer version is not 1")},
	{"S12 signer by key identifier", .signer = LEAF, .quirks = Q_BY_KEY_ID,
	 BAD("signer version is not 1")},
	{"S12 issuer in another case", .signer = LEAF, .quirks = Q_ISSUER_CASE,
	 REJ("signer's issuer differs from its name")},
	/* S13: with content where there must be none, and the reverse */
	{"S13 attached", .signer = LEAF, .detached = true, .quirks = Q_ATTACHED,
	 BAD("signature is not detached")},
	{"S13 attached, of something else", .signer = LEAF, .detached = true,
	 .quirks = Q_ATTACHED | Q_OTHER_DATA, BAD("signature is not detached")},
	{"S13 no content", .signer = LEAF, .quirks = Q_UNATTACHED,
	 BAD("signature holds no content")},
	{"S13 signed content of another type", .signer = LEAF,
	 .content_type = NID_id_smime_ct_TSTInfo,
	 BAD("signed content is not plain data")},
	/* S14: another type of CMS never reaches OpenSSL */
	{"S14 Data", .signer = LEAF, .type = NID_pkcs7_data, BAD(NO_TYPE)},
	{"S14 EnvelopedData", .signer = LEAF, .type = NID_pkcs7_enveloped,
	 BAD(NO_TYPE)},
	{"S14 SignedAndEnvelopedData", .signer = LEAF,
	 .type = NID_pkcs7_signedAndEnveloped, BAD(NO_TYPE)},
	{"S14 DigestedData", .signer = LEAF, .type = NID_pkcs7_digest,
	 BAD(NO_TYPE)},
	{"S14 EncryptedData", .signer = LEAF, .type = NID_pkcs7_encrypted,
	 BAD(NO_TYPE)},
	{"S14 AuthEnvelopedData", .signer = LEAF,
	 .type = NID_id_smime_ct_authEnvelopedData, BAD(NO_TYPE)},
	{"S14 CompressedData", .signer = LEAF,
	 .type = NID_id_smime_ct_compressedData, BAD(NO_TYPE)},
	/* S15: certificates and what stands beside them */
	{"S15 a CRL", .signer = LEAF, .quirks = Q_CRL,
	 BAD("CRLs, or no signers")},
	{"S15 five certificates", .signer = LEAF_OF_2,
	 .with = {LEAF_OF_2, INTER_2, INTER, ROOT, LEAF},
	 BAD("too many certificates")},
	{"S15 200 certificates", .signer = LEAF, .quirks = Q_200_CERTS,
	 BAD("too many certificates")},
	{"S15 200 certificates, detached", .signer = LEAF, .detached = true,
	 .quirks = Q_200_CERTS, .err = -EOVERFLOW, .why = "too large"},
	{"S15 none", .signer = LEAF, .quirks = Q_NO_CERTS,
	 BAD("no certificates")},
	{"S15 one of another kind", .signer = LEAF, .quirks = Q_OTHER_CERT,
	 BAD("something other than a certificate")},
	{"S15 a loop", .signer = LEAF_OF_LOOP,
	 .with = {LEAF_OF_LOOP, LOOP_A, LOOP_B}, REJ(NO_CHAIN)},
	{"S15 a twin of the intermediate", .signer = LEAF_OF_INTER,
	 .with = {INTER_TWIN, LEAF_OF_INTER, INTER}},
	{"S15 the twin alone", .signer = LEAF_OF_INTER,
	 .with = {INTER_TWIN, LEAF_OF_INTER}, REJ(NO_CHAIN)},
	/* S17: a root being replaced, and keys that are believed no more */
	{"S17 two anchors, by the first", .signer = LEAF, .beside = ROOT_OTHER},
	{"S17 two anchors, by the second", .signer = LEAF_OF_OTHER,
	 .beside = ROOT_OTHER},
	{"S17 two anchors of one name", .signer = LEAF_OF_TWIN,
	 .beside = ROOT_TWIN},
	{"S17 two anchors, by neither", .signer = LEAF_OF_384,
	 .beside = ROOT_OTHER, REJ(NO_CHAIN)},
	{"S17 a weak anchor beside", .signer = LEAF, .beside = ROOT_WEAK,
	 REJ(NO_ROOT)},
	{"S17 a leaf as anchor beside", .signer = LEAF, .beside = LEAF_LONE,
	 REJ(NO_ROOT)},
	{"S17 another key is revoked", .signer = LEAF, .revoked = LEAF_384},
	{"S17 the leaf is revoked", .signer = LEAF, .revoked = LEAF,
	 REJ(REVOKED)},
	{"S17 the leaf is revoked, detached", .signer = LEAF, .revoked = LEAF,
	 .detached = true, REJ(REVOKED)},
	{"S17 the intermediate is revoked", .signer = LEAF_OF_2,
	 .with = {INTER_2, LEAF_OF_2, INTER}, .revoked = INTER, REJ(REVOKED)},
	{"S17 revoked and on board", .signer = LEAF, .with = {LEAF, LEAF_384},
	 .revoked = LEAF_384, REJ(REVOKED)},
	{"S17 revoked under two anchors", .signer = LEAF_OF_OTHER,
	 .beside = ROOT_OTHER, .revoked = LEAF_OF_OTHER, REJ(REVOKED)},
	/* S19: good, of something else */
	{"S19 another file's signature", .signer = LEAF, .detached = true,
	 .quirks = Q_OTHER_DATA, REJ(NO_CHAIN)},
	{"S19 another content's signature", .signer = LEAF,
	 .quirks = Q_OTHER_DATA, REJ(NO_CHAIN)},
};

void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cmsgen: %s: cannot be made\n", what);
	exit(1);
}

/* A second root, and an OCTET STRING with the digest of a revoked key. */
static struct blob anchors(const struct message *m, struct blob root)
{
	struct blob second = blob_of("", 0);
	unsigned char more[4096], *spki = NULL;
	size_t n = root.n;
	int len;

	if (m->beside)
		second = blob_cert(m->beside);
	need(n + second.n + 34 < sizeof(more), "anchors");
	memcpy(more, root.p, n);
	memcpy(more + n, second.p, second.n);
	n += second.n;
	if (m->revoked) {
		len = i2d_PUBKEY(pki_key(m->revoked), &spki);
		need(len > 0, "revoked key");
		more[n++] = 0x04;
		more[n++] = 32;
		SHA256(spki, len, more + n);
		n += 32;
		OPENSSL_free(spki);
	}
	return blob_of(more, n);
}

static struct blob anchor(const struct message *m)
{
	struct blob root = blob_cert(m->anchor ? m->anchor : ROOT);
	uint8_t more[4096] = {0};

	if (m->quirks & Q_NO_ROOT)
		root.n = 0;
	if (m->quirks & Q_ROOT_TRAILING) {
		need(root.n < sizeof(more), "anchor");
		memcpy(more, root.p, root.n);
		root = blob_of(more, root.n + 1);
	}
	if (m->beside || m->revoked)
		root = anchors(m, root);
	return root;
}

static void put(struct blob b)
{
	need(fwrite(b.p, 1, b.n, stdout) == b.n, "output");
}

static bool is_honest(const struct message *m)
{
	size_t i;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (!messages[i].err && messages[i].signer == m->signer)
			return true;
	return false;
}

static void write_case(const struct message *m)
{
	struct cms_case c = {.err = m->err,
			     .detached = m->detached,
			     .sweep = m->sweep,
			     .honest = is_honest(m)};
	char own[sizeof(text) + sizeof(c.name)];
	struct blob data = blob_of(
		own, snprintf(own, sizeof(own), "%s%s\n", text, m->name));
	struct blob root = anchor(m), der = make(m, &data);

	need(strlen(m->name) < sizeof(c.name), m->name);
	strcpy(c.name, m->name);
	if (m->why)
		strcpy(c.why, m->why);
	c.root_n = root.n;
	c.der_n = der.n;
	c.data_n = data.n;
	put((struct blob){(const uint8_t *)&c, sizeof(c)});
	put(root);
	put(der);
	put(data);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		write_case(&messages[i]);
	need(!fflush(stdout), "output");
	return 0;
}
