/* The authority that sends (IDCL, fact sheet § 5.2, 5.3 and 5.5). */
#include <regex.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

void ctes_autorite_clear(ctes_autorite *autorite) {
    if (autorite == NULL)
        return;
    for (size_t i = 0; i < autorite->adresse_count; i++)
        free(autorite->adresses_retour[i]);
    free(autorite->adresses_retour);
    char **const texts[] = { &autorite->key,
                             &autorite->nom,
                             &autorite->referent_nom,
                             &autorite->referent_telephone,
                             &autorite->referent_email,
                             &autorite->login,
                             &autorite->password_file };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ctes_free_charp(texts[i]);
    *autorite = (ctes_autorite)CTES_AUTORITE_INIT;
}

ctes_status ctes_siren_check(const char *siren, ctes_error *err) {
    unsigned sum = 0;
    size_t length = strlen(siren);
    if (length != 9 || strspn(siren, "0123456789") != 9)
        return ctes_fail(err, CTES_E_SIREN_INVALID, NULL, "%s", siren);
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(siren[i] - '0') * (i % 2 == 1 ? 2u : 1u);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0 ? CTES_OK : ctes_fail(err, CTES_E_SIREN_INVALID, NULL, "%s", siren);
}

static bool matches(const char *pattern, const char *text) {
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

/* Type Email of actesv1_1.xsd: no "+", at most six letters at the end */
#define EMAIL                                                                                      \
    "^[_a-zA-Z0-9-]+(\\.[_a-zA-Z0-9-]+)*@[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)*\\.[a-zA-Z]{2,6}$"

static ctes_status check_addresses(const ctes_autorite *autorite, ctes_error *err) {
    if (autorite->adresse_count == 0)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "adresses_retour = ?");
    for (size_t i = 0; i < autorite->adresse_count; i++)
        if (!matches(EMAIL, autorite->adresses_retour[i]))
            return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "adresses_retour = %s",
                             autorite->adresses_retour[i]);
    if (autorite->referent_email != NULL && !matches(EMAIL, autorite->referent_email))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "referent_email = %s",
                         autorite->referent_email);
    return CTES_OK;
}

/* The enveloppe is ISO-8859-1 (sheet § 5.1): said now, not when the first act is packaged. */
static ctes_status check_words(const ctes_autorite *autorite, ctes_error *err) {
    const struct {
        const char *name, *value;
    } texts[] = {
        { "referent_nom", autorite->referent_nom },
        { "referent_telephone", autorite->referent_telephone },
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer latin1 = CTES_BUFFER_INIT(1u << 16);
        const char *value = texts[i].value != NULL ? texts[i].value : "";
        bool fits = ctes_text_is_utf8(value, strlen(value)) &&
                    ctes_text_to_latin1(value, &latin1, NULL) == CTES_OK;
        for (size_t at = 0; fits && at < latin1.length; at++) {
            unsigned char byte = (unsigned char)latin1.data[at];
            fits = byte >= 0x20 && !(byte >= 0x7f && byte < 0xa0);
        }
        if (!fits)
            return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "%s = %s (ISO-8859-1)",
                             texts[i].name, value);
    }
    return CTES_OK;
}

ctes_status ctes_autorite_check(const ctes_autorite *autorite, ctes_error *err) {
    ctes_status status = ctes_siren_check(autorite->siren, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_CONFIG, autorite->key);
    const struct {
        const char *name, *value, *pattern;
    } rules[] = {
        { "departement", autorite->departement, "^([09][0-9][0-9]|02A|02B)$" },
        { "arrondissement", autorite->arrondissement, "^[0-9]$" },
        { "nature", autorite->nature, "^[0-9]{2}$" },
        { "nic", autorite->nic, "^([0-9]{5})?$" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!matches(rules[i].pattern, rules[i].value))
            return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "%s = %s", rules[i].name,
                             rules[i].value);
    CTES_TRY(check_words(autorite, err));
    return check_addresses(autorite, err);
}
