#include "paper/engine.h"

#include <ctes/ctes.h>

const ctes_paper_engine ctes_paper_engine_made = {
    .version = CTES_VERSION,
    .stamp_lay = ctes_stamp_lay,
    .stamp_cover = ctes_stamp_cover,
    .bordereau_draw = ctes_bordereau_draw,
};
