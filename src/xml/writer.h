/*
 * Writing a message, inside the module: ISO-8859-1, prefix `actes`, attributes qualified, two
 * spaces a level. The first failure sticks, so that what writes a message reads like the message.
 */
#ifndef CTES_XML_WRITER_H
#define CTES_XML_WRITER_H

#include "xml/xml.h"

enum { CTES_WRITER_DEPTH = 10 };

typedef struct ctes_writer {
    ctes_buffer bytes;
    const char *names[CTES_WRITER_DEPTH]; /**< open elements; literals */
    unsigned depth;
    bool in_tag; /**< the start tag still takes attributes */
    ctes_error failure;
} ctes_writer;

#define CTES_WRITER_INIT                                                                           \
    { .bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX), .failure = CTES_ERROR_INIT }

void ctes_writer_clear(ctes_writer *writer);
#define CTES_AUTO_WRITER CTES_CLEANUP(ctes_writer_clear)

/** Declaration and start of the root; `insee` declares that prefix too. */
void ctes_writer_root(ctes_writer *writer, const char *name, bool insee);
void ctes_writer_open(ctes_writer *writer, const char *name);
void ctes_writer_close(ctes_writer *writer);

/** Attribute of the element just opened. A NULL value is a missing member: CTES_E_XML_FIELD. */
void ctes_writer_attr(ctes_writer *writer, const char *name, const char *value);
void ctes_writer_attr_siren(ctes_writer *writer, const char *value);
void ctes_writer_attr_date(ctes_writer *writer, const char *name, ctes_date value);
void ctes_writer_attr_number(ctes_writer *writer, const char *name, unsigned long value);
void ctes_writer_attr_nil(ctes_writer *writer);

/** Element that holds text only. A NULL value is a missing member. */
void ctes_writer_leaf(ctes_writer *writer, const char *name, const char *value);
void ctes_writer_leaf_date(ctes_writer *writer, const char *name, ctes_date value);
/** Nothing for a NULL value. */
void ctes_writer_leaf_optional(ctes_writer *writer, const char *name, const char *value);

/** Makes the writer fail: `name` is missing or unusable. */
void ctes_writer_refuse(ctes_writer *writer, const char *name);

/** Closes the root and appends the document to `out`.
 *  @return CTES_OK or the first failure: CTES_E_CHARSET, CTES_E_XML_FIELD, CTES_E_LIMIT,
 *          CTES_E_MEMORY. */
ctes_status ctes_writer_finish(ctes_writer *writer, ctes_buffer *out,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- parts that messages share --- */

void ctes_write_donnees_acte(ctes_writer *writer, const ctes_donnees_acte *acte);
/** Attributes IDActe, and DateCourrierPref with it. */
void ctes_write_id_acte(ctes_writer *writer, const ctes_message *message);
void ctes_write_infos_courrier(ctes_writer *writer, const ctes_message *message);
/** The one Document of a letter. */
void ctes_write_document(ctes_writer *writer, const ctes_message *message);
/** An element `list` of elements `item`, each of type FichierSigne. */
void ctes_write_fichiers(ctes_writer *writer, const char *list, const char *item,
                         const ctes_fichiers *fichiers);
/** Makes the writer fail: the other side writes this kind. */
void ctes_write_foreign(ctes_writer *writer, const ctes_message *message);
/** An element `name` of type FichierSigne. */
void ctes_write_fichier(ctes_writer *writer, const char *name, const ctes_fichier *fichier);
void ctes_write_enveloppe_cl(ctes_writer *writer, const ctes_enveloppe_cl *enveloppe);
void ctes_write_enveloppe_mi(ctes_writer *writer, const ctes_enveloppe_mi *enveloppe);
void ctes_write_classification(ctes_writer *writer, const ctes_classification *classification);

#endif
