/* File names of the norm, made (fact sheet § 3). */
#include "norm/nom.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "norm/regles.h"

static ctes_status put(ctes_nom *ret, ctes_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static ctes_status put(ctes_nom *ret, ctes_error *err, const char *format, ...) {
    ctes_nom made;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(made.text, sizeof made.text, format, arguments);
    va_end(arguments);
    if (length < 0 || length > CTES_NOM_MAX)
        return ctes_fail(err, CTES_E_NOM_FICHIER, NULL, "%s", made.text);
    *ret = made;
    return CTES_OK;
}

static bool letters(const char *text, size_t count) {
    return strlen(text) == count && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                 "abcdefghijklmnopqrstuvwxyz") == count;
}

static ctes_status check_stem(const ctes_prefixe *prefixe, unsigned numero, ctes_error *err) {
    if (!letters(prefixe->trigramme, 3))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "trigramme", "%s", prefixe->trigramme);
    /* APPLI = [FQETD][A-Z]{3}; operators compare it letter by letter, as they do the first three */
    const char *appli = prefixe->quadrigramme;
    if (strlen(appli) != 4 || strspn(appli, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 4 ||
        strchr("FQETD", appli[0]) == NULL)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "quadrigramme", "%s", prefixe->quadrigramme);
    if (numero < 1 || numero > 9999)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%u", numero);
    return CTES_OK;
}

ctes_status ctes_nom_archive(const ctes_prefixe *prefixe, const char *siren, ctes_date date,
                             unsigned numero, ctes_nom *ret, ctes_error *err) {
    CTES_TRY(check_stem(prefixe, numero, err));
    char day[9];
    ctes_date_compact(date, day);
    return put(ret, err, "%s-%s--%s--%s-%u.tar.gz", prefixe->trigramme, prefixe->quadrigramme,
               siren, day, numero);
}

ctes_status ctes_nom_enveloppe(const ctes_prefixe *prefixe, const char *siren, ctes_date date,
                               unsigned numero, ctes_nom *ret, ctes_error *err) {
    CTES_TRY(check_stem(prefixe, numero, err));
    char day[9];
    ctes_date_compact(date, day);
    return put(ret, err, "%s--%s--%s-%u.xml", prefixe->quadrigramme, siren, day, numero);
}

ctes_status ctes_nom_id_acte(const ctes_autorite *autorite, const ctes_acte *acte, ctes_nom *ret,
                             ctes_error *err) {
    char day[9];
    ctes_date_compact(acte->date, day);
    return put(ret, err, "%s-%s-%s-%s-%s", autorite->departement, autorite->siren, day,
               acte->numero_interne, ctes_nature_abrege(acte->nature));
}

ctes_status ctes_nom_message(const char *id_acte, unsigned transaction, unsigned flux,
                             unsigned numero, ctes_nom *ret, ctes_error *err) {
    return put(ret, err, "%s-%u-%u_%u.xml", id_acte, transaction, flux, numero);
}

ctes_status ctes_nom_classification(const ctes_autorite *autorite, unsigned flux, unsigned numero,
                                    ctes_nom *ret, ctes_error *err) {
    return put(ret, err, "%s-%s----7-%u_%u.xml", autorite->departement, autorite->siren, flux,
               numero);
}

ctes_status ctes_nom_document(const char *type_pj, const char *id_acte, unsigned transaction,
                              unsigned flux, unsigned numero, const char *extension, ctes_nom *ret,
                              ctes_error *err) {
    return put(ret, err, "%s-%s-%u-%u_%u.%s", type_pj, id_acte, transaction, flux, numero,
               extension);
}
