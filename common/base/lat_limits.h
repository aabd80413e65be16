/* Every quantity that a peer or a user can grow has its maximum here, by name.
 * Over a limit is a clear error, never a crash and never unbounded memory. */
#pragma once

#define LAT_ERR_MESSAGE_MAX 1024 /* bytes of one error line, with its terminator */

#define LAT_ARENA_BLOCK_BYTES     16384      /* an arena's first block; blocks double from here */
#define LAT_ARENA_BLOCK_BYTES_MAX (1 << 20)  /* and stop doubling here */
#define LAT_FILE_BYTES_MAX        (16 << 20) /* a manifest, story, case or state file */
#define LAT_STATE_BYTES_MAX       (64 << 20) /* a simulator's whole state as one document */
#define LAT_JSON_DEPTH_MAX        64         /* nesting of one JSON or YAML document */
#define LAT_YAML_NODES_MAX        500000     /* nodes of one YAML file, aliases expanded */

#define LAT_CHILD_LINE_BYTES_MAX (4 << 20) /* one line of a child process's output */

#define LAT_HTTP_BODY_BYTES_MAX    (4 << 20)  /* one request body */
#define LAT_HTTP_ANSWER_BYTES_MAX  (64 << 20) /* one response body that a client reads */
#define LAT_HTTP_HEADER_BYTES_MAX  (16 << 10) /* request line and headers of one connection */
#define LAT_HTTP_HEADERS_MAX       64         /* headers of one request or response */
#define LAT_HTTP_CONNECTIONS_MAX   2048       /* open connections of one listener */
#define LAT_HTTP_STREAM_BYTES_MAX  (8 << 20)  /* unsent bytes of one streaming response */
#define LAT_HTTP_STREAMS_BYTES_MAX (64 << 20) /* memory of what all streams have not sent */
#define LAT_HTTP_STREAM_LINE_KEPT  (1 << 20)  /* of a line that was begun in an overtaken stream */
#define LAT_HTTP_IDLE_SECONDS      90         /* a silent connection is closed after this */

#define LAT_PATH_SEGMENTS_MAX    16  /* segments of a request path */
#define LAT_QUERY_PARAMETERS_MAX 256 /* parameters of a query string */
#define LAT_VIOLATIONS_MAX       64  /* violations listed in one ValidationException */

#define LAT_KUBE_CAUSES_MAX         64          /* causes listed in one Status */
#define LAT_KUBE_PATCH_OPS_MAX      10000       /* operations of one JSON patch */
#define LAT_KUBE_MANAGER_BYTES_MAX  128         /* the name of one manager of fields */
#define LAT_KUBE_UPDATERS_MAX       10          /* updating managers that one object remembers */
#define LAT_KUBE_SELECTOR_MAX       64          /* requirements of one selector */
#define LAT_KUBE_CHANGES_MAX        20000       /* changes that a watch can still replay */
#define LAT_KUBE_CHANGES_BYTES_MAX  (64 << 20)  /* the texts of all these changes */
#define LAT_KUBE_WATCHES_MAX        1024        /* open watches */
#define LAT_KUBE_SIM_PODS_MAX       100         /* Pods that are made for one Service */
#define LAT_KUBE_OWNERS_MAX         100000      /* uids of owners that are remembered */
#define LAT_KUBE_REPLICAS_MAX       1000        /* Pods that one ReplicaSet gets */
#define LAT_KUBE_MATCH_STEPS_MAX    100000      /* steps of one pattern match */
#define LAT_KUBE_METADATA_BYTES_MAX (256 << 10) /* all annotations of one object */
#define LAT_KUBE_RULES_BYTES_MAX    (24 << 10)  /* rules that a definition lists as unsupported */
