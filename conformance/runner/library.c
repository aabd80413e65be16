/* Case files found, read and kept; see case.h. */
#include "conformance/runner/case_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_DEPTH_MAX 8

struct cft_library {
    struct lat_arena *arena;
    struct lat_yaml **files; /* kept open: cases point into them */
    size_t file_count;
    const struct cft_case **cases;
    size_t case_count;
    const struct cft_case **fixtures;
    size_t fixture_count;
};

/* A document as it is written. */
struct draft {
    struct cft_case item;
    const char *fixture;
    const json_t *requirements;
    const json_t *steps;
};

#define DRAFT(member) offsetof(struct draft, member)
static const struct case_key case_keys[] = {
    {"case", CASE_KEY_TEXT, DRAFT(item.name), true},
    {"confidence", CASE_KEY_TEXT, DRAFT(item.confidence), true},
    {"source", CASE_KEY_TEXT, DRAFT(item.source), true},
    {"requires", CASE_KEY_LIST, DRAFT(requirements), false},
    {"known_failure", CASE_KEY_TEXT, DRAFT(item.known_failure), false},
    {"vars", CASE_KEY_OBJECT, DRAFT(item.vars), false},
    {"steps", CASE_KEY_LIST, DRAFT(steps), true},
};
static const struct case_key fixture_keys[] = {
    {"fixture", CASE_KEY_TEXT, DRAFT(item.name), true},
    {"vars", CASE_KEY_OBJECT, DRAFT(item.vars), false},
    {"steps", CASE_KEY_LIST, DRAFT(steps), true},
    {"gives", CASE_KEY_ANY, DRAFT(item.gives), false},
};

static const char *const confidences[] = {"model", "documented", "observed", "chosen"};
static const char *const capabilities[] = {"clock", "admin", "empty-account"};

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(text, words[i]))
            return true;
    return false;
}

struct cft_library *cft_library_new(void)
{
    struct lat_arena *arena = lat_arena_new();
    struct cft_library *library = LAT_NEW(arena, struct cft_library);
    library->arena = arena;
    return library;
}

void cft_library_freep(struct cft_library **library)
{
    struct cft_library *held = LAT_TAKE(*library);
    if (held == NULL)
        return;
    for (size_t i = 0; i < held->file_count; i++)
        lat_yaml_free(held->files[i]);
    lat_arena_free(held->arena);
}

size_t cft_library_count(const struct cft_library *library)
{
    return library->case_count;
}

const struct cft_case *cft_library_case(const struct cft_library *library, size_t index)
{
    return library->cases[index];
}

static int read_requirements(const struct case_reader *reader, const json_t *list,
                             struct cft_case *item, struct lat_err *reterr)
{
    const char **words = NULL;
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (!is_one_of(word, capabilities, LAT_COUNT(capabilities)))
            return case_fail(reader, json_array_get(list, i), item->line, reterr,
                             "\"requires\" takes clock, admin and empty-account");
        *LAT_ARENA_PUSH(reader->arena, words, count) = word;
    }
    item->requirements = words;
    item->requirement_count = count;
    return 0;
}

static void note_advance(void *context, const struct cft_step *step)
{
    *(bool *)context |= step->kind == CFT_STEP_ADVANCE;
}

/* A step that moves the clock cannot run against an endpoint whose clock stands under nobody. */
static int check_clock(const struct case_reader *reader, const struct cft_case *item,
                       struct lat_err *reterr)
{
    bool needs_clock = false;
    cft_case_walk(item, note_advance, &needs_clock);
    if (needs_clock && !item->is_fixture &&
        !is_one_of("clock", item->requirements, item->requirement_count))
        return case_fail(reader, NULL, item->line, reterr,
                         "a step moves the clock; add \"requires: [clock]\"");
    return 0;
}

static int load_fixture(const struct case_reader *reader, const char *path, int line,
                        const struct cft_case **ret_fixture, struct lat_err *reterr);

/* Gives every step that uses a fixture the fixture. */
static int link_fixtures(const struct case_reader *reader, struct cft_step *steps, size_t count,
                         struct lat_err *reterr)
{
    for (size_t i = 0; i < count; i++) {
        struct cft_step *step = &steps[i];
        if (step->use != NULL &&
            load_fixture(reader, step->use, step->line, &step->fixture, reterr) < 0)
            return -1;
        if (link_fixtures(reader, step->cleanup, step->cleanup_count, reterr) < 0)
            return -1;
    }
    return 0;
}

static int read_document(const struct case_reader *reader, const json_t *document,
                         const struct cft_case **ret_case, struct lat_err *reterr)
{
    struct draft draft = {0};
    bool is_fixture = json_object_get(document, "fixture") != NULL;
    int line = lat_yaml_line(reader->yaml, document);
    if (case_decode(reader, document, line, is_fixture ? "a fixture" : "a case",
                    is_fixture ? fixture_keys : case_keys,
                    is_fixture ? LAT_COUNT(fixture_keys) : LAT_COUNT(case_keys), &draft,
                    reterr) < 0)
        return -1;
    struct cft_case *item = LAT_NEW(reader->arena, struct cft_case);
    *item = draft.item;
    item->file = reader->file;
    item->line = line;
    item->is_fixture = is_fixture;
    if (!is_fixture && !is_one_of(item->confidence, confidences, LAT_COUNT(confidences)))
        return case_fail(reader, json_object_get(document, "confidence"), line, reterr,
                         "\"confidence\" is model, documented, observed or chosen");
    if (read_requirements(reader, draft.requirements, item, reterr) < 0 ||
        case_read_steps(reader, draft.steps, line, &item->steps, &item->step_count, reterr) < 0 ||
        link_fixtures(reader, item->steps, item->step_count, reterr) < 0 ||
        check_clock(reader, item, reterr) < 0)
        return -1;
    *ret_case = item;
    return 0;
}

static int open_file(struct cft_library *library, const char *path, int depth,
                     struct case_reader *ret_reader, struct lat_err *reterr)
{
    struct lat_yaml *yaml = lat_yaml_read(path, reterr);
    if (yaml == NULL)
        return -1;
    *LAT_ARENA_PUSH(library->arena, library->files, library->file_count) = yaml;
    *ret_reader = (struct case_reader){.library = library,
                                       .arena = library->arena,
                                       .yaml = yaml,
                                       .file = lat_arena_strdup(library->arena, path),
                                       .depth = depth};
    return 0;
}

static int load_file(struct cft_library *library, const char *path, struct lat_err *reterr)
{
    struct case_reader reader;
    if (open_file(library, path, 0, &reader, reterr) < 0)
        return -1;
    for (size_t i = 0; i < lat_yaml_count(reader.yaml); i++) {
        const struct cft_case *item = NULL;
        if (read_document(&reader, lat_yaml_document(reader.yaml, i), &item, reterr) < 0)
            return -1;
        if (item->is_fixture)
            return case_fail(&reader, NULL, item->line, reterr,
                             "this is a fixture, not a case; a case begins with \"case:\"");
        *LAT_ARENA_PUSH(library->arena, library->cases, library->case_count) = item;
    }
    return lat_yaml_count(reader.yaml) > 0
               ? 0
               : case_fail(&reader, NULL, 1, reterr, "the file holds no case");
}

/* The fixture of a file, loaded once. path is relative to the file that names it. */
static int load_fixture(const struct case_reader *reader, const char *path, int line,
                        const struct cft_case **ret_fixture, struct lat_err *reterr)
{
    struct cft_library *library = reader->library;
    const char *slash = strrchr(reader->file, '/');
    int folder = slash == NULL ? 0 : (int)(slash - reader->file) + 1;
    const char *file = lat_arena_printf(reader->arena, "%.*s%s", folder, reader->file, path);
    for (size_t i = 0; i < library->fixture_count; i++) {
        if (!lat_text_eq(library->fixtures[i]->file, file))
            continue;
        *ret_fixture = library->fixtures[i];
        return 0;
    }
    if (reader->depth == CFT_FIXTURE_DEPTH_MAX)
        return case_fail(reader, NULL, line, reterr, "fixtures use each other more than %d deep",
                         CFT_FIXTURE_DEPTH_MAX);
    struct case_reader inner;
    if (open_file(library, file, reader->depth + 1, &inner, reterr) < 0)
        return lat_err_prefix(reterr, "%s:%d", reader->file, line);
    const struct cft_case *fixture = NULL;
    if (lat_yaml_count(inner.yaml) != 1)
        return case_fail(&inner, NULL, 1, reterr, "a fixture file holds exactly one fixture");
    if (read_document(&inner, lat_yaml_document(inner.yaml, 0), &fixture, reterr) < 0)
        return -1;
    if (!fixture->is_fixture)
        return case_fail(reader, NULL, line, reterr,
                         "%s is no fixture; a fixture begins with \"fixture:\"", file);
    *LAT_ARENA_PUSH(library->arena, library->fixtures, library->fixture_count) = fixture;
    *ret_fixture = fixture;
    return 0;
}

static int load_path(struct cft_library *library, const char *path, int depth,
                     struct lat_err *reterr);

static int is_listed(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !lat_text_eq(entry->d_name, "fixtures");
}

static void free_entries(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

static int load_folder(struct cft_library *library, const char *path, int depth,
                       struct lat_err *reterr)
{
    struct dirent **entries = NULL;
    if (depth > FOLDER_DEPTH_MAX)
        return lat_err_input(reterr, "%s: folders go more than %d deep", path, FOLDER_DEPTH_MAX);
    int count = scandir(path, &entries, is_listed, alphasort);
    if (count < 0)
        return lat_err_input(reterr, "%s: %s", path, strerror(errno));
    int result = 0;
    for (int i = 0; i < count && result == 0; i++) {
        size_t length = strlen(path);
        const char *gap = length > 0 && path[length - 1] == '/' ? "" : "/";
        const char *inner =
            lat_arena_printf(library->arena, "%s%s%s", path, gap, entries[i]->d_name);
        struct stat status;
        bool is_folder = stat(inner, &status) == 0 && S_ISDIR(status.st_mode);
        if (is_folder || lat_text_has_suffix(inner, ".yaml"))
            result = load_path(library, inner, depth + 1, reterr);
    }
    free_entries(entries, count);
    return result;
}

static int load_path(struct cft_library *library, const char *path, int depth,
                     struct lat_err *reterr)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return lat_err_input(reterr, "%s: %s; name a case file or a folder of them", path,
                             strerror(errno));
    return S_ISDIR(status.st_mode) ? load_folder(library, path, depth, reterr)
                                   : load_file(library, path, reterr);
}

int cft_library_load(struct cft_library *library, const char *path, struct lat_err *reterr)
{
    return load_path(library, path, 0, reterr);
}

static void walk_steps(const struct cft_step *steps, size_t count, cft_step_visit *visit,
                       void *context)
{
    for (size_t i = 0; i < count; i++) {
        visit(context, &steps[i]);
        if (steps[i].fixture != NULL)
            cft_case_walk(steps[i].fixture, visit, context);
        walk_steps(steps[i].cleanup, steps[i].cleanup_count, visit, context);
    }
}

void cft_case_walk(const struct cft_case *item, cft_step_visit *visit, void *context)
{
    walk_steps(item->steps, item->step_count, visit, context);
}
