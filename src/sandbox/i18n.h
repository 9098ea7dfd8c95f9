/* Text for people goes through gettext; what the protocol prescribes is literal. */
#ifndef CTES_SANDBOX_I18N_H
#define CTES_SANDBOX_I18N_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
