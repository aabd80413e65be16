/* The entry of the model: one route and the cluster around it become one stack. Pure: the same
 * inputs give the same stack, byte for byte. Source: controller-routes reference, section 3. */
#pragma once

#include "controller/model/error.h"
#include "controller/model/input.h"
#include "controller/model/stack.h"

/* Builds the stack. Texts of the stack may point into the route and other borrowed objects, so
 * these must live as long as the stack is used. Returns 0, or -1 with ret_error filled; its text
 * carries the prefixes of the step that failed ("failed to build rules due to …"). */
int gwc_model_build(const struct gwc_build *build, struct gwc_stack *ret_stack,
                    struct gwc_model_error *ret_error) LAT_MUST_USE;
