/* The receipt as a PDF (sheet § 3.3), on one page of plain text. */
#include <stdio.h>
#include <string.h>

#include "sandbox/endpoint.h"
#include "sandbox/status_name.h"

#define OBJECTS 5

static void begin_object(sb_exchange *x, size_t *offsets, int number) {
    offsets[number] = x->reply.body.length;
    reply_printf(x, "%d 0 obj\n", number);
}

static void put_line(sb_exchange *x, const char *label, const char *value) {
    reply_puts(x, "(");
    reply_latin1(x, label);
    for (const char *in = value; *in != '\0'; in++)
        if (strchr("()\\", *in) == NULL)
            reply_put(x, in, 1);
    reply_puts(x, ") Tj T*\n");
}

static void put_page(sb_exchange *x, const sb_transac *t, size_t *offsets) {
    begin_object(x, offsets, 4);
    /* the length is an object of its own, known once the text is written */
    reply_puts(x, "<< /Length 5 0 R >>\nstream\n");
    size_t start = x->reply.body.length;
    reply_puts(x, "BT /F 12 Tf 16 TL 60 780 Td\n");
    put_line(x, "Bordereau d'acquittement de transaction (simulation)", "");
    put_line(x, "Numéro de l'acte : ", t->number);
    put_line(x, "Date de la décision : ", t->date);
    put_line(x, "Nature : ", t->abrege);
    put_line(x, "Classification : ", t->classification);
    put_line(x, "Identifiant unique : ", t->unique_id);
    put_line(x, status_name(t->status), "");
    reply_puts(x, "ET\n");
    size_t length = x->reply.body.length - start;
    reply_puts(x, "endstream\nendobj\n");
    begin_object(x, offsets, 5);
    reply_printf(x, "%zu\nendobj\n", length);
}

static void put_pdf(sb_exchange *x, const sb_transac *t) {
    size_t offsets[OBJECTS + 1] = { 0 };
    reply_puts(x, "%PDF-1.4\n");
    begin_object(x, offsets, 1);
    reply_puts(x, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    begin_object(x, offsets, 2);
    reply_puts(x, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    begin_object(x, offsets, 3);
    reply_puts(x, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
                  "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
                  "/Encoding /WinAnsiEncoding >> >> >> >>\nendobj\n");
    put_page(x, t, offsets);
    size_t table = x->reply.body.length;
    reply_printf(x, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 1);
    for (int i = 1; i <= OBJECTS; i++)
        reply_printf(x, "%010zu 00000 n \n", offsets[i]);
    reply_printf(x, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", OBJECTS + 1,
                 table);
}

void page_bordereau(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_REDIRECT, RIGHT_ACCESS, false))
        return;
    if (!parameter_id(x, "trans_id", false, &id)) {
        reply_exception(x, NULL);
        return;
    }
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status status = store_transac_get(x->box->store, id, &t, &err);
    store_unlock(x->box->store);
    if (status != CTES_OK ||
        !account_can_view(x->account, accounts_by_name(&x->box->accounts, t.owner), t.siren)) {
        reply_redirect(x, "/");
        return;
    }
    put_pdf(x, &t);
    reply_type(x, "application/pdf");
    reply_header(x, "Content-Disposition", "inline; filename=\"acquittement.pdf\"");
}
