/*
 * The sentences. Each is about one act or file, whose name the program writes before it unless the
 * sentence has a place {subject}; {detail} is a value or somebody's own words. The advice says what
 * a person does next, and is empty only where there is nothing to do.
 */
#include "cli/message_table.h"

#include "cli/text.h"

#define ROW(code, sentence, advice) [-(code)] = { sentence, advice }

static const cli_message_row rows[CTES_STATUS_COUNT] = {
    [0] = { N_("done"), "" },
    ROW(CTES_E_USAGE, N_("the command line is not understood[: \"{subject}\"][: {detail}]"),
        N_("See \"ctes help\".")),

    ROW(CTES_E_CONFIG_MISSING, N_("the configuration is incomplete[: {detail}]"),
        N_("Write it as ctes.conf(5) tells; a sample is installed with the documentation.")),
    ROW(CTES_E_CONFIG_INVALID, N_("the configuration is wrong[: {detail}]"),
        N_("Correct it as ctes.conf(5) tells.")),
    ROW(CTES_E_AUTORITE_UNKNOWN,
        N_("no authority of the configuration matches[ \"{subject}\"][ ({detail})]"),
        N_("Name one by its SIREN or by the key of its [autorite] section; with several "
           "authorities, --autorite says which one sends.")),
    ROW(CTES_E_SIREN_INVALID, N_("this is no SIREN[: {detail}]"),
        N_("A SIREN has nine digits, the last of which checks the others: see the authority's "
           "INSEE notice.")),
    ROW(CTES_E_KEY_UNREADABLE, N_("the private key[ \"{subject}\"] cannot be read[: {detail}]"),
        N_("Check the path in the configuration and that the file is a key in PEM or PKCS#12 "
           "form.")),
    ROW(CTES_E_KEY_EXPOSED, N_("others can read the secret file[ \"{subject}\"][ (mode {detail})]"),
        N_("Forbid it with chmod 600, and ask yourself whether the key is still secret.")),
    ROW(CTES_E_KEY_PASSPHRASE, N_("the private key[ \"{subject}\"] does not open[: {detail}]"),
        N_("Check the passphrase, or the passphrase_file of the configuration.")),
    ROW(CTES_E_KEY_MISMATCH,
        N_("the private key does not belong to the certificate[ \"{subject}\"][: {detail}]"),
        N_("Give the key and the certificate that were delivered together.")),
    ROW(CTES_E_CERT_UNREADABLE, N_("the certificate[ \"{subject}\"] cannot be read[: {detail}]"),
        N_("Check the path in the configuration and that the file is a certificate in PEM or "
           "PKCS#12 form.")),
    ROW(CTES_E_CERT_EXPIRED, N_("the certificate[ \"{subject}\"] has expired[ on {detail}]"),
        N_("Ask for a new one; nothing can be sent until it is in place.")),
    ROW(CTES_E_CERT_NOT_YET,
        N_("the certificate[ \"{subject}\"] is not valid yet[: it starts on {detail}]"),
        N_("Check the date of this machine, or wait until the certificate starts.")),
    ROW(CTES_E_SCHEMA_MISSING, N_("the schemas of the norm are not found[: {detail}]"),
        N_("Check the installation, or the key \"schemas\" of the configuration.")),
    ROW(CTES_E_PAPERS_MISSING, N_("the library that makes PDF files is not found[: {detail}]"),
        N_("Check the installation: libctes_papers belongs to it, and lies beside libctes.")),

    ROW(CTES_E_NUMERO_MISSING, N_("the act has no number"),
        N_("Give it with --numero, or in the form or the table.")),
    ROW(CTES_E_NUMERO_INVALID, N_("this number cannot be sent[: {detail}]"),
        N_("A number is made of unaccented letters, digits and signs between them.")),
    ROW(CTES_E_NUMERO_TOO_LONG, N_("the number is too long[ (at most {detail} characters)]"),
        N_("The norm takes 15 characters: give a shorter number.")),
    ROW(CTES_E_NUMERO_COLLISION, N_("another act would be sent under the same number[: {detail}]"),
        N_("The norm does not tell these two numbers apart: change one of them.")),
    ROW(CTES_E_NUMERO_TAKEN, N_("this number is already used by another act[: {detail}]"),
        N_("If it is the same act to be corrected, use \"ctes resend\"; else give it its own "
           "number.")),
    ROW(CTES_E_DATE_MISSING, N_("the act has no decision date"),
        N_("Give it with --date, or in the form or the table.")),
    ROW(CTES_E_DATE_INVALID, N_("this is no date[: {detail}]"),
        N_("Write 2022-06-27, 27/06/2022 or 27 juin 2022.")),
    ROW(CTES_E_DATE_FUTURE, N_("the date is in the future[: {detail}]"),
        N_("Correct the date, or wait until the act is decided.")),
    ROW(CTES_E_NATURE_MISSING, N_("the act has no nature"),
        N_("Give it with --nature or in the table: DE, AR, AI, CC, BF or AU.")),
    ROW(CTES_E_NATURE_INVALID, N_("this is no nature of an act[: {detail}]"),
        N_("Use DE, AR, AI, CC, BF or AU.")),
    ROW(CTES_E_MATIERE_MISSING, N_("the act has no matiere"),
        N_("Give the code of the classification, such as 7.10, with --matiere, or in the form or "
           "the "
           "table.")),
    ROW(CTES_E_MATIERE_INVALID, N_("this is no code of the classification[: {detail}]"),
        N_("Write two to five numbers with dots, such as 7.10.")),
    ROW(CTES_E_MATIERE_UNKNOWN, N_("this code is not in the classification[: {detail}]"),
        N_("Choose the matiere in the classification of your prefecture.")),
    ROW(CTES_E_MATIERE_DISCORDANT,
        N_("the code and the name of the matiere disagree[: {detail}][: the code says {found}, the "
           "name says {wanted}]"),
        N_("A spreadsheet may have turned 7.10 into 7.1: write the code as text and check it.")),
    ROW(CTES_E_OBJET_MISSING, N_("the act has no subject"),
        N_("Give it with --objet, or in the form or the table.")),
    ROW(CTES_E_OBJET_TOO_LONG, N_("the subject is too long[ ({detail} characters)]"),
        N_("Shorten it: 499 characters at most can be sent.")),
    ROW(CTES_E_OBJET_CHARACTER, N_("the subject holds a character that cannot be sent[: {detail}]"),
        N_("Write it with another one: only the letters and signs of Western European languages "
           "can be sent.")),
    ROW(CTES_E_CLASSIFICATION_DATE,
        N_("the date of the classification in use is missing[: {detail}]"),
        N_("Fetch it with \"ctes classification --refresh\", or set classification_date in the "
           "configuration: your operator shows it.")),
    ROW(CTES_E_PRECEDENT_INVALID, N_("this is no identifier of a transmitted act[: {detail}]"),
        N_("It looks like 086-218601946-20220627-2022_0160-DE; see \"ctes show\".")),

    ROW(CTES_E_DOCUMENT_MISSING, N_("the document[ \"{subject}\"] is missing"),
        N_("Give its PDF with --document, or in the table.")),
    ROW(CTES_E_DOCUMENT_UNREADABLE, N_("the document[ \"{subject}\"] cannot be read[: {detail}]"),
        N_("Check its name and that you may read it.")),
    ROW(CTES_E_DOCUMENT_EMPTY, N_("the document[ \"{subject}\"] is empty"),
        N_("Export it again, then start over.")),
    ROW(CTES_E_DOCUMENT_TYPE,
        N_("the document[ \"{subject}\"] is not in the wanted format[: {found} (accepted: "
           "{wanted})][: {detail}]"),
        N_("Export it as PDF, then start over; changing the file's name is not enough.")),
    ROW(CTES_E_DOCUMENT_LOCKED, N_("the document[ \"{subject}\"] is protected by a password"),
        N_("The prefecture refuses protected documents: export it without protection.")),
    ROW(CTES_E_DOCUMENT_CHANGED,
        N_("the document[ \"{subject}\"] is no longer what it was[: {detail}]"),
        N_("Put back the file that was sent; if a program is still writing it, close that "
           "program, then start over.")),
    ROW(CTES_E_BUDGET_INVALID,
        N_("the budget[ \"{subject}\"] is not as TotEM makes and seals it[: {detail}]"),
        N_("Give the XML that TotEM made, sealed, as it came: not changed, not compressed.")),
    ROW(CTES_E_TYPE_PJ_INVALID, N_("this is no type of document[: {detail}]"),
        N_("A type has five characters, such as 99_DE.")),
    ROW(CTES_E_TYPE_PJ_FORBIDDEN,
        N_("this type of document is not allowed for an act of this nature[: {detail}][: {found} "
           "(allowed: {wanted})]"),
        N_("Choose an allowed one, or leave it out to have the usual one.")),
    ROW(CTES_E_TOO_MANY_FILES, N_("there are too many files[ (at most {detail})]"),
        N_("Join some annexes into one file.")),
    ROW(CTES_E_TOO_LARGE, N_("the files are too large together[ ({detail})]"),
        N_("150 MB is the limit: make lighter PDFs, or send the annexes on paper (--papier).")),
    ROW(CTES_E_SIGNATURE_INVALID,
        N_("the signature[ \"{subject}\"] is not that of the document[: {detail}]"),
        N_("Sign the document again: it must not change afterwards.")),
    ROW(CTES_E_FICHE_INVALID,
        N_("the form[ \"{subject}\"] cannot be used[: {detail}][: it already says {found}, not "
           "{wanted}]"),
        N_("Check that it is the form of an act, in plain text.")),
    ROW(CTES_E_MANIFEST_INVALID,
        N_("the table or folder[ \"{subject}\"] cannot be used[: {detail}]"),
        N_("The first line of a table names its columns: see ctes(1), section MANIFEST.")),
    ROW(CTES_E_MANIFEST_ROW, N_("this line of the table describes no act[: {detail}]"),
        N_("Correct the line, then start over: the acts already sent will not be sent twice.")),

    ROW(CTES_E_NET_RESOLVE, N_("the operator's address is not found[: {detail}]"),
        N_("Nothing was sent. Check the network and the key \"url\", then try again.")),
    ROW(CTES_E_NET_CONNECT, N_("the operator does not answer[: {detail}]"),
        N_("Nothing was sent. Try again later.")),
    ROW(CTES_E_TLS_SERVER, N_("the operator's server does not prove who it is[: {detail}]"),
        N_("Nothing was sent. Do not work around it: check the keys \"url\" and \"ca\", then ask "
           "the operator.")),
    ROW(CTES_E_TLS_CLIENT, N_("the operator refuses our certificate[: {detail}]"),
        N_("Nothing was sent. Check that it is the certificate known to the operator, and that it "
           "was not revoked.")),
    ROW(CTES_E_TLS_HANDSHAKE, N_("no secure connection could be made[: {detail}]"),
        N_("Nothing was sent. Try again later.")),
    ROW(CTES_E_NET_BROKEN, N_("the connection broke[: {detail}]"),
        N_("Nobody knows yet whether the operator received it: \"ctes status\" will ask. Do not "
           "send it again by other means.")),
    ROW(CTES_E_NET_TIMEOUT, N_("the operator took too long to answer[: {detail}]"),
        N_("Nobody knows yet whether the operator received it: \"ctes status\" will ask. Do not "
           "send it again by other means.")),
    ROW(CTES_E_NET_REPLY_TOO_LARGE, N_("the operator's answer is too large[: {detail}]"),
        N_("\"ctes status\" will ask again; if it lasts, tell the operator.")),

    ROW(CTES_E_OPERATOR_REFUSED, N_("the operator refuses it[: {detail}]"),
        N_("Correct what it says, then use \"ctes resend\".")),
    ROW(CTES_E_OPERATOR_HOLDS, N_("the operator already holds an act of this number[: {detail}]"),
        N_("It keeps a number for ever: look on its site what became of that act; if the "
           "prefecture refused it, use \"ctes resend --suffix\".")),
    ROW(CTES_E_OPERATOR_TWIN,
        N_("the operator already holds an act of this number, date and subject[: {detail}]"),
        N_("Nothing was sent. If it is this act, sent by other means or before the register was "
           "restored, \"ctes resend\" takes it into the register; else give yours its own "
           "number.")),
    ROW(CTES_E_OPERATOR_OTHER, N_("the act was sent through another operator[: {detail}]"),
        N_("Nothing was sent. After a rehearsal use a register of its own; if the operator only "
           "changed its address, set the key \"former_url\".")),
    ROW(CTES_E_OPERATOR_ACCESS, N_("the operator does not let us in[: {detail}]"),
        N_("Check the certificate, login and password with the operator.")),
    ROW(CTES_E_OPERATOR_RIGHTS, N_("our account may not do this at the operator[: {detail}]"),
        N_("Ask the operator to give the account the right to send acts.")),
    ROW(CTES_E_OPERATOR_UNSUPPORTED, N_("the operator does not offer this[: {detail}]"),
        N_("Set \"mode = auto\" in the configuration, or ask the operator.")),
    ROW(CTES_E_OPERATOR_NOT_FOUND, N_("the operator does not know this act[: {detail}]"),
        N_("Check that the account is the one that sent it.")),
    ROW(CTES_E_OPERATOR_TOO_LARGE, N_("the operator finds the files too large[: {detail}]"),
        N_("Make lighter PDFs, then use \"ctes resend\".")),
    ROW(CTES_E_OPERATOR_BUSY, N_("the operator asks to come back later[: {detail}]"),
        N_("Nothing was sent. Try again later.")),
    ROW(CTES_E_OPERATOR_UNAVAILABLE, N_("the operator has a failure[: {detail}]"),
        N_("\"ctes status\" will ask whether it received the act. Do not send it again by other "
           "means.")),
    ROW(CTES_E_OPERATOR_REPLY, N_("the operator's answer is not understood[: {detail}]"),
        N_("\"ctes status\" will ask again; if it lasts, tell the operator.")),
    ROW(CTES_E_UNSETTLED, N_("nobody knows yet whether the operator received the act[: {detail}]"),
        N_("\"ctes status\" will ask. Do not send it again by other means.")),
    ROW(CTES_E_ANOMALIE, N_("the prefecture refuses the act[: {detail}]"),
        N_("Correct what it says, then use \"ctes resend --suffix\".")),
    ROW(CTES_E_AR_DISCORDANT,
        N_("the acknowledgement is for something else than what was sent[: {detail}]"),
        N_("Do not rely on it: show it to the operator and the prefecture.")),
    ROW(CTES_E_NOT_NOW, N_("nothing is sent for now[: {detail}]"),
        N_("Nothing was sent. Try again then, or have ctes wait for it with --wait.")),
    ROW(CTES_E_NOT_YET, N_("no acknowledgement yet[: {detail}][ (acts: {count})]"),
        N_("Ask again later with \"ctes status\".")),

    ROW(CTES_E_XML_MALFORMED, N_("this is not well-formed XML[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_XML_LIMIT, N_("this XML is larger than any message of the norm[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_XML_ROOT, N_("this XML is no message of the norm[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_XML_FIELD, N_("a part of the message is missing or wrong[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_XML_INVALID, N_("the message does not follow the schema of the norm[: {detail}]"),
        N_("If it came from the operator, show it to them; if it was to be sent, report it as a "
           "defect of ctes.")),
    ROW(CTES_E_NOM_FICHIER, N_("a file name does not follow the norm[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_ARCHIVE_MALFORMED, N_("the archive is damaged[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_ARCHIVE_MEMBER, N_("the archive holds what it must not[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_ARCHIVE_LIMIT, N_("the archive is larger than the norm allows[: {detail}]"),
        N_("If it came from the operator, show it to them.")),
    ROW(CTES_E_MAIL_MALFORMED, N_("a mail[ \"{subject}\"] cannot be read[: {detail}]"),
        N_("It was put aside, not deleted: open it in a mail program.")),
    ROW(CTES_E_MAIL_TOO_LARGE, N_("a mail is too large to be fetched[ ({detail})][: {found}]"),
        N_("It was put aside, not deleted: open it in a mail program.")),
    ROW(CTES_E_CHARSET, N_("the text is not in a known encoding[: {detail}]"),
        N_("Save it as UTF-8, then start over.")),

    ROW(CTES_E_LEDGER_OPEN, N_("the register[ \"{subject}\"] cannot be opened[: {detail}]"),
        N_("Check the key \"register\" of the configuration and the rights on its folder.")),
    ROW(CTES_E_LEDGER_NEWER,
        N_("the register[ \"{subject}\"] was written by a newer version of ctes[ ({detail})]"),
        N_("Install that version here too; nothing was changed.")),
    ROW(CTES_E_LEDGER_FOREIGN, N_("the file[ \"{subject}\"] is no register of ctes[: {detail}]"),
        N_("Check the key \"register\" of the configuration; nothing was changed.")),
    ROW(CTES_E_LEDGER_CORRUPT, N_("the register[ \"{subject}\"] is damaged[: {detail}]"),
        N_("Send nothing more before it is restored from its last copy.")),
    ROW(CTES_E_LEDGER_READONLY, N_("the register[ \"{subject}\"] may not be written[: {detail}]"),
        N_("Check the rights on the file and on its folder.")),
    ROW(CTES_E_LEDGER_BUSY, N_("another ctes is using the register[: {detail}]"),
        N_("Wait until it has finished, then try again.")),
    ROW(CTES_E_LEDGER_NOT_EMPTY,
        N_("the register[ \"{subject}\"] already holds something[: {detail}]"),
        N_("Copy into an empty one; nothing was changed.")),
    ROW(CTES_E_LEDGER_IO, N_("the register[ \"{subject}\"] cannot be read or written[: {detail}]"),
        N_("Check the disk, then look at \"ctes status\" before sending again.")),
    ROW(CTES_E_ACTE_UNKNOWN, N_("the register has no such act[: {detail}]"),
        N_("See the numbers with \"ctes list\".")),
    ROW(CTES_E_COURRIER_UNKNOWN, N_("the register has no such letter[: {detail}]"),
        N_("See the letters and their numbers with \"ctes inbox --all\".")),
    ROW(CTES_E_ACTE_AMBIGUOUS, N_("several authorities have an act of this number[: {detail}]"),
        N_("Say which one with --autorite.")),
    ROW(CTES_E_ACTE_LEASED, N_("another ctes is at work on this act[: {detail}]"),
        N_("Wait until it has finished, then try again.")),
    ROW(CTES_E_ACTE_STATE, N_("the act is not in a state that allows this[: {detail}]"),
        N_("See \"ctes show\" with its number.")),

    ROW(CTES_E_NOT_FOUND, N_("[\"{subject}\" ]is not found"), N_("Check the path.")),
    ROW(CTES_E_PERMISSION, N_("access[ to \"{subject}\"] is denied[: {detail}]"),
        N_("Check who may read or write it.")),
    ROW(CTES_E_DISK_FULL, N_("the disk is full[: {detail}]"),
        N_("Make room, then look at \"ctes status\" before sending again.")),
    ROW(CTES_E_IO, N_("reading or writing[ \"{subject}\"] failed[: {detail}]"),
        N_("Check the disk.")),
    ROW(CTES_E_MEMORY, N_("memory is out"), N_("Close other programs, then try again.")),
    ROW(CTES_E_LIMIT, N_("a limit is reached[: {detail}]"),
        N_("If the value is reasonable, report it as a defect of ctes.")),
    ROW(CTES_E_CRYPTO, N_("a cryptographic operation failed[: {detail}]"),
        N_("Check the key and the certificate.")),
    ROW(CTES_E_INTERRUPTED, N_("stopped as asked"),
        N_("\"ctes status\" tells what was sent; start again when you like.")),
    ROW(CTES_E_INTERNAL, N_("this should not happen[: {detail}]"),
        N_("Report it as a defect of ctes, with this text.")),
};

static const cli_message_row states[CTES_STATE_COUNT] = {
    [CTES_STATE_NONE] = { "", "" },
    [CTES_STATE_PREPARED] = { N_("ready, not sent yet"), N_("Send it with \"ctes send\".") },
    [CTES_STATE_TO_SEND] = { N_("being sent"),
                             N_("If nothing is running, \"ctes status\" finds out whether the "
                                "operator received it.") },
    [CTES_STATE_UNSETTLED] = { N_("reception uncertain"),
                               N_("\"ctes status\" will ask. Do not send it again by other "
                                  "means.") },
    [CTES_STATE_REFUSED] = { N_("refused at the deposit"),
                             N_("Correct it, then use \"ctes resend\".") },
    [CTES_STATE_DEPOSITED] = { N_("deposited with the operator"), "" },
    [CTES_STATE_WAITING] = { N_("waiting at the operator"), "" },
    [CTES_STATE_TRANSMITTED] = { N_("transmitted to the prefecture"), "" },
    [CTES_STATE_PARKED] = { N_("to be confirmed at the operator"),
                            N_("Confirm the sending on the operator's site.") },
    [CTES_STATE_TO_SIGN] = { N_("to be signed at the operator"),
                             N_("Sign it on the operator's site.") },
    [CTES_STATE_ACKNOWLEDGED] = { N_("received by the prefecture"), "" },
    [CTES_STATE_ACKNOWLEDGED_LATE] = { N_("received by the prefecture after all"),
                                       N_("An error came first: if the act was sent a second "
                                          "time meanwhile, tell the prefecture.") },
    [CTES_STATE_DISCORDANT] = { N_("acknowledged as another act"),
                                N_("Do not rely on it: show it to the operator and the "
                                   "prefecture.") },
    [CTES_STATE_ANOMALIE_ACTE] = { N_("refused by the prefecture"),
                                   N_("Correct it, then use \"ctes resend --suffix\".") },
    [CTES_STATE_ANOMALIE_ENVELOPPE] = { N_("envelope refused"),
                                        N_("Correct it, then use \"ctes resend --suffix\".") },
    [CTES_STATE_OPERATOR_ERROR] = { N_("refused by the operator"),
                                    N_("Correct it, then use \"ctes resend --suffix\".") },
    [CTES_STATE_CLOSED] = { N_("closed without an answer"),
                            N_("No answer came in 30 days: ask the prefecture, then use \"ctes "
                               "resend --suffix\".") },
    [CTES_STATE_CANCELLED] = { N_("cancelled"),
                               N_("If it must be sent after all, use \"ctes resend --suffix\".") },
};

static const char *const stages[] = {
    [CTES_STAGE_NONE] = "",
    [CTES_STAGE_CONFIG] = N_("configuration"),
    [CTES_STAGE_ACTE] = N_("checking the act"),
    [CTES_STAGE_MESSAGE] = N_("writing the message"),
    [CTES_STAGE_SIGNATURE] = N_("signing"),
    [CTES_STAGE_PACKAGE] = N_("making the package"),
    [CTES_STAGE_SUBMISSION] = N_("sending"),
    [CTES_STAGE_ACQUITTEMENT] = N_("asking for the acknowledgement"),
    [CTES_STAGE_REGISTER] = N_("register"),
    [CTES_STAGE_DOCUMENT] = N_("reading or writing a document"),
};

const cli_message_row *cli_message_row_of(ctes_status code) {
    bool listed = code <= CTES_OK && -code < (int)CTES_STATUS_COUNT;
    return &rows[listed ? -code : -CTES_E_INTERNAL];
}

const cli_message_row *cli_state_row_of(ctes_state state) {
    bool listed = state >= CTES_STATE_NONE && state < CTES_STATE_COUNT;
    return &states[listed ? state : CTES_STATE_NONE];
}

const char *cli_stage_row_of(ctes_stage stage) {
    bool listed = (size_t)stage < sizeof stages / sizeof stages[0];
    return stages[listed ? stage : CTES_STAGE_NONE];
}
