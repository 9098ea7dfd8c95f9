/*
 * One parcel on its way into the register: its bytes and documents get their place below the
 * archives, each of its messages is recorded or put aside. Everything here can be done again after
 * a kill at any instant: places and keys are made from what came, not from when it came.
 */
#ifndef CTES_WORKFLOW_DELIVERY_H
#define CTES_WORKFLOW_DELIVERY_H

#include "ledger/courrier.h"
#include <ctes/exchange.h>
#include "workflow/retour.h"

typedef struct ctes_delivery {
    ctes_session *session;
    const ctes_link *link; /**< the authority it is for; else the one through whom it came */
    const ctes_parcel *parcel;
    ctes_retour *retour;
    const ctes_inbox_watch *watch;
    char sha256[65]; /**< of the parcel's bytes */
    uint64_t size;
    bool again;       /**< the register has dealt with these bytes before */
    char *relative;   /**< folder of its evidence, below the archives … */
    char *absolute;   /**< … and whole */
    char *raw;        /**< its bytes there, relative */
    bool stopped;     /**< the watcher wants no more */
    ctes_error aside; /**< why it, or something in it, was put aside; CTES_OK: nothing was */
} ctes_delivery;

void ctes_delivery_clear(ctes_delivery *delivery);

/** Gives the parcel's bytes their place: archives/SIREN/retours/YEAR/SHA256/. The file of the
 * parcel moves there. */
ctes_status ctes_delivery_keep(ctes_delivery *delivery, ctes_error *err) CTES_MUST_CHECK;

/** Gives an unpacked file its place there, under its name of the norm or else a number; one that
 *  has it already stays. `ret` takes the path relative to the archives, `ret_sha256` its hash. */
ctes_status ctes_delivery_keep_file(const ctes_delivery *delivery, ctes_retour_file *file,
                                    char **ret, char ret_sha256[static 65],
                                    ctes_error *err) CTES_MUST_CHECK;

/** A message of the parcel: its file, its bytes, what they say. */
typedef struct ctes_delivered {
    const ctes_retour_file *file;
    ctes_buffer bytes;
    char sha256[65];
    ctes_message message; /**< CTES_M_NONE: not readable */
    char *invalid;        /**< the schema's complaint, or NULL */
} ctes_delivered;

#define CTES_DELIVERED_INIT                                                                        \
    { .bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX), .message = CTES_MESSAGE_INIT }
void ctes_delivered_clear(ctes_delivered *delivered);

/** Records a letter of the préfecture with its documents, and tells of it. */
ctes_status ctes_courrier_receive(ctes_delivery *delivery, const ctes_delivered *delivered,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Puts a message aside for a person, with the documents it names. */
ctes_status ctes_delivery_aside(ctes_delivery *delivery, const ctes_delivered *delivered,
                                const ctes_error *why, ctes_error *err) CTES_MUST_CHECK;

/** Puts the whole parcel aside, with every file that could be unpacked. */
ctes_status ctes_delivery_aside_whole(ctes_delivery *delivery, const ctes_error *why,
                                      ctes_error *err) CTES_MUST_CHECK;

/** Makes of one message what it says. What cannot be understood is put aside.
 *  @return CTES_OK, or a failure that has nothing to do with the message (register, disk, an act in
 *          another's hands): the parcel is to be fetched again. */
ctes_status ctes_retour_dispatch(ctes_delivery *delivery, const ctes_retour_file *file,
                                 ctes_error *err) CTES_MUST_CHECK;

/** The same for an enveloppe of ours that was refused whole (AnomalieEnveloppe). */
ctes_status ctes_retour_dispatch_anomalie(ctes_delivery *delivery, ctes_error *err) CTES_MUST_CHECK;

/** Is it a fault of what came, so that fetching it again would show it again? */
bool ctes_about_the_parcel(ctes_status status);

/** Tells the watcher of an act whose state is no longer that of `before`. */
void ctes_delivery_tell_acte(ctes_delivery *delivery, const ctes_record *before, int64_t acte);

/** Loads a letter and tells the watcher of it. */
ctes_status ctes_delivery_tell(ctes_delivery *delivery, int64_t courrier, bool known,
                               const ctes_error *why, ctes_error *err) CTES_MUST_CHECK;

#endif
