/* Documents from anywhere under the stamp: laid on, or said why not. */
#include <stdint.h>
#include <stdlib.h>

#include "paper/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char stamp_bytes[] = "%PDF-1.4\n"
                                "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
                                "2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n"
                                "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]"
                                "/Resources<<>>/Contents 4 0 R>> endobj\n"
                                "4 0 obj <</Length 9>> stream\n0 0 m h S\nendstream endobj\n"
                                "xref\n0 5\n"
                                "0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
                                "0000000105 00000 n \n0000000195 00000 n \n"
                                "trailer <</Size 5/Root 1 0 R>>\nstartxref\n251\n%%EOF\n";
    const ctes_buffer stamp = { .data = stamp_bytes, .length = sizeof stamp_bytes - 1 };
    const ctes_buffer document = { .data = (char *)(uintptr_t)data, .length = size };
    const ctes_pdf_laying laying = { 9, 9, { { true, 100, 0 }, CTES_TAMPON_ALL } };
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT((size_t)16 << 20);
    ctes_stamp_reason reason;
    if (ctes_pdf_lay(&document, &stamp, &laying, &out, &reason, NULL) == CTES_OK &&
        (reason == CTES_STAMP_ON_PAGES) != (out.length > 0))
        abort();
    return 0;
}
