/* XML; see xml.h. */
#include "simulator/aws/xml.h"

#include "common/base/text.h"

void sim_xml_open(struct lat_buf *xml, const char *element)
{
    lat_buf_printf(xml, "<%s>", element);
}

void sim_xml_close(struct lat_buf *xml, const char *element)
{
    lat_buf_printf(xml, "</%s>", element);
}

static void put_escaped(struct lat_buf *xml, const char *text)
{
    static const char *const entities[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < LAT_COUNT(entities) && entities[c] != NULL)
            lat_buf_puts(xml, entities[c]);
        else if (c >= ' ' || c == '\t' || c == '\n')
            lat_buf_append(xml, p, 1);
        else
            lat_buf_puts(xml, "?"); /* no control character is legal in XML */
    }
}

void sim_xml_put(struct lat_buf *xml, const char *name, const char *text)
{
    if (text == NULL)
        return;
    sim_xml_open(xml, name);
    put_escaped(xml, text);
    sim_xml_close(xml, name);
}

void sim_xml_answer(const struct sim_call *call, const struct lat_buf *xml, int status,
                    struct sim_answer *ret_answer)
{
    ret_answer->status = status;
    ret_answer->content_type = "text/xml";
    ret_answer->body = lat_arena_strdup(call->arena, xml->data);
}
