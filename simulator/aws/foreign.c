/* What AWS services answer that the simulator does not fake: a refusal in a form that their own
 * clients can read, never an answer of another service. */
#include "simulator/aws/apis.h"

#include "common/base/text.h"
#include "simulator/aws/json_1_1.h"
#include "simulator/aws/xml.h"
#include "simulator/engine/fault.h"

/* Services of REST with XML bodies; their errors have no frame around them. */
static const char *const rest_xml_services[] = {"s3", "route53", "cloudfront"};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    (void)request;
    (void)ret_answer;
    if (sim_fault_strike(call) < 0)
        return -1;
    return sim_refuse_plainly(
        call, 501, "NotImplementedException",
        lat_arena_printf(call->arena, "The simulator does not fake the service %s", call->service));
}

static void put_error(const struct sim_call *call, struct lat_buf *xml)
{
    sim_xml_open(xml, "Error");
    sim_xml_put(xml, "Code", call->refusal.code);
    sim_xml_put(xml, "Message", call->refusal.message);
    sim_xml_close(xml, "Error");
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    bool is_rest_xml = false;
    for (size_t i = 0; i < LAT_COUNT(rest_xml_services); i++)
        is_rest_xml |= lat_text_eq(rest_xml_services[i], call->service);
    bool is_query = lat_text_has_prefix(call->input, "Action=");
    if (!is_rest_xml && !is_query) {
        sim_json_refuse(call, ret_answer);
        return;
    }
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    lat_buf_init(&xml, SIM_XML_BYTES_MAX);
    if (is_query)
        sim_xml_open(&xml, "ErrorResponse");
    put_error(call, &xml);
    if (is_query) {
        sim_xml_put(&xml, "RequestId", call->request_id);
        sim_xml_close(&xml, "ErrorResponse");
    }
    sim_xml_answer(call, &xml, call->refusal.status, ret_answer);
}

const struct sim_api sim_foreign_api = {.perform = perform, .refuse = refuse};
