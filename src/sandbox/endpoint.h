/* The pages of the sandbox: one table. */
#ifndef CTES_SANDBOX_ENDPOINT_H
#define CTES_SANDBOX_ENDPOINT_H

#include <stdbool.h>

#include "sandbox/exchange.h"

typedef struct sb_endpoint {
    const char *path;
    const char *alias; /**< short name for --fault */
    void (*answer)(sb_exchange *x);
    int last_generation; /**< removed in the next one; 0: still there */
    bool control;        /**< the sandbox's own: no fault, no PHP session */
} sb_endpoint;

const sb_endpoint *endpoint_find(const char *path, int generation);
/** File name of its script ("actes_transac_create.php"). */
const char *endpoint_script(const sb_endpoint *endpoint);

/* deposit_create.c, deposit_submit.c */
void page_create(sb_exchange *x);
void page_submit(sb_exchange *x);
/* status.c */
void page_status(sb_exchange *x);
void page_ar(sb_exchange *x);
/* files.c, download.c */
void page_files(sb_exchange *x);
void page_download(sb_exchange *x);
void page_tampon(sb_exchange *x);
void page_bordereau(sb_exchange *x);
/* courrier.c, reponse.c */
void page_document(sb_exchange *x);
void page_list_documents(sb_exchange *x);
void page_mark_as_read(sb_exchange *x);
void page_reponse(sb_exchange *x);
/* classification.c */
void page_classification_fetch(sb_exchange *x);
void page_classification_request(sb_exchange *x);
/* change.c */
void page_cancel(sb_exchange *x);
void page_close(sb_exchange *x);
/* confirm.c */
void page_confirm(sb_exchange *x);
void page_confirm_multi(sb_exchange *x);
/* listing.c */
void page_list_actes(sb_exchange *x);
void page_number_actes(sb_exchange *x);
void page_actes_status(sb_exchange *x);
void page_env_serial(sb_exchange *x);
/* connexion.c */
void page_test_connexion(sb_exchange *x);
void page_test_rgs(sb_exchange *x);
void page_info_connexion(sb_exchange *x);
void page_nounce(sb_exchange *x);
void page_list_login(sb_exchange *x);
/* depot.c */
void page_depot(sb_exchange *x);
/* control.c, letter_page.c, classification_publish.c */
void page_control_advance(sb_exchange *x);
void page_control_ledger(sb_exchange *x);
void page_control_fault(sb_exchange *x);
void page_control_letter(sb_exchange *x);
void page_control_classification(sb_exchange *x);
void page_control_mail(sb_exchange *x);

#endif
