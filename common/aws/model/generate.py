"""Turns vpc-lattice.api (whose head explains the format) into lattice_model.h and lattice_model.c.

generate.py MODEL.api OUTPUT.h OUTPUT.c. A wrong line is answered with FILE:LINE and exit status 2.
"""
import re
import sys

SCALARS = {"integer": "INTEGER", "long": "LONG", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP"}
BLOCKS = ("structure", "union", "error", "operation")
LOCATIONS = ("body", "label", "query", "header")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
C_TYPES = {"string": "const char *", "enum": "const char *", "integer": "struct lat_opt_int ",
           "long": "struct lat_opt_int ", "timestamp": "struct lat_opt_int ",
           "boolean": "struct lat_opt_bool ", "list": "struct lat_list ", "map": "struct lat_list "}
C_KEYWORDS = set("auto break case char const continue default do double else enum extern float for goto if "
                 "inline int long register restrict return short signed sizeof static struct switch typedef "
                 "union unsigned void volatile while bool true false".split())


class Wrong(Exception):
    """A line of the model that cannot be used."""

    def __init__(self, line, text):
        super().__init__(text)
        self.line = line


class Member:
    def __init__(self, line, name, shape, required):
        self.line, self.name, self.shape, self.required = line, name, shape, required
        self.location, self.wire_name, self.token = "body", name, False


class Shape:
    def __init__(self, line, kind, name):
        self.line, self.kind, self.name = line, kind, name
        self.range, self.pattern, self.words, self.key, self.element = None, None, [], None, None
        self.members = []


class Error(Shape):
    status, retryable, throttling = 0, False, False


class Operation:
    def __init__(self, line, name):
        self.line, self.name = line, name
        self.method = self.path = self.page = None
        self.status, self.idempotent, self.readonly, self.errors = 0, False, False, []
        self.parts = []
        self.input = Shape(line, "structure", name + "Request")
        self.output = Shape(line, "structure", name + "Response")


def snake(name):
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).replace("-", "_").lower()


def upper(name):
    return snake(name).upper()


# ---- reading

class Model:
    def __init__(self):
        self.shapes, self.errors, self.operations = {}, {}, {}
        self.block = None

    def read(self, text):
        for number, raw in enumerate(text.splitlines(), 1):
            if not raw.strip() or raw.lstrip().startswith("#"):
                continue
            if raw[0] in " \t":
                self.read_inner(number, raw.split())
            else:
                self.block = None
                self.read_outer(number, raw)

    def read_outer(self, line, raw):
        words = raw.split()
        if len(words) < 2:
            raise Wrong(line, "a name is missing behind '%s'" % words[0])
        kind, name, rest = words[0], words[1], words[2:]
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
            raise Wrong(line, "'%s' is not a name: letters and digits, starting with a capital" % name)
        if kind == "string":
            self.add_string(line, name, raw)
        elif kind == "operation":
            self.add_operation(line, name, rest)
        elif kind == "error":
            self.add_error(line, name, rest)
        elif kind in SCALARS or kind in ("enum", "list", "map", "structure", "union"):
            shape = Shape(line, kind, name)
            self.add_shape(shape)
            self.read_rest(shape, rest)
        else:
            raise Wrong(line, "'%s' is not a kind of line; see the head of the file" % kind)

    def add_shape(self, shape):
        self.add(self.shapes, shape, "shape")

    def add(self, table, thing, what):
        if thing.name in table:
            raise Wrong(thing.line, "%s %s is already there, in line %d"
                        % (what, thing.name, table[thing.name].line))
        table[thing.name] = thing

    def add_string(self, line, name, raw):
        match = re.fullmatch(r"string \w+( \d\S*)?(?: /(.+)/)?\s*", raw)
        if not match:
            raise Wrong(line, "expected: string %s [MIN..MAX] [/PATTERN/]" % name)
        shape = Shape(line, "string", name)
        if match.group(1):
            shape.range = read_range(line, match.group(1).strip())
        shape.pattern = match.group(2)
        self.add_shape(shape)

    def read_rest(self, shape, rest):
        if shape.kind == "enum":
            if not rest or len(set(rest)) != len(rest):
                raise Wrong(shape.line, "an enum needs words, each once")
            shape.words = rest
            return
        if rest and rest[0][0].isdigit() and shape.kind in ("integer", "long", "list", "map"):
            shape.range = read_range(shape.line, rest.pop(0))
        wanted = {"list": 1, "map": 2}.get(shape.kind, 0)
        if len(rest) != wanted:
            raise Wrong(shape.line, "%s %s: %d names expected, %d found"
                        % (shape.kind, shape.name, wanted, len(rest)))
        if shape.kind == "map":
            shape.key = rest.pop(0)
        if shape.kind in ("list", "map"):
            shape.element = rest[0]
        if shape.kind in BLOCKS:
            self.block = shape

    def add_error(self, line, name, rest):
        error = Error(line, "error", name)
        error.status = read_status(line, rest)
        read_flags(error, rest[1:], ("retryable", "throttling"))
        self.add(self.errors, error, "error")
        self.block = error

    def add_operation(self, line, name, rest):
        operation = Operation(line, name)
        if len(rest) < 3 or rest[0] not in METHODS or not rest[1].startswith("/"):
            raise Wrong(line, "expected: operation %s METHOD /PATH STATUS [idempotent] [readonly]" % name)
        operation.method, operation.path = rest[0], rest[1].replace("+}", "}")
        operation.parts = rest[1].split("/")[1:]
        operation.status = read_status(line, rest[2:])
        read_flags(operation, rest[3:], ("idempotent", "readonly"))
        self.add(self.operations, operation, "operation")
        self.add_shape(operation.input)
        self.add_shape(operation.output)
        self.block = operation

    def read_inner(self, line, words):
        block = self.block
        if block is None:
            raise Wrong(line, "a member needs a structure, union, error or operation above it")
        if not isinstance(block, Operation):
            add_member(block, line, words)
        elif words[0] == "in":
            add_member(block.input, line, words[1:])
        elif words[0] == "out":
            add_member(block.output, line, words[1:])
        elif words[0] == "errors":
            block.errors += [(line, name) for name in words[1:]]
        elif words[0] == "page" and len(words) == 2:
            block.page = words[1]
        else:
            raise Wrong(line, "expected: in, out, errors or page ITEMS")


def read_range(line, text):
    match = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", text)
    if not match:
        raise Wrong(line, "'%s' is not MIN..MAX" % text)
    low = int(match.group(1))
    high = int(match.group(2)) if match.group(2) else low
    if low > high:
        raise Wrong(line, "the range %s is empty" % text)
    return low, high


def read_status(line, words):
    if not words or not re.fullmatch(r"[1-5]\d\d", words[0]):
        raise Wrong(line, "an HTTP status is missing")
    return int(words[0])


def read_flags(thing, words, known):
    for word in words:
        if word not in known:
            raise Wrong(thing.line, "'%s' is none of: %s" % (word, ", ".join(known)))
        setattr(thing, word, True)


def add_member(shape, line, words):
    if len(words) < 2:
        raise Wrong(line, "expected: name SHAPE")
    name = words[0].rstrip("*")
    if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name) or snake(name) in C_KEYWORDS:
        raise Wrong(line, "'%s' cannot be a member's name" % name)
    if any(snake(other.name) == snake(name) for other in shape.members):
        raise Wrong(line, "member %s is already there" % name)
    member = Member(line, name, words[1], words[0].endswith("*"))
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        if word == "token":
            member.token = True
        elif word == "header" and rest:
            member.location, member.wire_name = word, rest.pop(0)
        elif word in ("label", "query"):
            member.location = word
        else:
            raise Wrong(line, "'%s' is none of: label, query, header NAME, token" % word)
    shape.members.append(member)


# ---- checking

def check(model):
    used = set()
    for owner in list(model.shapes.values()) + list(model.errors.values()):
        for name in filter(None, [owner.key, owner.element]):
            check_reference(model, owner.line, name, used)
        for member in owner.members:
            check_reference(model, member.line, member.shape, used)
        check_shape(model, owner)
    for operation in model.operations.values():
        check_operation(model, operation)
        used |= {operation.input.name, operation.output.name}
    for shape in model.shapes.values():
        if shape.name not in used:
            raise Wrong(shape.line, "shape %s is used by nothing" % shape.name)


def check_reference(model, line, name, used):
    if name not in model.shapes:
        raise Wrong(line, "unknown shape %s" % name)
    used.add(name)


def check_shape(model, shape):
    if shape.kind == "list" and model.shapes[shape.element].kind not in ("string", "enum", "structure"):
        raise Wrong(shape.line, "a list holds strings, enums or structures")
    if shape.kind == "map" and {model.shapes[n].kind for n in (shape.key, shape.element)} != {"string"}:
        raise Wrong(shape.line, "a map goes from strings to strings")
    if shape.kind == "union" and (len(shape.members) < 1 or any(m.required for m in shape.members)):
        raise Wrong(shape.line, "a union has members, none of them required")


def check_operation(model, operation):
    labels = [member.name for member in operation.input.members if member.location == "label"]
    in_path = re.findall(r"\{(\w+)\}", operation.path)
    if sorted(labels) != sorted(in_path):
        raise Wrong(operation.line, "labels of the path {%s} and of the members {%s} differ"
                    % (", ".join(in_path), ", ".join(labels)))
    for part in operation.parts[:-1]:
        if part.endswith("+}"):
            raise Wrong(operation.line, "only the last label can take the rest")
    for member in operation.input.members:
        check_input(model, operation, member)
    for member in operation.output.members:
        if member.location != "body":
            raise Wrong(member.line, "an output member travels in the body")
    for line, name in operation.errors:
        if name not in model.errors:
            raise Wrong(line, "unknown error %s" % name)
    if operation.page:
        check_page(model, operation)


def check_input(model, operation, member):
    kind = model.shapes[member.shape].kind
    if member.location == "label" and (kind not in ("string", "enum") or not member.required):
        raise Wrong(member.line, "a label is a required text")
    if member.location == "query" and kind in ("structure", "union", "map", "timestamp"):
        raise Wrong(member.line, "a %s cannot travel in the query" % kind)
    if member.location == "header":
        raise Wrong(member.line, "an input member cannot travel in a header")
    if member.location == "body" and operation.method in ("GET", "DELETE"):
        raise Wrong(member.line, "a %s has no body: say label or query" % operation.method)


def check_page(model, operation):
    items = [m for m in operation.output.members if m.name == operation.page]
    if not items or model.shapes[items[0].shape].kind != "list":
        raise Wrong(operation.line, "page names a list of the output")
    names = {m.name for m in operation.input.members}
    if not {"maxResults", "nextToken"} <= names or \
            "nextToken" not in {m.name for m in operation.output.members}:
        raise Wrong(operation.line, "paging needs maxResults and nextToken in, nextToken out")


# ---- writing

def c_text(text):
    if text is None:
        return "NULL"
    # A question mark is escaped because two of them begin a trigraph.
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")


def c_bool(truth):
    return "true" if truth else "false"


def shape_ref(name):
    return "NULL" if name is None else "&lat_shapes[LAT_SHAPE_%s]" % upper(name)


def structs(model):
    return [s for s in model.shapes.values() if s.kind in ("structure", "union")]


def c_member(model, member):
    shape = model.shapes[member.shape]
    name = snake(member.name)
    if shape.kind in ("structure", "union"):
        return "    const struct lat_%s *%s;" % (snake(shape.name), name)
    line = "    %s%s;" % (C_TYPES[shape.kind], name)
    if shape.kind == "map":
        line += " /* of struct lat_entry */"
    elif shape.kind == "list":
        element = model.shapes[shape.element]
        line += " /* of struct lat_%s */" % snake(element.name) if element.kind == "structure" \
            else " /* of const char * */"
    return line


def enum_lines(tag, prefix, names):
    return ["enum %s {" % tag] + ["    %s_%s," % (prefix, upper(name)) for name in names] + \
        ["    %s_COUNT" % prefix, "};", ""]


def header(model):
    out = ["/* Generated from vpc-lattice.api; model.h says how shapes become C. */", "#pragma once", "",
           '#include "common/aws/model.h"', ""]
    out += enum_lines("lat_operation_id", "LAT_OP", model.operations)
    out += enum_lines("lat_error_id", "LAT_ERROR", model.errors)
    out += enum_lines("lat_shape_id", "LAT_SHAPE", model.shapes)
    out += ["extern const struct lat_operation lat_operations[LAT_OP_COUNT];",
            "extern const struct lat_error_shape lat_error_shapes[LAT_ERROR_COUNT];",
            "extern const struct lat_shape lat_shapes[LAT_SHAPE_COUNT];", ""]
    for shape in model.shapes.values():
        for word in shape.words:
            out.append("#define LAT_%s_%s %s" % (upper(shape.name), upper(word), c_text(word)))
    for shape in structs(model):
        out += ["", "struct lat_%s {" % snake(shape.name)]
        out += [c_member(model, member) for member in shape.members] + ["};"]
    return out


def member_table(shape, struct):
    out = ["static const struct lat_member members_%s[] = {" % snake(shape.name)]
    for m in shape.members:
        offset = "offsetof(struct lat_%s, %s)" % (struct, snake(m.name)) if struct else "0"
        json_name = '"%s":' % m.name
        out.append("    {%s, %s, %s, LAT_LOCATION_%s, %s, %d, %s, %s, %s}," % (
            c_text(m.name), shape_ref(m.shape), offset, m.location.upper(), c_text(json_name),
            len(json_name), c_text(m.wire_name), c_bool(m.required), c_bool(m.token)))
    return out + ["};", ""]


def shape_row(shape):
    kind = SCALARS.get(shape.kind, shape.kind.upper())
    if shape.kind in ("structure", "union"):
        size = "sizeof(struct lat_%s)" % snake(shape.name)
    elif shape.kind == "map":
        size = "sizeof(struct lat_list)"
    else:
        size = "sizeof(%s)" % C_TYPES[shape.kind].strip()
    row = [".name = " + c_text(shape.name), ".kind = LAT_SHAPE_KIND_" + kind, ".bytes = " + size]
    if shape.range:
        row.append(".bounded = true, .min = %d, .max = %d" % shape.range)
    if shape.pattern:
        row.append(".pattern = " + c_text(shape.pattern))
    if shape.words:
        row.append(".words = words_%s, .word_count = %d" % (snake(shape.name), len(shape.words)))
    if shape.element:
        row.append(".key = %s, .element = %s" % (shape_ref(shape.key), shape_ref(shape.element)))
    if shape.members:
        row.append(".members = members_%s, .member_count = %d" % (snake(shape.name), len(shape.members)))
    return "    [LAT_SHAPE_%s] = {%s}," % (upper(shape.name), ", ".join(row))


def member_ref(shape, name):
    for index, member in enumerate(shape.members):
        if member.name == name:
            return "&members_%s[%d]" % (snake(shape.name), index)
    return "NULL"


def part_table(operation):
    out = ["static const struct lat_path_part parts_%s[] = {" % snake(operation.name)]
    for part in operation.parts:
        if part.startswith("{"):
            label = member_ref(operation.input, part.strip("{+}"))
            out.append("    {NULL, %s, %s}," % (label, c_bool(part.endswith("+}"))))
        else:
            out.append("    {%s, NULL, false}," % c_text(part))
    return out + ["};", ""]


def operation_row(operation):
    name = snake(operation.name)
    token = [m.name for m in operation.input.members if m.token]
    row = [".name = " + c_text(operation.name), ".method = " + c_text(operation.method),
           ".path = " + c_text(operation.path), ".status = %d" % operation.status,
           ".idempotent = " + c_bool(operation.idempotent), ".readonly = " + c_bool(operation.readonly),
           ".parts = parts_%s, .part_count = %d" % (name, len(operation.parts)),
           ".input = " + shape_ref(operation.input.name), ".output = " + shape_ref(operation.output.name),
           ".errors = errors_%s, .error_count = %d" % (name, len(operation.errors))]
    if token:
        row.append(".token = " + member_ref(operation.input, token[0]))
    if operation.page:
        row += [".page_items = " + member_ref(operation.output, operation.page),
                ".page_next = " + member_ref(operation.output, "nextToken"),
                ".page_cursor = " + member_ref(operation.input, "nextToken"),
                ".page_limit = " + member_ref(operation.input, "maxResults")]
    return "    [LAT_OP_%s] = {%s}," % (upper(operation.name), ", ".join(row))


def error_row(error):
    return "    [LAT_ERROR_%s] = {%s, %d, %s, %s, members_%s, %d}," % (
        upper(error.name), c_text(error.name), error.status, c_bool(error.retryable),
        c_bool(error.throttling), snake(error.name), len(error.members))


def source(model):
    out = ["/* Generated from vpc-lattice.api. */", '#include "common/aws/lattice_model.h"', ""]
    for shape in model.shapes.values():
        if shape.words:
            out += ["static const char *const words_%s[] = {%s};" % (
                snake(shape.name), ", ".join(map(c_text, shape.words)))]
    for shape in structs(model):
        if shape.members:
            out += member_table(shape, snake(shape.name))
    for error in model.errors.values():
        out += member_table(error, None)
    for operation in model.operations.values():
        out += part_table(operation)
        out += ["static const struct lat_error_shape *const errors_%s[] = {" % snake(operation.name)]
        out += ["    &lat_error_shapes[LAT_ERROR_%s]," % upper(name) for _, name in operation.errors]
        out += ["};", ""]
    for table, count, rows in (
            ("lat_shape lat_shapes", "LAT_SHAPE_COUNT", map(shape_row, model.shapes.values())),
            ("lat_error_shape lat_error_shapes", "LAT_ERROR_COUNT", map(error_row, model.errors.values())),
            ("lat_operation lat_operations", "LAT_OP_COUNT",
             map(operation_row, model.operations.values()))):
        out += ["const struct %s[%s] = {" % (table, count), *rows, "};", ""]
    return out


def main():
    if len(sys.argv) != 4:
        print("usage: generate.py MODEL.api OUTPUT.h OUTPUT.c", file=sys.stderr)
        return 2
    path = sys.argv[1]
    model = Model()
    try:
        with open(path, encoding="utf-8") as file:
            model.read(file.read())
        check(model)
    except OSError as error:
        print("%s: %s" % (path, error.strerror), file=sys.stderr)
        return 2
    except Wrong as wrong:
        print("%s:%d: %s" % (path, wrong.line, wrong), file=sys.stderr)
        return 2
    for output, lines in ((sys.argv[2], header(model)), (sys.argv[3], source(model))):
        with open(output, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
