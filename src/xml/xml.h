/*
 * Messages of the norm as XML: strict on what is written, lenient on what is read.
 * Sole user of libxml2, which no header shows.
 *
 * Reading is bounded (size, depth, nodes), takes no DTD, no entity of its own, no network. The
 * schemas are those of `schemas/`, compiled once and shared between threads.
 */
#ifndef CTES_XML_XML_H
#define CTES_XML_XML_H

#include "base/buffer.h"
#include "norm/message.h"

#define CTES_XML_SIZE_MAX  (4u << 20) /**< bytes of one message; a whole classification is 50 kB */
#define CTES_XML_DEPTH_MAX 32
#define CTES_XML_NODES_MAX 200000
#define CTES_XML_NS_ACTES  "http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
#define CTES_XML_NS_INSEE  "http://xml.insee.fr/schema"

/** Once per program, before any thread; and at its end. */
void ctes_xml_init(void);
void ctes_xml_cleanup(void);

typedef struct ctes_schemas ctes_schemas;

/** Compiles `folder`/actes.xsd (which imports insee.xsd beside it); nothing is read elsewhere.
 *  @return CTES_OK, CTES_E_SCHEMA_MISSING (absent or not compilable), CTES_E_MEMORY. */
ctes_status ctes_schemas_load(const char *folder, ctes_schemas **ret,
                              ctes_error *err) CTES_MUST_CHECK;
void ctes_schemas_free(ctes_schemas *schemas);
static inline void ctes_schemas_freep(ctes_schemas **p) {
    ctes_schemas_free(*p);
    *p = NULL;
}

/** Whole check of a document: well-formed within the limits, a document root of the norm, valid.
 *  @return CTES_OK, CTES_E_XML_MALFORMED, CTES_E_XML_LIMIT, CTES_E_XML_ROOT, CTES_E_XML_INVALID
 *          (detail: line and first complaint), CTES_E_MEMORY. */
ctes_status ctes_xml_validate(const ctes_schemas *schemas, const void *bytes, size_t length,
                              ctes_error *err) CTES_MUST_CHECK;

/** Reads any message or enveloppe. Bytes that are valid UTF-8 with multibyte sequences are read as
 *  UTF-8 whatever the prolog says (sheet § 5.1). `schemas` may be NULL; `ret_invalid` (may be
 *  NULL) takes the schema's first complaint, or NULL (valid, or no schemas): an invalid message
 * still yields what it holds.
 *  @return CTES_OK, CTES_E_XML_MALFORMED, CTES_E_XML_LIMIT, CTES_E_XML_ROOT, CTES_E_XML_FIELD (a
 *          member without which the message says nothing: IDActe and DateReception of an ARActe…),
 *          CTES_E_MEMORY. */
ctes_status ctes_xml_read(const ctes_schemas *schemas, const void *bytes, size_t length,
                          ctes_message *ret, char **ret_invalid, ctes_error *err) CTES_MUST_CHECK;

/** Length of the XML document at the start of `bytes`, up to the end tag of its root (or "/>"):
 *  S2LOW glues a message in another charset behind it (S2LOW sheet T9). Comments, CDATA, quoted
 *  attributes and processing instructions are understood; a DOCTYPE is refused.
 *  @return CTES_OK, CTES_E_XML_MALFORMED when no whole document starts there, CTES_E_XML_LIMIT. */
ctes_status ctes_xml_extent(const void *bytes, size_t length, size_t *ret,
                            ctes_error *err) CTES_MUST_CHECK;

/** Is the file a budget as TotEM makes it: root DocumentBudgetaire, and one Scellement below it
 * whose md5 and sha1 have their form? Read as a stream; no DTD, no network.
 *  @return CTES_OK; CTES_E_BUDGET_INVALID, whose detail is "root NAME", "namespace URI" or the
 * parser's complaint for what is no budget, "no seal" or "N seals", "seal: md5" or "seal: sha1" for
 * one out of form; CTES_E_TOO_LARGE, CTES_E_MEMORY, or why the file cannot be read. */
ctes_status ctes_xml_budget_check(const char *path, ctes_error *err) CTES_MUST_CHECK;

/** Writes message 1-1 (root Acte): ISO-8859-1, prefix `actes`, every attribute qualified, `Nombre`
 *  counted from the annexes, and no bytes that a reader could take for UTF-8.
 *  @return CTES_OK, CTES_E_CHARSET for text outside Latin-1 (transliterate before) or control
 *          characters (detail: member and code point), CTES_E_XML_FIELD for a mandatory member that
 *          is missing (detail: its name), CTES_E_LIMIT, CTES_E_MEMORY. `out` grows on success only.
 */
ctes_status ctes_xml_write_acte(const ctes_donnees_acte *acte, ctes_buffer *out,
                                ctes_error *err) CTES_MUST_CHECK;

/** Writes EnveloppeCLMISILL. @return as above. */
ctes_status ctes_xml_write_enveloppe(const ctes_enveloppe_cl *enveloppe, ctes_buffer *out,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Writes what the authority sends besides acts: 2-2, 3-2, 3-3, 3-4, 4-2, 4-3, 4-4, 6-1, 7-1 (whose
 *  date may be absent). The IDActe and date of the préfecture's letter are copied by the caller.
 *  @return as above, CTES_E_USAGE for another kind. */
ctes_status ctes_xml_write_courrier(const ctes_message *message, ctes_buffer *out,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Writes what the préfecture's side sends (the sandbox's voice): 1-2, 1-3, 2-1, 3-1, 3-5, 4-1,
 * 4-5, 5-1, 6-2, 7-2, 7-3, EnveloppeMISILLCL, AnomalieEnveloppe. With the three above, every
 * document root of the norm is written by one. @return as above, CTES_E_USAGE for another kind. */
ctes_status ctes_xml_write_retour(const ctes_message *message, ctes_buffer *out,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
