#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libxml/xmlwriter.h>

#include "base/fail.h"
#include "base/text.h"
#include "xml/parse.h"
#include "xml/seda.h"

/* libxml2's writer, with a failure that sticks: what writes the manifest reads like it. */
typedef struct pen {
    xmlTextWriter *writer;
    ctes_status failure;
    const char *missing; /* name of the member that was not there */
} pen;

static void note(pen *p, int result) {
    if (result < 0 && p->failure == CTES_OK)
        p->failure = CTES_E_MEMORY;
}

static void start(pen *p, const char *name) {
    note(p, xmlTextWriterStartElement(p->writer, ctes_xml_chars(name)));
}

static void end(pen *p) {
    note(p, xmlTextWriterEndElement(p->writer));
}

static void attr(pen *p, const char *name, const char *value) {
    note(p, xmlTextWriterWriteAttribute(p->writer, ctes_xml_chars(name), ctes_xml_chars(value)));
}

/* Text as XML 1.0 can hold it: UTF-8 without the control characters that it forbids. */
static void text(pen *p, const char *value) {
    ctes_error err = CTES_ERROR_INIT;
    char *clean CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_text_display(value, strlen(value), &clean, &err);
    if (status != CTES_OK && p->failure == CTES_OK)
        p->failure = status;
    if (status == CTES_OK)
        note(p, xmlTextWriterWriteString(p->writer, ctes_xml_chars(clean)));
}

/* A missing text makes the pen fail; `leaf_maybe` leaves the element out. */
static void leaf(pen *p, const char *name, const char *value) {
    if (value == NULL || *value == '\0') {
        if (p->failure == CTES_OK) {
            p->failure = CTES_E_XML_FIELD;
            p->missing = name;
        }
        return;
    }
    start(p, name);
    text(p, value);
    end(p);
}

static void leaf_maybe(pen *p, const char *name, const char *value) {
    if (value != NULL && *value != '\0')
        leaf(p, name, value);
}

static void leaf_date(pen *p, const char *name, ctes_date date) {
    char value[11];
    ctes_date_format(date, value);
    leaf_maybe(p, name, value);
}

static void leaf_number(pen *p, const char *name, uint64_t value) {
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    leaf(p, name, value > 0 ? digits : NULL);
}

/* "OBJ-3-1": the identifiers of one manifest. */
typedef struct mark {
    char text[48];
} mark;

static mark mark_of(const char *kind, size_t dossier, size_t objet) {
    mark made;
    (void)snprintf(made.text, sizeof made.text, "%s-%zu-%zu", kind, dossier + 1, objet);
    return made;
}

static void put_object(pen *p, const ctes_seda_objet *objet, const char *id) {
    start(p, "BinaryDataObject");
    attr(p, "id", id);
    leaf(p, "DataObjectVersion", "BinaryMaster_1");
    leaf(p, "Uri", objet->uri);
    start(p, "MessageDigest");
    attr(p, "algorithm", "SHA-256");
    text(p, objet->sha256);
    end(p);
    leaf_number(p, "Size", objet->size);
    if (objet->mime != NULL) {
        start(p, "FormatIdentification");
        leaf(p, "MimeType", objet->mime);
        end(p);
    }
    start(p, "FileInfo");
    leaf(p, "Filename", objet->nom);
    end(p);
    end(p);
}

static void put_rule(pen *p, const char *element, const char *rule, ctes_date since,
                     const char *final) {
    if (rule == NULL)
        return;
    start(p, element);
    leaf(p, "Rule", rule);
    leaf_date(p, "StartDate", since);
    leaf_maybe(p, "FinalAction", final);
    end(p);
}

static void put_management(pen *p, const ctes_seda *seda, ctes_date since) {
    if (seda->regle_utilite == NULL && seda->regle_acces == NULL)
        return;
    start(p, "Management");
    put_rule(p, "AppraisalRule", seda->regle_utilite, since, seda->detruire ? "Destroy" : "Keep");
    put_rule(p, "AccessRule", seda->regle_acces, since, NULL);
    end(p);
}

static void put_item(pen *p, const ctes_seda_objet *objet, size_t dossier, size_t rank) {
    start(p, "ArchiveUnit");
    attr(p, "id", mark_of("PIECE", dossier, rank).text);
    start(p, "Content");
    leaf(p, "DescriptionLevel", "Item");
    leaf(p, "Title", objet->titre);
    leaf_maybe(p, "DocumentType", objet->type);
    end(p);
    start(p, "DataObjectReference");
    leaf(p, "DataObjectReferenceId", mark_of("OBJET", dossier, rank).text);
    end(p);
    end(p);
}

static void put_keyword(pen *p, const ctes_seda_dossier *dossier) {
    start(p, "Keyword");
    leaf(p, "KeywordContent",
         dossier->matiere_nom != NULL ? dossier->matiere_nom : dossier->matiere);
    leaf(p, "KeywordReference", dossier->matiere);
    leaf(p, "KeywordType", "subject");
    end(p);
}

/* The order of the members is that of the standard's ObjectGroup. */
static void put_content(pen *p, const ctes_seda_dossier *dossier) {
    start(p, "Content");
    leaf(p, "DescriptionLevel", "File");
    leaf(p, "Title", dossier->titre);
    leaf(p, "OriginatingAgencyArchiveUnitIdentifier", dossier->numero);
    leaf(p, "TransferringAgencyArchiveUnitIdentifier", dossier->id_acte);
    leaf(p, "Description", dossier->objet);
    leaf(p, "DocumentType", dossier->nature);
    leaf(p, "Language", "fra");
    put_keyword(p, dossier);
    start(p, "OriginatingAgency");
    leaf(p, "Identifier", dossier->producteur);
    end(p);
    leaf_date(p, "CreatedDate", dossier->date);
    leaf_date(p, "SentDate", dossier->envoi);
    leaf_date(p, "ReceivedDate", dossier->reception);
    leaf_date(p, "StartDate", dossier->date);
    leaf_date(p, "EndDate", dossier->date);
    end(p);
}

static void put_dossier(pen *p, const ctes_seda *seda, size_t at) {
    const ctes_seda_dossier *dossier = &seda->dossiers[at];
    start(p, "ArchiveUnit");
    attr(p, "id", mark_of("ACTE", at, 0).text);
    put_management(p, seda, dossier->date);
    put_content(p, dossier);
    for (size_t i = 0; i < dossier->objet_count; i++)
        put_item(p, &dossier->objets[i], at, i + 1);
    end(p);
}

static void put_package(pen *p, const ctes_seda *seda) {
    start(p, "DataObjectPackage");
    for (size_t i = 0; i < seda->dossier_count; i++)
        for (size_t j = 0; j < seda->dossiers[i].objet_count; j++)
            put_object(p, &seda->dossiers[i].objets[j], mark_of("OBJET", i, j + 1).text);
    start(p, "DescriptiveMetadata");
    for (size_t i = 0; i < seda->dossier_count; i++)
        put_dossier(p, seda, i);
    end(p);
    start(p, "ManagementMetadata");
    leaf_maybe(p, "ArchivalProfile", seda->profil);
    leaf_maybe(p, "ServiceLevel", seda->niveau_service);
    leaf_maybe(p, "AcquisitionInformation", seda->mode_entree);
    leaf(p, "LegalStatus", "Public Archive"); /* Code du patrimoine, art. L. 211-4 */
    leaf_maybe(p, "OriginatingAgencyIdentifier", seda->producteur);
    leaf(p, "SubmissionAgencyIdentifier", seda->service_versant);
    end(p);
    end(p);
}

static void put_agency(pen *p, const char *name, const char *identifier) {
    start(p, name);
    leaf(p, "Identifier", identifier);
    end(p);
}

static void put_transfer(pen *p, const ctes_seda *seda) {
    char at[32] = "";
    time_t seconds = (time_t)(seda->at_ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) != NULL)
        (void)strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &utc);
    note(p, xmlTextWriterStartDocument(p->writer, "1.0", "UTF-8", NULL));
    start(p, "ArchiveTransfer");
    attr(p, "xmlns", CTES_SEDA_NS);
    leaf_maybe(p, "Comment", seda->comment);
    leaf(p, "Date", at);
    leaf(p, "MessageIdentifier", seda->identifiant);
    leaf_maybe(p, "ArchivalAgreement", seda->accord);
    start(p, "CodeListVersions");
    end(p);
    put_package(p, seda);
    put_agency(p, "ArchivalAgency", seda->service_archives);
    put_agency(p, "TransferringAgency", seda->service_versant);
    end(p);
    note(p, xmlTextWriterEndDocument(p->writer));
}

static void free_writer(xmlTextWriter **p) {
    if (*p != NULL)
        xmlFreeTextWriter(*p);
    *p = NULL;
}

static void free_bytes(xmlBuffer **p) {
    if (*p != NULL)
        xmlBufferFree(*p);
    *p = NULL;
}

ctes_status ctes_seda_write(const ctes_seda *seda, ctes_buffer *out, ctes_error *err) {
    xmlBuffer *bytes CTES_CLEANUP(free_bytes) = xmlBufferCreate();
    xmlTextWriter *writer CTES_CLEANUP(free_writer) =
        bytes != NULL ? xmlNewTextWriterMemory(bytes, 0) : NULL;
    if (writer == NULL)
        return ctes_fail_memory(err);
    pen p = { .writer = writer };
    note(&p, xmlTextWriterSetIndent(writer, 1));
    put_transfer(&p, seda);
    note(&p, xmlTextWriterFlush(writer));
    if (p.failure == CTES_E_XML_FIELD)
        return ctes_fail(err, CTES_E_XML_FIELD, NULL, "%s", p.missing);
    if (p.failure != CTES_OK)
        return ctes_fail_memory(err);
    return ctes_buffer_append(out, xmlBufferContent(bytes), (size_t)xmlBufferLength(bytes), err);
}
