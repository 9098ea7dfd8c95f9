#include "sandbox/letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/flags.h"

#define PDF_MAX 16384

static const char *const form_names[] = {
#define LETTER_FORM_NAME(id, name) name,
    LETTER_FORM_LIST(LETTER_FORM_NAME)
#undef LETTER_FORM_NAME
};

bool letter_forms_read(const char *names, unsigned *ret) {
    return flags_read(names, form_names, LETTER_FORM_COUNT, ret);
}

void letter_parcel_clear(letter_parcel *parcel) {
    ctes_buffer_clear(&parcel->envelope.bytes);
    for (size_t i = 0; i < parcel->count; i++)
        ctes_buffer_clear(&parcel->files[i].bytes);
}

static letter_file *next_file(letter_parcel *parcel, size_t max) {
    letter_file *file = &parcel->files[parcel->count++];
    file->bytes = (ctes_buffer)CTES_BUFFER_INIT(max);
    return file;
}

/* --- the page --- */

static ctes_status put_object(ctes_buffer *out, size_t *offset, const char *text, ctes_error *err) {
    *offset = out->length;
    return ctes_buffer_puts(out, text, err);
}

/* The text of the page, in PDFDocEncoding (Latin-1 where both agree). */
static ctes_status put_content(ctes_buffer *out, const char *text, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer latin1 = CTES_BUFFER_INIT(PDF_MAX);
    CTES_AUTO_BUFFER ctes_buffer content = CTES_BUFFER_INIT(PDF_MAX);
    CTES_TRY(ctes_text_to_latin1(text, &latin1, err));
    CTES_TRY(ctes_buffer_puts(&content, "BT /F1 12 Tf 72 770 Td (", err));
    for (size_t i = 0; i < latin1.length; i++) {
        if (strchr("()\\", latin1.data[i]) != NULL)
            CTES_TRY(ctes_buffer_append(&content, "\\", 1, err));
        CTES_TRY(ctes_buffer_append(&content, &latin1.data[i], 1, err));
    }
    CTES_TRY(ctes_buffer_puts(&content, ") Tj ET", err));
    CTES_TRY(ctes_buffer_printf(out, err, "4 0 obj<</Length %zu>>stream\n", content.length));
    CTES_TRY(ctes_buffer_append(out, content.data, content.length, err));
    return ctes_buffer_puts(out, "\nendstream endobj\n", err);
}

ctes_status letter_pdf(const char *text, ctes_buffer *out, ctes_error *err) {
    static const char *const objects[] = {
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1/Resources 6 0 R>>endobj\n",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n",
        NULL, /* the content */
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n",
        "6 0 obj<</Font<</F1 5 0 R>>>>endobj\n",
    };
    enum { OBJECTS = sizeof objects / sizeof objects[0] };
    size_t offsets[OBJECTS];
    CTES_TRY(ctes_buffer_puts(out, "%PDF-1.4\n", err));
    for (size_t i = 0; i < OBJECTS; i++) {
        offsets[i] = out->length;
        if (objects[i] != NULL)
            CTES_TRY(put_object(out, &offsets[i], objects[i], err));
        else
            CTES_TRY(put_content(out, text, err));
    }
    size_t table = out->length;
    CTES_TRY(ctes_buffer_puts(out, "xref\n0 7\n0000000000 65535 f \n", err));
    for (size_t i = 0; i < OBJECTS; i++)
        CTES_TRY(ctes_buffer_printf(out, err, "%010zu 00000 n \n", offsets[i]));
    return ctes_buffer_printf(out, err, "trailer<</Size 7/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                              table);
}

/* --- the envelope --- */

static void service_of(const sb_authority *to, char *out, size_t size) {
    if (strcmp(to->arrondissement, "0") == 0)
        (void)snprintf(out, size, "PREF%s", to->departement);
    else
        (void)snprintf(out, size, "SPREF%s%s", to->departement, to->arrondissement);
}

void letter_envelope_name(const sb_box *box, const sb_authority *to, unsigned number, char *out,
                          size_t size) {
    char service[16], day[9];
    service_of(to, service, sizeof service);
    ctes_date_compact(box_today(box), day);
    (void)snprintf(out, size, "%s--%s-%s-%s-%u.xml", box->options.quadrigramme, service, to->siren,
                   day, number);
}

ctes_status letter_envelope(const sb_authority *to, const char *const *messages, size_t count,
                            ctes_buffer *out, ctes_error *err) {
    char service[16];
    CTES_AUTO_MESSAGE ctes_message envelope = CTES_MESSAGE_INIT;
    ctes_enveloppe_mi *mi = &envelope.enveloppe_mi;
    envelope.kind = CTES_M_ENVELOPPE_MI;
    service_of(to, service, sizeof service);
    CTES_TRY(ctes_text_dup(service, &mi->emetteur, err));
    CTES_TRY(ctes_text_dup("Bureau du contrôle de légalité", &mi->referent.nom, err));
    CTES_TRY(ctes_text_dup(to->siren, &mi->destinataire, err));
    for (size_t i = 0; i < count; i++)
        CTES_TRY(ctes_fichiers_add(&mi->formulaires, messages[i], NULL, err));
    return ctes_xml_write_retour(&envelope, out, err);
}

/* --- the letter --- */

static const struct {
    ctes_message_kind kind;
    const char *title, *texte;
} kinds[] = {
    [2] = { CTES_M_COURRIER_SIMPLE, "Courrier simple", NULL },
    [3] = { CTES_M_DEMANDE_PIECE, "Demande de pièces complémentaires",
            "Merci de transmettre le plan annexé à la délibération." },
    [4] = { CTES_M_LETTRE_OBSERVATIONS, "Lettre d'observations",
            "La délibération ne vise pas l'avis du comité." },
    [5] = { CTES_M_DEFERE_TA, "Déféré au tribunal administratif",
            "Incompétence de l'auteur de l'acte." },
};

/* The act's identifier; with LETTER_UNKNOWN that of an act nobody sent. */
static ctes_status make_id_acte(const sb_letter *letter, char *out, size_t size, ctes_error *err) {
    const char *id = letter->act.unique_id;
    if (!letter_has(letter, LETTER_UNKNOWN)) {
        (void)ctes_text_copy(out, size, id);
        return CTES_OK;
    }
    const char *number = strstr(id, letter->act.number);
    if (number == NULL || letter->act.number[0] == '\0')
        return ctes_fail(err, CTES_E_USAGE, NULL, "%s", id);
    (void)snprintf(out, size, "%.*sJAMAIS_VU-%s", (int)(number - id), id, letter->act.abrege);
    return CTES_OK;
}

/* Numbers that tell nothing: 17 for the message makes 16, 18, 19 … for the documents. */
static void document_name(const sb_letter *letter, const char *id_acte, size_t i, char *out,
                          size_t size) {
    long long number = letter->number + (i == 0 ? -1 : (long long)i);
    (void)snprintf(out, size, "%s-%d-1_%lld.pdf", id_acte, letter->type, number);
}

static ctes_status make_documents(const sb_letter *letter, letter_parcel *parcel, ctes_error *err) {
    bool missing = letter_has(letter, LETTER_MISSING);
    for (size_t i = missing ? 1 : 0; i < (size_t)letter->documents; i++) {
        char text[256];
        letter_file *file = next_file(parcel, PDF_MAX);
        document_name(letter, parcel->id_acte, i, file->name, sizeof file->name);
        (void)snprintf(text, sizeof text, "%s (simulé), document %zu : %s",
                       kinds[letter->type].title, i + 1, parcel->id_acte);
        CTES_TRY(letter_pdf(text, &file->bytes, err));
    }
    return CTES_OK;
}

static ctes_status describe(const sb_letter *letter, const char *id_acte, ctes_message *message,
                            ctes_error *err) {
    const char *texte = letter->texte[0] != '\0' ? letter->texte : kinds[letter->type].texte;
    message->kind = kinds[letter->type].kind;
    message->date = letter->date;
    CTES_TRY(ctes_text_dup(id_acte, &message->id_acte, err));
    CTES_TRY(ctes_text_dup(texte, &message->texte, err));
    /* only a 5-1 may cite several, or none (sheet § 5.4) */
    size_t cited = letter->type == 5 ? (size_t)letter->documents : 1;
    for (size_t i = 0; i < cited; i++) {
        char name[160] = "";
        size_t at =
            letter_has(letter, LETTER_PATHS)
                ? (size_t)snprintf(name, sizeof name, "/tmp/actes%lld/", (long long)letter->number)
                : 0;
        document_name(letter, id_acte, i, name + at, sizeof name - at);
        CTES_TRY(ctes_fichiers_add(&message->fichiers, name, NULL, err));
    }
    return CTES_OK;
}

/* An element that the schema does not know, in front of the end of the root. */
static ctes_status make_invalid(ctes_buffer *bytes, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer made = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    size_t end = bytes->length;
    while (end > 0 && !(bytes->data[end - 1] == '<' && bytes->data[end] == '/'))
        end--;
    CTES_TRY(ctes_buffer_append(&made, bytes->data, end > 0 ? end - 1 : 0, err));
    CTES_TRY(ctes_buffer_puts(&made, "<actes:Urgence>oui</actes:Urgence>", err));
    CTES_TRY(ctes_buffer_puts(&made, bytes->data + (end > 0 ? end - 1 : 0), err));
    ctes_buffer_reset(bytes);
    return ctes_buffer_append(bytes, made.data, made.length, err);
}

static ctes_status make_message(const sb_letter *letter, letter_parcel *parcel, ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message message = CTES_MESSAGE_INIT;
    letter_file *file = next_file(parcel, CTES_XML_SIZE_MAX);
    (void)snprintf(file->name, sizeof file->name, "%s-%d-1_%lld.xml", parcel->id_acte, letter->type,
                   (long long)letter->number);
    CTES_TRY(describe(letter, parcel->id_acte, &message, err));
    CTES_TRY(ctes_xml_write_retour(&message, &file->bytes, err));
    return letter_has(letter, LETTER_INVALID) ? make_invalid(&file->bytes, err) : CTES_OK;
}

ctes_status letter_make(const sb_box *box, const sb_letter *letter, unsigned envelope_number,
                        letter_parcel *ret, ctes_error *err) {
    const sb_authority *to = accounts_authority(&box->accounts, letter->act.siren);
    if (to == NULL)
        return ctes_fail(err, CTES_E_NOT_FOUND, letter->act.siren, "siren");
    CTES_TRY(make_id_acte(letter, ret->id_acte, sizeof ret->id_acte, err));
    CTES_TRY(make_message(letter, ret, err));
    CTES_TRY(make_documents(letter, ret, err));
    const char *message = ret->files[0].name;
    ret->envelope.bytes = (ctes_buffer)CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    letter_envelope_name(box, to, envelope_number, ret->envelope.name, sizeof ret->envelope.name);
    return letter_envelope(to, &message, 1, &ret->envelope.bytes, err);
}
