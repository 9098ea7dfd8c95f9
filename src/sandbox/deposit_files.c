#include "sandbox/deposit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define UPLOAD_ERROR "Erreur lors de la réception du fichier : "
/* the server's own spelling */
#define UPLOAD_ERROR_MAIN "Erreur lors de la récéption du fichier : "

bool deposit_code_valid(const char *code) {
    return strlen(code) == 5 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == 5;
}

const char *deposit_upload_fault(const sb_exchange *x, const form_field *file, char *out,
                                 size_t size) {
    if (file->length > x->box->options.limits.file) {
        (void)snprintf(out, size, "La taille du fichier excède la taille maximum (%zuM)",
                       x->box->options.limits.file >> 20);
        return out;
    }
    if (file->filename[0] == '\0')
        return "Aucun fichier n'a été présenté";
    return file->length == 0 ? "Le fichier semble vide" : NULL;
}

static bool is_budget(const ctes_matiere *matiere) {
    return matiere->count >= 2 && matiere->level[0] == 7 && matiere->level[1] == 1;
}

static const char *judge_main(const mime_type *type, int nature, const ctes_matiere *matiere) {
    if (!mime_is_xml(type))
        return NULL;
    if (nature != 5)
        return "Seuls les documents budgétaires et financiers peuvent être au format XML.";
    return is_budget(matiere)
               ? NULL
               : "Seule la classification 7.1 est autorisée pour la transmission au format XML";
}

void deposit_judge_file(const mime_type *type, const char *posted, const char *code, int nature,
                        const ctes_matiere *matiere, const mime_type *main_type, char *out,
                        size_t size) {
    const char *reason = NULL;
    out[0] = '\0';
    if (main_type == NULL && !mime_is_pdf(type) && !mime_is_xml(type)) {
        (void)snprintf(out, size,
                       "Le fichier de l'acte \" %s \" est de type \" %s \". Fichier PDF ou XML "
                       "requis.",
                       posted, type->mime);
        return;
    }
    if (main_type == NULL) {
        reason = judge_main(type, nature, matiere);
    } else if (type->extension[0] == '\0') {
        (void)snprintf(out, size,
                       "Le fichier attaché \" %s \" est de type \" %s \". Fichier PDF, XML, PNG ou "
                       "JPEG requis.",
                       posted, type->mime);
        return;
    } else if (mime_is_xml(main_type) && !mime_is_pdf(type)) {
        reason = "Les pièces jointes doivent être au format PDF avec un acte au format XML";
    }
    if (reason == NULL && !deposit_code_valid(code))
        reason = "Le code de la PJ doit faire 5 caractères";
    if (reason != NULL)
        (void)snprintf(out, size, "%s", reason);
}

/* Names come in ISO-8859-1 (trap T2). */
static void display_name(const char *posted, char *out, size_t size) {
    CTES_AUTO_FREE char *utf8 = NULL;
    if (ctes_text_from_latin1(posted, strlen(posted), &utf8, NULL) != CTES_OK)
        utf8 = NULL;
    (void)ctes_text_copy(out, size, utf8 != NULL ? utf8 : "");
}

/* The signature part is text, right-trimmed; only a double quote is altered (sheet § 2.3). */
static char *read_signature(const sb_exchange *x, const char *field, long index) {
    const form_field *file = form_file(&x->post, field, index);
    if (file == NULL || file->length == 0)
        return NULL;
    size_t length = strnlen(file->value, file->length);
    while (length > 0 && strchr(" \t\r\n\v", file->value[length - 1]) != NULL)
        length--;
    char *made = malloc(2 * length + 1);
    char *out = made;
    for (size_t i = 0; made != NULL && i < length; i++) {
        if (file->value[i] == '"')
            *out++ = '\\';
        *out++ = file->value[i];
    }
    if (made != NULL)
        *out = '\0';
    return made;
}

/* Beside a PDF everything that is taken at all may stand. */
static const mime_type any_type = { "application/pdf", "pdf" };

static void add_file(sb_exchange *x, sb_deposit *deposit, const form_field *field, const char *code,
                     const char *sign_field) {
    deposit_file *file = &deposit->files[deposit->file_count];
    *file = (deposit_file){ .posted = field->filename,
                            .bytes = field->value,
                            .length = field->length,
                            .type = mime_sniff(field->value, field->length),
                            .code_pj = code,
                            .sign = read_signature(x, sign_field, field->index) };
    bool main_document = deposit->file_count == 0;
    char name[520], reason[1024];
    display_name(field->filename, name, sizeof name);
    const mime_type *main_type = main_document ? NULL : deposit->files[0].type;
    if (deposit->answer)
        main_type = &any_type;
    deposit_judge_file(file->type, name, code, deposit->nature, &deposit->matiere, main_type,
                       reason, sizeof reason);
    deposit->file_count++;
    if (reason[0] == '\0')
        return;
    if (ctes_buffer_printf(&deposit->reasons, NULL, "%s%s%s",
                           main_document ? "Erreur de validation du fichier de l'acte :\n"
                                         : "Erreur de validation d'un fichier de pièce jointe :\n",
                           reason, main_document ? "\n" : "") != CTES_OK)
        x->reply.failed = true;
}

static bool missing_code(sb_exchange *x, const char *what, const form_field *field) {
    char name[520], text[640];
    display_name(field->filename, name, sizeof name);
    (void)snprintf(text, sizeof text,
                   "Erreur lors de la réception du fichier %s%s : typologie absente", what, name);
    reply_failure(x, text);
    return false;
}

static bool upload_fault(sb_exchange *x, const sb_deposit *deposit, const char *prefix,
                         const form_field *field) {
    char text[160], detail[80];
    const char *fault = deposit_upload_fault(x, field, detail, sizeof detail);
    if (fault == NULL)
        return false;
    (void)snprintf(text, sizeof text, "%s%s", prefix, fault);
    deposit->refuse(x, text);
    return true;
}

static bool read_main(sb_exchange *x, sb_deposit *deposit) {
    const form_field *main_file = form_file(&x->post, "acte_pdf_file", FORM_NO_INDEX);
    if (main_file == NULL) {
        deposit->refuse(x, deposit->answer ? "Envoi de fichier illégal."
                                           : "Aucun fichier acte n'a été posté ");
        return false;
    }
    if (upload_fault(x, deposit, UPLOAD_ERROR_MAIN, main_file))
        return false;
    /* the default per nature is dead code in the real server: trap T1 */
    const char *code = form_value(&x->post, "type_acte");
    if (*code == '\0')
        return missing_code(x, "", main_file);
    add_file(x, deposit, main_file, code, "acte_pdf_file_sign");
    return true;
}

bool deposit_read_files(sb_exchange *x, sb_deposit *deposit) {
    if (!read_main(x, deposit))
        return false;
    for (long i = FORM_NO_INDEX;
         (i = form_next_file(&x->post, "acte_attachments", i)) != FORM_NO_INDEX;) {
        const form_field *annex = form_file(&x->post, "acte_attachments", i);
        if (annex == NULL || deposit->file_count == FILES_MAX ||
            upload_fault(x, deposit, UPLOAD_ERROR, annex))
            return false;
        const char *code = form_item(&x->post, "type_pj", i);
        if (*code == '\0')
            return missing_code(x, "annexe ", annex);
        add_file(x, deposit, annex, code, "acte_attachments_sign");
    }
    if (deposit->reasons.length > 0) {
        deposit->refuse(x, deposit->reasons.data);
        return false;
    }
    return true;
}
