/* The query protocols' output: small XML documents, written front to back. */
#pragma once

#include "common/base/buf.h"
#include "simulator/engine/api.h"

#define SIM_XML_BYTES_MAX (4 << 20)

void sim_xml_open(struct lat_buf *xml, const char *element);
void sim_xml_close(struct lat_buf *xml, const char *element);

/* <name>text</name>, escaped; a NULL text writes nothing. */
void sim_xml_put(struct lat_buf *xml, const char *name, const char *text);

/* The document as an answer; a copy in the call's arena. */
void sim_xml_answer(const struct sim_call *call, const struct lat_buf *xml, int status,
                    struct sim_answer *ret_answer);
