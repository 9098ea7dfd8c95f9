/*
 * File names of the norm (fact sheet § 3): made for what is sent, taken apart for what comes back.
 * A name from elsewhere is checked against this grammar and never used as a path.
 */
#ifndef CTES_NORM_NOM_H
#define CTES_NORM_NOM_H

#include <ctes/acte.h>

#include "base/cleanup.h"

#define CTES_NOM_MAX 99 /**< bytes, so that ustar needs no extension (sheet § 4) */

typedef struct ctes_nom {
    char text[CTES_NOM_MAX + 1];
} ctes_nom;

/** Operator's prefixes: three letters given at homologation, and EACT or TACT. */
typedef struct ctes_prefixe {
    char trigramme[4];
    char quadrigramme[5];
} ctes_prefixe;

/** "SLO-EACT--213400172--20240108-3.tar.gz". `date` is the day of sending; 1 ≤ numero ≤ 9999.
 *  @return CTES_OK, CTES_E_LIMIT for a numero out of range, CTES_E_CONFIG_INVALID for prefixes
 *          outside the grammar. */
ctes_status ctes_nom_archive(const ctes_prefixe *prefixe, const char *siren, ctes_date date,
                             unsigned numero, ctes_nom *ret, ctes_error *err) CTES_MUST_CHECK;

/** "EACT--213400172--20240108-3.xml", the enveloppe inside that archive. */
ctes_status ctes_nom_enveloppe(const ctes_prefixe *prefixe, const char *siren, ctes_date date,
                               unsigned numero, ctes_nom *ret, ctes_error *err) CTES_MUST_CHECK;

/** "034-213400172-20240105-D2024_01-DE": IDActe as the préfecture will make it, and stem of the
 *  names below. The act's numero_interne, date and nature must be set. */
ctes_status ctes_nom_id_acte(const ctes_autorite *autorite, const ctes_acte *acte, ctes_nom *ret,
                             ctes_error *err) CTES_MUST_CHECK;

/** "034-…-DE-1-1_0.xml" for transaction 1, flux 1. */
ctes_status ctes_nom_message(const char *id_acte, unsigned transaction, unsigned flux,
                             unsigned numero, ctes_nom *ret, ctes_error *err) CTES_MUST_CHECK;

/** "034-213400172----7-1_0.xml": a message about no act, whose date, number and nature are empty
 *  (sheet § 3.2). */
ctes_status ctes_nom_classification(const ctes_autorite *autorite, unsigned flux, unsigned numero,
                                    ctes_nom *ret, ctes_error *err) CTES_MUST_CHECK;

/** "99_DE-034-…-DE-1-1_1.pdf"; `extension` without dot, one of pdf jpg png xml. */
ctes_status ctes_nom_document(const char *type_pj, const char *id_acte, unsigned transaction,
                              unsigned flux, unsigned numero, const char *extension, ctes_nom *ret,
                              ctes_error *err) CTES_MUST_CHECK;

typedef enum ctes_nom_genre {
    CTES_NOM_ARCHIVE,
    CTES_NOM_ENVELOPPE,          /**< either direction */
    CTES_NOM_ANOMALIE_ENVELOPPE, /**< ANO_… */
    CTES_NOM_MESSAGE,
    CTES_NOM_DOCUMENT
} ctes_nom_genre;

/** A name taken apart. Members that the genre lacks, or that the name leaves empty, are empty. */
typedef struct ctes_nom_parts {
    ctes_nom_genre genre;
    char trigramme[4];
    char quadrigramme[5];
    char emetteur[16];     /**< SIREN, or service id "SPREF0441" */
    char destinataire[16]; /**< SIREN, or empty */
    char siren[10];        /**< of the authority, whichever side it stands on */
    ctes_date date;        /**< of sending (archive, enveloppe) or of the act */
    char departement[4];
    char numero_interne[CTES_NUMERO_MAX + 1];
    char nature[3];
    unsigned transaction, flux;
    unsigned numero; /**< serial or rank; any length is read, values past UINT_MAX are refused */
    char type_pj[6];
    char extension[5];
} ctes_nom_parts;

/** Takes a name apart; leading folders are dropped first (an AR may echo "/tmp/…", sheet § 9.4).
 *  @return CTES_OK or CTES_E_NOM_FICHIER. */
ctes_status ctes_nom_parse(const char *name, ctes_nom_parts *ret, ctes_error *err) CTES_MUST_CHECK;

/** Checks the form of an IDActe (actesv1_1.xsd, attribute IDActe) and takes it apart into
 *  departement, siren, date, numero_interne and nature. A date that no calendar holds is refused.
 *  @return CTES_OK or CTES_E_PRECEDENT_INVALID. */
ctes_status ctes_nom_id_acte_parse(const char *id_acte, ctes_nom_parts *ret,
                                   ctes_error *err) CTES_MUST_CHECK;

#endif
