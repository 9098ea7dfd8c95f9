#include "base/runtime.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/random.h>
#include <time.h>

#include "base/fail.h"
#include "base/text.h"

int64_t ctes_now_ms(const ctes_context *context) {
    if (context != NULL && context->now_ms != NULL)
        return context->now_ms(context->user);
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

ctes_date ctes_date_of_ms(int64_t ms) {
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0 ? 1 : 0));
    struct tm civil;
    if (localtime_r(&seconds, &civil) == NULL)
        return (ctes_date){ .year = 0 };
    return (ctes_date){ .year = (int16_t)(civil.tm_year + 1900),
                        .month = (uint8_t)(civil.tm_mon + 1),
                        .day = (uint8_t)civil.tm_mday };
}

ctes_date ctes_today(const ctes_context *context) {
    return ctes_date_of_ms(ctes_now_ms(context));
}

bool ctes_sleep_ms(const ctes_context *context, int64_t ms) {
    if (context != NULL && context->sleep_ms != NULL)
        return context->sleep_ms(context->user, ms);
    struct timespec span = { .tv_sec = (time_t)(ms / 1000),
                             .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&span, &span) != 0)
        if (errno != EINTR || ctes_stop_asked(context))
            return false;
    return true;
}

bool ctes_stop_asked(const ctes_context *context) {
    return context != NULL && context->stop != NULL && context->stop(context->user);
}

ctes_status ctes_random(const ctes_context *context, void *bytes, size_t length, ctes_error *err) {
    if (context != NULL && context->random != NULL)
        return context->random(context->user, bytes, length)
                   ? CTES_OK
                   : ctes_fail(err, CTES_E_INTERNAL, NULL, "random");
    unsigned char *at = bytes;
    while (length > 0) {
        ssize_t count = getrandom(at, length, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, "getrandom");
        at += count;
        length -= (size_t)count;
    }
    return CTES_OK;
}

void ctes_log(const ctes_context *context, ctes_log_level level, const char *acte,
              const char *format, ...) {
    if (context == NULL || context->log == NULL)
        return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ctes_text_clean(text);
    context->log(context->user, level, acte, text);
}
