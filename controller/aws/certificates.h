/* The issued certificates of ACM, as the model chooses among them; remembered for a minute, and a
 * denied listing for five. Source: controller-routes reference 1.3 and 3.2.4 (observed). */
#pragma once

#include "controller/aws/transport.h"
#include "controller/model/input.h"

struct gwc_certificate_list;

/* aws is borrowed and must outlive this. */
struct gwc_certificate_list *gwc_certificate_list_new(struct gwc_aws *aws) LAT_MUST_USE;
struct gwc_certificate_list *gwc_certificate_list_free(struct gwc_certificate_list *list);
void gwc_certificate_list_freep(struct gwc_certificate_list **list);

/* What a build asks of AWS (struct gwc_lookups), answered by real calls. list is borrowed and must
 * outlive the result. */
struct gwc_lookups gwc_aws_lookups(struct gwc_certificate_list *list);
