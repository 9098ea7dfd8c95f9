#include "workflow/together.h"

#include "base/fail.h"
#include "base/runtime.h"
#include "norm/regles.h"
#include "workflow/register.h"
#include "workflow/sending.h"

/* One of them. */
typedef struct passenger {
    ctes_sending sending;
    ctes_outcome outcome;
    ctes_error why;
    bool told;
} passenger;

/* Those that are dealt with in the same way, in their order. */
typedef struct party {
    ctes_sending *members[CTES_ENVOI_MAX];
    size_t count;
} party;

typedef struct journey {
    ctes_session *session;
    passenger *passengers;
    size_t count;
    ctes_together_fn tell;
    void *user;
} journey;

static passenger *of(ctes_sending *sending) {
    return (passenger *)sending; /* its first member */
}

static void arrive(journey *j, passenger *p, ctes_status status) {
    ctes_error fatal = CTES_ERROR_INIT;
    status =
        ctes_sending_conclude(j->session, p->sending.acte, status, &p->why, &p->outcome, &fatal);
    p->told = true;
    j->tell(j->user, (size_t)(p - j->passengers), status, &fatal, &p->outcome);
}

static void all_arrive(journey *j, const party *members, ctes_status status,
                       const ctes_error *why) {
    for (size_t i = 0; i < members->count; i++) {
        passenger *p = of(members->members[i]);
        p->why = *why;
        arrive(j, p, status);
    }
}

/* --- who goes together ------------------------------------------------------------------------ */

/* Those whose description and files are good, as long as one archive holds them all. The rest goes
 * alone. */
static void choose(journey *j, party *ret) {
    uint64_t volume = 0;
    ret->count = 0;
    for (size_t i = 0; i < j->count; i++) {
        ctes_sending *s = &j->passengers[i].sending;
        if (j->passengers[i].told || volume + s->paquet.volume > CTES_ARCHIVE_MAX)
            continue;
        volume += s->paquet.volume;
        ret->members[ret->count++] = s;
    }
}

/* Leaves those out that another run has, whom it tells, and gives those back in `ret_fresh` that
 * nothing has been tried with. */
static void sort_out(journey *j, const party *admitted, party *ret_fresh) {
    ret_fresh->count = 0;
    for (size_t i = 0; i < admitted->count; i++) {
        passenger *p = of(admitted->members[i]);
        if (p->why.code != CTES_OK)
            arrive(j, p, p->why.code);
        else if (!p->sending.known)
            ret_fresh->members[ret_fresh->count++] = &p->sending;
    }
}

static ctes_status admit(journey *j, party *members, party *ret_fresh, ctes_error *err) {
    ctes_error whys[CTES_ENVOI_MAX];
    for (size_t i = 0; i < members->count; i++)
        whys[i] = (ctes_error)CTES_ERROR_INIT;
    CTES_TRY(ctes_sending_admit(j->session, members->members, members->count, 0, whys, err));
    for (size_t i = 0; i < members->count; i++)
        of(members->members[i])->why = whys[i];
    sort_out(j, members, ret_fresh);
    return CTES_OK;
}

/* --- going together --------------------------------------------------------------------------- */

/* After a wait; if one is no longer as it was, or no longer ours, each goes alone. */
static ctes_status take_again(journey *j, const party *fresh, ctes_error *err) {
    for (size_t i = 0; i < fresh->count; i++)
        fresh->members[i]->stale = true;
    for (size_t i = 0; i < fresh->count; i++) {
        const ctes_record *record = &fresh->members[i]->ret->record;
        CTES_TRY(ctes_sending_renew(j->session, fresh->members[i], err));
        if (record->state != CTES_STATE_PREPARED)
            return ctes_fail(err, CTES_E_ACTE_STATE, record->numero, "%s",
                             ctes_state_name(record->state));
    }
    return CTES_OK;
}

static ctes_status deposit(journey *j, const party *fresh, uint64_t *ret_left, ctes_error *err) {
    ctes_depot_acte actes[CTES_ENVOI_MAX];
    ctes_link *link = fresh->members[0]->link;
    CTES_TRY(ctes_session_preflight(j->session, link, err));
    for (size_t i = 0; i < fresh->count; i++)
        actes[i] = (ctes_depot_acte){ .acte = fresh->members[i]->acte,
                                      .paquet = &fresh->members[i]->paquet,
                                      .record = &fresh->members[i]->ret->record };
    ctes_status status = ctes_depot_send(j->session, link, actes, fresh->count, err);
    for (size_t i = 0; i < fresh->count; i++) {
        fresh->members[i]->tried = true;
        fresh->members[i]->ret->archive_size = actes[i].size;
        *ret_left += actes[i].size;
    }
    return status;
}

static ctes_status travel(journey *j, const party *fresh, ctes_error *err) {
    uint64_t volume = 0, left = 0;
    bool waited = false;
    for (size_t i = 0; i < fresh->count; i++)
        volume += fresh->members[i]->paquet.volume;
    CTES_TRY(ctes_pace_enter(j->session, volume, &waited, err));
    ctes_status status = waited ? take_again(j, fresh, err) : CTES_OK;
    j->session->paced = true;
    if (status == CTES_OK)
        status = deposit(j, fresh, &left, err);
    j->session->paced = false;
    ctes_pace_leave(j->session, volume, left);
    return status;
}

/* Those that it fails with go alone: the register tells what the attempt left open. */
static void go_together(journey *j, const party *fresh) {
    const ctes_error none = CTES_ERROR_INIT;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = travel(j, fresh, &why);
    if (status != CTES_OK)
        ctes_log(j->session->context, CTES_LOG_INFO, fresh->members[0]->acte->numero,
                 "%zu acts together: %s (%s); each goes alone", fresh->count,
                 ctes_status_name(status), why.detail);
    for (size_t i = 0; i < fresh->count; i++) {
        fresh->members[i]->known = true; /* from now on */
        fresh->members[i]->stale = status != CTES_OK;
        if (status == CTES_OK)
            fresh->members[i]->ret->result = CTES_RESULT_SENT;
    }
    if (status == CTES_OK)
        all_arrive(j, fresh, CTES_OK, &none);
}

/* --- going alone ------------------------------------------------------------------------------ */

static void go_alone(journey *j, passenger *p) {
    ctes_sending *s = &p->sending;
    ctes_status status = CTES_OK;
    p->why = (ctes_error)CTES_ERROR_INIT;
    if (p->outcome.record.id == 0) {
        ctes_error own = CTES_ERROR_INIT;
        status = ctes_sending_admit(j->session, &s, 1, 0, &own, &p->why);
        if (status == CTES_OK && own.code != CTES_OK) {
            p->why = own;
            status = own.code;
        }
    }
    if (status == CTES_OK)
        status = ctes_sending_run(j->session, s, &p->why);
    arrive(j, p, status);
}

static void travel_all(journey *j) {
    party members, fresh = { .count = 0 };
    ctes_error why = CTES_ERROR_INIT;
    choose(j, &members);
    ctes_status status = members.count > 1 ? admit(j, &members, &fresh, &why) : CTES_OK;
    if (status != CTES_OK)
        all_arrive(j, &members, status, &why);
    bool several = false; /* if it cannot be told, each act will tell why */
    if (fresh.count > 1 && ctes_depot_takes_several(j->session, &several, NULL) == CTES_OK &&
        several)
        go_together(j, &fresh);
    for (size_t i = 0; i < j->count; i++)
        if (!j->passengers[i].told)
            go_alone(j, &j->passengers[i]);
}

static void begin(journey *j, passenger *p, ctes_acte *acte) {
    p->sending = (ctes_sending)CTES_SENDING_INIT;
    p->outcome = (ctes_outcome)CTES_OUTCOME_INIT;
    p->why = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = ctes_sending_begin(j->session, acte, &p->outcome, &p->sending, &p->why);
    if (status != CTES_OK)
        arrive(j, p, status);
}

ctes_status ctes_send_together(ctes_session *session, ctes_acte *const *actes, size_t count,
                               ctes_together_fn tell, void *user, ctes_error *err) {
    journey j = { .session = session, .count = count, .tell = tell, .user = user };
    j.passengers = calloc(count, sizeof *j.passengers);
    if (j.passengers == NULL)
        return ctes_fail_memory(err);
    ctes_session_be_patient(session);
    for (size_t i = 0; i < count; i++)
        begin(&j, &j.passengers[i], actes[i]);
    travel_all(&j);
    for (size_t i = 0; i < count; i++) {
        ctes_sending_clear(&j.passengers[i].sending);
        ctes_outcome_clear(&j.passengers[i].outcome);
    }
    free(j.passengers);
    return CTES_OK;
}
