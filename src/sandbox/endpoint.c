#include "sandbox/endpoint.h"

#include <string.h>

#define ACTES "/modules/actes/"

static const sb_endpoint endpoints[] = {
    { ACTES "actes_transac_create.php", "create", page_create, 0, false },
    { ACTES "actes_transac_submit.php", "submit", page_submit, 5, false },
    { ACTES "actes_transac_get_status.php", "status", page_status, 0, false },
    { ACTES "actes_transac_get_ARActe.php", "ar", page_ar, 0, false },
    { ACTES "actes_transac_get_files_list.php", "files", page_files, 0, false },
    { ACTES "actes_download_file.php", "download", page_download, 0, false },
    { ACTES "actes_transac_get_tampon.php", "tampon", page_tampon, 0, false },
    { ACTES "actes_create_pdf.php", "pdf", page_bordereau, 0, false },
    { ACTES "actes_transac_get_document.php", "document", page_document, 0, false },
    { ACTES "actes_transac_reponse_create.php", "reponse", page_reponse, 0, false },
    { ACTES "actes_classification_fetch.php", "classification", page_classification_fetch, 0,
      false },
    { ACTES "actes_classification_request.php", "classification-request",
      page_classification_request, 0, false },
    { ACTES "actes_transac_cancel.php", "cancel", page_cancel, 0, false },
    { ACTES "actes_transac_close.php", "close", page_close, 0, false },
    { ACTES "actes_transac_post_confirm_api.php", "confirm", page_confirm, 0, false },
    { ACTES "actes_transac_post_confirm_api_multi.php", "confirm-multi", page_confirm_multi, 0,
      false },
    { ACTES "actes_transac_get_env_serial.php", "serial", page_env_serial, 0, false },
    { ACTES "api/list_actes.php", "list", page_list_actes, 0, false },
    { ACTES "api/number_actes.php", "number", page_number_actes, 0, false },
    { ACTES "api/actes_status.php", "status-names", page_actes_status, 0, false },
    { ACTES "api/list_document_prefecture.php", "letters", page_list_documents, 0, false },
    { ACTES "api/document_prefecture_mark_as_read.php", "mark-as-read", page_mark_as_read, 0,
      false },
    { "/api/test-connexion.php", "test-connexion", page_test_connexion, 0, false },
    { "/api/test-rgs.php", "test-rgs", page_test_rgs, 0, false },
    { "/api/info-connexion.php", "info-connexion", page_info_connexion, 0, false },
    { "/api/get-nounce.php", "nounce", page_nounce, 0, false },
    { "/admin/users/api-list-login.php", "list-login", page_list_login, 0, false },
    { "/depot", "depot", page_depot, 0, false },
    { "/sandbox/advance", NULL, page_control_advance, 0, true },
    { "/sandbox/ledger", NULL, page_control_ledger, 0, true },
    { "/sandbox/fault", NULL, page_control_fault, 0, true },
    { "/sandbox/letter", NULL, page_control_letter, 0, true },
    { "/sandbox/classification", NULL, page_control_classification, 0, true },
    { "/sandbox/mail", NULL, page_control_mail, 0, true },
};

const sb_endpoint *endpoint_find(const char *path, int generation) {
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        const sb_endpoint *found = &endpoints[i];
        if (strcmp(found->path, path) == 0 &&
            (found->last_generation == 0 || found->last_generation >= generation))
            return found;
    }
    return NULL;
}

const char *endpoint_script(const sb_endpoint *endpoint) {
    return strrchr(endpoint->path, '/') + 1;
}
