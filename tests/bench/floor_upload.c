#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

struct floor_link {
    CURL *easy;
    struct curl_slist *headers;
    const floor_package *package; /* being sent */
    size_t sent;                  /* bytes of its archive */
    char reply[4096];
    size_t reply_length;
    char error[CURL_ERROR_SIZE];
};

#define SET(link, option, value)                                                                   \
    do {                                                                                           \
        if (curl_easy_setopt((link)->easy, option, value) != CURLE_OK)                             \
            floor_die("curl_easy_setopt", #option);                                                \
    } while (0)

static size_t take_reply(char *bytes, size_t size, size_t count, void *user) {
    floor_link *link = user;
    size_t length = size * count;
    if (length >= sizeof link->reply - link->reply_length)
        return 0;
    memcpy(link->reply + link->reply_length, bytes, length);
    link->reply_length += length;
    return length;
}

static size_t give_archive(char *out, size_t size, size_t count, void *user) {
    floor_link *link = user;
    size_t left = link->package->archive.length - link->sent;
    size_t length = size * count < left ? size * count : left;
    memcpy(out, link->package->archive.data + link->sent, length);
    link->sent += length;
    return length;
}

floor_link *floor_link_new(const char *url, const char *ca, const char *certificate,
                           const char *key) {
    floor_link *link = calloc(1, sizeof *link);
    if (link == NULL || (link->easy = curl_easy_init()) == NULL)
        floor_die("memory", "none");
    char whole[512];
    (void)snprintf(whole, sizeof whole, "%s/modules/actes/actes_transac_submit.php?api=1", url);
    link->headers = curl_slist_append(NULL, "Expect:");
    SET(link, CURLOPT_URL, whole);
    SET(link, CURLOPT_HTTPHEADER, link->headers);
    SET(link, CURLOPT_CAINFO, ca);
    SET(link, CURLOPT_SSLCERT, certificate);
    SET(link, CURLOPT_SSLKEY, key);
    SET(link, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(link, CURLOPT_NOSIGNAL, 1L);
    SET(link, CURLOPT_PROXY, "");
    SET(link, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(link, CURLOPT_UPLOAD_BUFFERSIZE, 2L * FLOOR_SLICE);
    SET(link, CURLOPT_WRITEFUNCTION, take_reply);
    SET(link, CURLOPT_WRITEDATA, link);
    SET(link, CURLOPT_ERRORBUFFER, link->error);
    return link;
}

void floor_link_free(floor_link *link) {
    curl_easy_cleanup(link->easy);
    curl_slist_free_all(link->headers);
    free(link);
}

static curl_mime *body_of(floor_link *link, const floor_package *package) {
    curl_mime *mime = curl_mime_init(link->easy);
    curl_mimepart *part = curl_mime_addpart(mime);
    if (curl_mime_name(part, "api") != CURLE_OK || curl_mime_data(part, "1", 1) != CURLE_OK)
        floor_die("memory", "none");
    part = curl_mime_addpart(mime);
    /* no seek function: what has left on a connection that dies cannot be sent a second time */
    if (curl_mime_name(part, "enveloppe") != CURLE_OK ||
        curl_mime_filename(part, package->name) != CURLE_OK ||
        curl_mime_type(part, "application/gzip") != CURLE_OK ||
        curl_mime_data_cb(part, (curl_off_t)package->archive.length, give_archive, NULL, NULL,
                          link) != CURLE_OK)
        floor_die("memory", "none");
    return mime;
}

long long floor_upload(floor_link *link, const char *account, const floor_package *package) {
    long status = 0;
    int count = 0;
    long long transaction = 0;
    link->package = package;
    link->sent = link->reply_length = 0;
    curl_mime *mime = body_of(link, package);
    SET(link, CURLOPT_MIMEPOST, mime);
    SET(link, CURLOPT_USERPWD, account);
    if (curl_easy_perform(link->easy) != CURLE_OK)
        floor_die(package->name, link->error);
    curl_mime_free(mime);
    (void)curl_easy_getinfo(link->easy, CURLINFO_RESPONSE_CODE, &status);
    link->reply[link->reply_length] = '\0';
    if (status != 200 || sscanf(link->reply, "OK\n%d\n%lld", &count, &transaction) != 2)
        floor_die(package->name, link->reply);
    return transaction;
}
