#include "workflow/courrier_kind.h"

typedef struct numbers {
    unsigned transaction, flux;
} numbers;

static const numbers NUMBERS[] = { { 0, 0 },
#define NUMBER(id, root, transaction, flux) { transaction, flux },
                                   CTES_MESSAGE_LIST(NUMBER)
#undef NUMBER
};

unsigned ctes_kind_transaction(ctes_message_kind kind) {
    return NUMBERS[kind].transaction;
}

unsigned ctes_kind_flux(ctes_message_kind kind) {
    return NUMBERS[kind].flux;
}

ctes_message_kind ctes_kind_of(unsigned transaction, unsigned flux) {
    for (size_t i = 1; i < sizeof NUMBERS / sizeof NUMBERS[0] && transaction != 0; i++)
        if (NUMBERS[i].transaction == transaction && NUMBERS[i].flux == flux)
            return (ctes_message_kind)i;
    return CTES_M_NONE;
}

bool ctes_kind_wants_ar(ctes_message_kind kind) {
    return kind == CTES_M_DEMANDE_PIECE || kind == CTES_M_LETTRE_OBSERVATIONS;
}

ctes_message_kind ctes_kind_answer(unsigned transaction, bool refuses) {
    switch (transaction) {
    case 2:
        return refuses ? CTES_M_NONE : CTES_M_REPONSE_COURRIER_SIMPLE;
    case 3:
        return refuses ? CTES_M_REFUS_PIECE : CTES_M_PIECE;
    case 4:
        return refuses ? CTES_M_REJET_LETTRE_OBSERVATIONS : CTES_M_REPONSE_LETTRE_OBSERVATIONS;
    default:
        return CTES_M_NONE;
    }
}

bool ctes_kind_is_acknowledged(ctes_message_kind kind) {
    switch (kind) {
    case CTES_M_REFUS_PIECE:
    case CTES_M_PIECE:
    case CTES_M_REJET_LETTRE_OBSERVATIONS:
    case CTES_M_REPONSE_LETTRE_OBSERVATIONS:
    case CTES_M_ANNULATION:
    case CTES_M_DEMANDE_CLASSIFICATION:
        return true;
    default:
        return false;
    }
}
