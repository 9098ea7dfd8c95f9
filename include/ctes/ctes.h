/*
 * ctes: @CTES télétransmission, the whole public interface.
 *
 *   act → message → package → submission → acknowledgement → register → document
 *
 * A program fills a ctes_settings, opens a session, describes an act and sends it; the register
 * tells the rest. Nothing here prints or exits; every failure is a ctes_status with a ctes_error.
 */
#ifndef CTES_CTES_H
#define CTES_CTES_H

#include <ctes/acte.h>
#include <ctes/context.h>
#include <ctes/courrier.h>
#include <ctes/document.h>
#include <ctes/error.h>
#include <ctes/exchange.h>
#include <ctes/ledger.h>
#include <ctes/status.h>
#include <ctes/versement.h>
#include <ctes/workflow.h>

#define CTES_VERSION "0.1.0"

#endif
