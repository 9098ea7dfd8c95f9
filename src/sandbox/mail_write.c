/* A mail as bytes: headers, a word of text, attachments in base64. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sandbox/mail.h"

#define BASE64_LINE 57 /* bytes of a line of 76 characters */
#define TEXT        "Bonjour,\n\nVeuillez trouver ci-joint un message de l'application ACTES.\n"

static ctes_status put_base64(ctes_buffer *out, const unsigned char *in, size_t length,
                              ctes_error *err) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t rest = length - i;
        unsigned long word = (unsigned long)in[i] << 16;
        word |= rest > 1 ? (unsigned long)in[i + 1] << 8 : 0;
        word |= rest > 2 ? in[i + 2] : 0;
        char four[5] = { digits[word >> 18], digits[word >> 12 & 63],
                         rest > 1 ? digits[word >> 6 & 63] : '=',
                         rest > 2 ? digits[word & 63] : '=', '\0' };
        CTES_TRY(ctes_buffer_puts(out, four, err));
        if ((i + 3) % BASE64_LINE == 0 && rest > 3)
            CTES_TRY(ctes_buffer_puts(out, "\n", err));
    }
    return ctes_buffer_puts(out, "\n", err);
}

static const char *type_of(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL && strcmp(dot, ".pdf") == 0 ? "application/pdf" : "text/xml";
}

static ctes_status put_piece(ctes_buffer *out, const char *boundary, const mail_piece *piece,
                             ctes_error *err) {
    CTES_TRY(ctes_buffer_printf(out, err,
                                "--%s\nContent-Type: %s; name=\"%s\"\n"
                                "Content-Transfer-Encoding: base64\n"
                                "Content-Disposition: attachment; filename=\"%s\"\n\n",
                                boundary, type_of(piece->name), piece->name, piece->name));
    return put_base64(out, piece->bytes, piece->length, err);
}

static ctes_status put_headers(ctes_buffer *out, const sb_mail *mail, int64_t number, int64_t at_ms,
                               ctes_error *err) {
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t at = (time_t)(at_ms / 1000);
    struct tm utc = { .tm_year = 70 };
    (void)gmtime_r(&at, &utc);
    return ctes_buffer_printf(out, err,
                              "Return-Path: <actes@interieur.test>\n"
                              "Date: %s, %d %s %d %02d:%02d:%02d +0000\n"
                              "From: ACTES <actes@interieur.test>\nTo: %s\nSubject: %s\n"
                              "Message-ID: <%lld.%lld@interieur.test>\nMIME-Version: 1.0\n",
                              days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
                              utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec, mail->to,
                              mail->subject, (long long)at_ms, (long long)number);
}

static ctes_status put_parts(ctes_buffer *out, const sb_mail *mail, const char *boundary,
                             ctes_error *err) {
    for (size_t i = 0; i < mail->count; i++)
        CTES_TRY(put_piece(out, boundary, &mail->pieces[i], err));
    return ctes_buffer_printf(out, err, "--%s--\n", boundary);
}

/* Text on one side, HTML with everything on the other: what some mail programs make of it. */
static ctes_status put_alternative(ctes_buffer *out, const sb_mail *mail, int64_t number,
                                   ctes_error *err) {
    char outer[48], inner[48];
    (void)snprintf(outer, sizeof outer, "=_outer_%lld", (long long)number);
    (void)snprintf(inner, sizeof inner, "=_inner_%lld", (long long)number);
    CTES_TRY(
        ctes_buffer_printf(out, err,
                           "Content-Type: multipart/alternative;\n boundary=\"%s\"\n\n"
                           "--%s\nContent-Type: text/plain; charset=us-ascii\n\n" TEXT
                           "--%s\nContent-Type: multipart/mixed; boundary=\"%s\"\n\n"
                           "--%s\nContent-Type: text/html; charset=us-ascii\n\n"
                           "<html><body><p>Message de l'application ACTES.</p></body></html>\n",
                           outer, outer, outer, inner, inner));
    CTES_TRY(put_parts(out, mail, inner, err));
    return ctes_buffer_printf(out, err, "--%s--\n", outer);
}

ctes_status mail_write(const sb_mail *mail, int64_t number, int64_t at_ms, bool alternative,
                       ctes_buffer *out, ctes_error *err) {
    char boundary[48];
    (void)snprintf(boundary, sizeof boundary, "=_actes_%lld", (long long)number);
    CTES_TRY(put_headers(out, mail, number, at_ms, err));
    if (mail->html != NULL)
        return ctes_buffer_printf(out, err,
                                  "Content-Type: text/html; charset=UTF-8\n"
                                  "Content-Transfer-Encoding: 8bit\n\n%s\n",
                                  mail->html);
    if (alternative)
        return put_alternative(out, mail, number, err);
    CTES_TRY(ctes_buffer_printf(out, err,
                                "Content-Type: multipart/mixed; boundary=\"%s\"\n\n"
                                "--%s\nContent-Type: text/plain; charset=us-ascii\n\n" TEXT,
                                boundary, boundary));
    return put_parts(out, mail, boundary, err);
}
