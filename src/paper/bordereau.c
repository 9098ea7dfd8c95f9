#include "paper/bordereau.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "paper/pdf.h"
#include "paper/sheet.h"
#include "norm/regles.h"

enum { PAPER_MAX = 64 << 20 };

/* The state's name on the slip: it is read by people who know the préfecture, not `ctes`. */
static const char *label_of(ctes_state state) {
    static const char *const labels[CTES_STATE_COUNT] = {
        [CTES_STATE_PREPARED] = "Préparé",
        [CTES_STATE_TO_SEND] = "Envoi commencé",
        [CTES_STATE_UNSETTLED] = "Envoi à confirmer auprès de l'opérateur",
        [CTES_STATE_REFUSED] = "Non reçu par l'opérateur",
        [CTES_STATE_DEPOSITED] = "Déposé auprès de l'opérateur",
        [CTES_STATE_WAITING] = "En attente de transmission",
        [CTES_STATE_TRANSMITTED] = "Transmis à la préfecture",
        [CTES_STATE_PARKED] = "En attente de confirmation chez l'opérateur",
        [CTES_STATE_TO_SIGN] = "En attente de signature chez l'opérateur",
        [CTES_STATE_ACKNOWLEDGED] = "Acquittement reçu",
        [CTES_STATE_ACKNOWLEDGED_LATE] = "Acquittement reçu après une erreur",
        [CTES_STATE_DISCORDANT] = "Acquittement discordant, à examiner",
        [CTES_STATE_ANOMALIE_ACTE] = "Anomalie signalée sur l'acte",
        [CTES_STATE_ANOMALIE_ENVELOPPE] = "Anomalie signalée sur l'enveloppe",
        [CTES_STATE_OPERATOR_ERROR] = "Refusé par l'opérateur",
        [CTES_STATE_CLOSED] = "Clos par l'opérateur",
        [CTES_STATE_CANCELLED] = "Annulé",
    };
    return (size_t)state < CTES_STATE_COUNT && labels[state] != NULL ? labels[state] : "";
}

typedef struct instant {
    char text[48];
} instant;

static instant instant_of(int64_t ms) {
    instant at = { "" };
    time_t seconds = (time_t)(ms / 1000);
    struct tm civil;
    if (ms > 0 && localtime_r(&seconds, &civil) != NULL)
        (void)strftime(at.text, sizeof at.text, "%d/%m/%Y à %H:%M:%S", &civil);
    return at;
}

static instant day_of(ctes_date date) {
    instant day = { "" };
    if (ctes_date_given(date))
        (void)snprintf(day.text, sizeof day.text, "%02u/%02u/%04d", date.day, date.month,
                       date.year);
    return day;
}

static instant size_of(uint64_t bytes) {
    instant size = { "" };
    uint64_t tenths = (bytes * 10 + 512) / 1024;
    if (bytes < 1024)
        (void)snprintf(size.text, sizeof size.text, "%u octets", (unsigned)bytes);
    else if (tenths < 10240)
        (void)snprintf(size.text, sizeof size.text, "%u,%u Kio", (unsigned)(tenths / 10),
                       (unsigned)(tenths % 10));
    else
        (void)snprintf(size.text, sizeof size.text, "%u,%u Mio", (unsigned)(tenths / 10240),
                       (unsigned)(tenths / 1024 % 10));
    return size;
}

static void put_matiere(ctes_sheet *sheet, const ctes_record *record) {
    char code[32], text[256];
    ctes_matiere_format(&record->matiere, code);
    const char *above = ctes_matiere_libelle(&record->matiere, 1);
    const char *label = ctes_matiere_libelle(&record->matiere, 2);
    (void)snprintf(text, sizeof text, "%s%s%s%s%s", code, above != NULL ? " - " : "",
                   above != NULL ? above : "", label != NULL ? " / " : "",
                   label != NULL ? label : "");
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Classification", text);
}

static void put_facts(ctes_sheet *sheet, const ctes_record *record) {
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Type de transaction", "Transmission d'acte");
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Date de la décision", day_of(record->date).text);
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Nature de l'acte",
                    ctes_nature_libelle(record->nature));
    put_matiere(sheet, record);
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Documents papier",
                    record->document_papier ? "OUI" : "NON");
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Envoyé le", instant_of(record->sent_ms).text);
    bool is_received = ctes_date_given(record->reception);
    ctes_sheet_fact(sheet, CTES_PAPER_BOLD, "Reçu en préfecture le",
                    is_received ? day_of(record->reception).text : "acquittement attendu");
    ctes_sheet_fact(sheet, CTES_PAPER_BOLD, "Identifiant unique", record->id_acte);
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "État", label_of(record->state));
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Motif", record->reason);
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Remplace l'acte", record->replaces);
    ctes_sheet_fact(sheet, CTES_PAPER_BODY, "Remplacé par l'acte", record->replaced_by);
}

static void put_files(ctes_sheet *sheet, const ctes_record *record) {
    static const ctes_sheet_table table = { 3,
                                            { 150, 260, CTES_SHEET_WIDTH - 410 },
                                            { "Type", "Fichier", "Format et taille" } };
    if (record->piece_count == 0)
        return;
    sheet->y += 6;
    ctes_sheet_heading(sheet, "Fichiers transmis");
    ctes_sheet_table_head(sheet, &table);
    for (size_t i = 0; i < record->piece_count; i++) {
        const ctes_record_piece *piece = &record->pieces[i];
        char type[64], names[1024], format[128];
        (void)snprintf(type, sizeof type, "%s (%s)", i == 0 ? "Document principal" : "Annexe",
                       piece->type_pj);
        (void)snprintf(names, sizeof names, "%.400s\n%.400s", ctes_path_base(piece->path),
                       piece->nom != NULL ? piece->nom : "");
        (void)snprintf(format, sizeof format, "%.60s\n%s", piece->mime != NULL ? piece->mime : "",
                       size_of(piece->size).text);
        ctes_sheet_table_row(sheet, &table,
                             (const char *const[CTES_SHEET_CELLS]){ type, names, format });
    }
}

static void put_steps(ctes_sheet *sheet, const ctes_bordereau_acte *acte) {
    static const ctes_sheet_table table = { 2,
                                            { 150, CTES_SHEET_WIDTH - 150 },
                                            { "Date", "État" } };
    if (acte->step_count == 0)
        return;
    sheet->y += 12;
    ctes_sheet_heading(sheet, "Cycle de vie de la transaction");
    ctes_sheet_table_head(sheet, &table);
    for (size_t i = 0; i < acte->step_count; i++) {
        const instant at = instant_of(acte->steps[i].at_ms);
        ctes_sheet_table_row(
            sheet, &table,
            (const char *const[CTES_SHEET_CELLS]){ at.text, label_of(acte->steps[i].state) });
    }
}

static void put_acte(ctes_sheet *sheet, const ctes_bordereau_acte *acte) {
    char text[4096]; /* a subject has 500 characters at most */
    (void)snprintf(text, sizeof text, "%s - %s", acte->record->numero,
                   acte->record->objet != NULL ? acte->record->objet : "");
    ctes_sheet_heading(sheet, text);
    put_facts(sheet, acte->record);
    put_files(sheet, acte->record);
    put_steps(sheet, acte);
}

/* The acts of a session at a glance, before each in full. */
static void put_summary(ctes_sheet *sheet, const ctes_bordereau *bordereau) {
    static const ctes_sheet_table table = { 4,
                                            { 78, 172, 58, CTES_SHEET_WIDTH - 308 },
                                            { "Numéro", "Objet", "Reçu le",
                                              "Identifiant ou état" } };
    ctes_sheet_table_head(sheet, &table);
    for (size_t i = 0; i < bordereau->acte_count; i++) {
        const ctes_record *record = bordereau->actes[i].record;
        bool counts = record->id_acte[0] != '\0' && record->state != CTES_STATE_CANCELLED;
        const char *id = counts ? record->id_acte : label_of(record->state);
        const instant received = day_of(record->reception);
        ctes_sheet_table_row(sheet, &table,
                             (const char *const[CTES_SHEET_CELLS]){ record->numero, record->objet,
                                                                    received.text, id });
    }
}

/* "Actes du 27 juin 2022 : 12 actes" when all were decided on one day. */
static void put_title(ctes_sheet *sheet, const ctes_bordereau *bordereau) {
    char day[24], below[160];
    ctes_date date = bordereau->actes[0].record->date;
    bool is_one_day = true;
    for (size_t i = 1; i < bordereau->acte_count; i++)
        is_one_day = is_one_day && ctes_date_compare(bordereau->actes[i].record->date, date) == 0;
    ctes_date_francais(date, day);
    (void)snprintf(below, sizeof below, "%s%s%s%zu acte%s%s", is_one_day ? "Décisions du " : "",
                   is_one_day ? day : "", is_one_day ? " : " : "", bordereau->acte_count,
                   bordereau->acte_count > 1 ? "s" : "",
                   bordereau->simulated ? " - plateforme de test, sans valeur légale" : "");
    ctes_sheet_title(sheet,
                     bordereau->acte_count > 1 ? "Bordereau d'acquittement des transactions"
                                               : "Bordereau d'acquittement de transaction",
                     below);
}

static ctes_status pass(const ctes_bordereau *bordereau, const char *head, const char *foot,
                        unsigned *total, ctes_buffer *out, ctes_error *err) {
    CTES_AUTO_PAPER ctes_paper *paper = NULL;
    char title[160];
    (void)snprintf(title, sizeof title, "Bordereau d'acquittement - %s",
                   bordereau->acte_count == 1 ? bordereau->actes[0].record->numero_interne
                                              : bordereau->siren);
    CTES_TRY(ctes_paper_new(CTES_A4_WIDTH, CTES_A4_HEIGHT, title, bordereau->made_ms, &paper, err));
    ctes_sheet sheet = { .paper = paper,
                         .head = head,
                         .head_right = "@CTES - contrôle de légalité",
                         .foot = foot,
                         .total = *total };
    ctes_sheet_turn(&sheet);
    put_title(&sheet, bordereau);
    if (bordereau->acte_count > 1)
        put_summary(&sheet, bordereau);
    for (size_t i = 0; i < bordereau->acte_count; i++) {
        if (bordereau->acte_count > 1)
            ctes_sheet_turn(&sheet);
        put_acte(&sheet, &bordereau->actes[i]);
    }
    *total = sheet.page;
    return ctes_paper_finish(paper, out, err);
}

ctes_status ctes_bordereau_draw(const ctes_bordereau *bordereau, ctes_buffer *out,
                                ctes_error *err) {
    char head[1024], foot[160];
    (void)snprintf(head, sizeof head, "%s%s%s%s",
                   bordereau->autorite != NULL ? bordereau->autorite : "",
                   bordereau->autorite != NULL ? " (SIREN " : "SIREN ", bordereau->siren,
                   bordereau->autorite != NULL ? ")" : "");
    (void)snprintf(foot, sizeof foot, "Édité le %s d'après le registre des transmissions",
                   instant_of(bordereau->made_ms).text);
    unsigned total = 0;
    CTES_AUTO_BUFFER ctes_buffer paper = CTES_BUFFER_INIT(PAPER_MAX);
    CTES_TRY(pass(bordereau, head, foot, &total, &paper, err));
    ctes_buffer_reset(&paper); /* drawn again, the number of its pages now known */
    CTES_TRY(pass(bordereau, head, foot, &total, &paper, err));
    return ctes_pdf_dress(&paper, NULL, out, err);
}
