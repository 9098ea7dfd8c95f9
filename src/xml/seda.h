/*
 * The manifest of a transfer to an archiving service: SEDA 2.1 (« Standard d'échange de données
 * pour l'archivage », ISO 20614), message ArchiveTransfer. Each act is a file (« dossier »), each
 * of its documents an item (« pièce »).
 */
#ifndef CTES_XML_SEDA_H
#define CTES_XML_SEDA_H

#include "base/buffer.h"
#include "norm/message.h"

#define CTES_SEDA_MAX (64u << 20) /**< bytes of a manifest */
#define CTES_SEDA_NS  "fr:gouv:culture:archivesdefrance:seda:v2.1"

/** A file of the transfer. Text is UTF-8; what XML cannot hold is left out. */
typedef struct ctes_seda_objet {
    const char *uri; /**< relative to the manifest: "content/…" */
    const char *sha256;
    uint64_t size;     /**< bytes, not 0 */
    const char *mime;  /**< or NULL */
    const char *nom;   /**< name of the file as it was given */
    const char *titre; /**< of the item */
    const char *type;  /**< type of document ("99_DE"), or NULL */
} ctes_seda_objet;

/** An act. */
typedef struct ctes_seda_dossier {
    const char *titre;       /**< "Délibération n° 2022-0160 du 27 juin 2022" */
    const char *numero;      /**< of its authority */
    const char *id_acte;     /**< « Identifiant de télétransmission » */
    const char *objet;       /**< subject */
    const char *nature;      /**< "Délibérations" */
    const char *matiere;     /**< "7.10" */
    const char *matiere_nom; /**< "Divers", or NULL */
    const char *producteur;  /**< who made it: OriginatingAgency */
    ctes_date date;          /**< of the decision */
    ctes_date envoi;         /**< sent to the préfecture; or not given */
    ctes_date reception;     /**< received there */
    const ctes_seda_objet *objets;
    size_t objet_count;
} ctes_seda_dossier;

typedef struct ctes_seda {
    const char *comment;
    int64_t at_ms;
    const char *identifiant;      /**< of the message, unique for the one who transfers */
    const char *accord;           /**< ArchivalAgreement, or NULL */
    const char *service_archives; /**< identifier of the archiving service */
    const char *service_versant;  /**< identifier of who transfers */
    const char *producteur;       /**< OriginatingAgencyIdentifier, or NULL */
    const char *profil;           /**< ArchivalProfile, or NULL */
    const char *niveau_service;   /**< ServiceLevel, or NULL */
    const char *mode_entree;      /**< AcquisitionInformation ("Versement"), or NULL */
    const char *regle_utilite;    /**< AppraisalRule/Rule ("APP-00005"), or NULL */
    bool detruire;                /**< FinalAction of that rule: Destroy, else Keep */
    const char *regle_acces;      /**< AccessRule/Rule, or NULL */
    const ctes_seda_dossier *dossiers;
    size_t dossier_count;
} ctes_seda;

/** Writes the manifest, UTF-8. Dates of rules start with the decision.
 *  @return CTES_OK, CTES_E_XML_FIELD for a mandatory member that is missing (detail: its name),
 *          CTES_E_LIMIT, CTES_E_MEMORY. `out` grows on success only. */
ctes_status ctes_seda_write(const ctes_seda *seda, ctes_buffer *out,
                            ctes_error *err) CTES_MUST_CHECK;

/** Checks a manifest against `folder`/seda.xsd.
 *  @return CTES_OK, CTES_E_SCHEMA_MISSING, CTES_E_XML_MALFORMED, CTES_E_XML_INVALID, CTES_E_MEMORY.
 */
ctes_status ctes_seda_validate(const char *folder, const void *bytes, size_t length,
                               ctes_error *err) CTES_MUST_CHECK;

#endif
